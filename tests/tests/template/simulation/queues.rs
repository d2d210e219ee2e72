//! Who may send to a queue, by the policies on both sides: not even an administrator puts a forged
//! event into one.

use demarc_tests::local::{
    ACCOUNT, REGION,
    simulator::{Decision, Identity, Request},
    template::{Queue, Template},
};
use serde_json::Value;

use super::{DENIED, STRANGER, administrator, asks, full, open, otherwise};
use crate::{of_type, texts};

const SEND: &str = "sqs:SendMessage";

fn policy<'a>(template: &'a Template, queue: &Queue) -> &'a Value {
    let policy = template.resource(&format!("{}Policy", queue.logical_id)).unwrap();
    &policy["Properties"]["PolicyDocument"]
}

/// The rules that the policy names, as they are deployed.
fn feeding(policy: &Value) -> Vec<String> {
    let statements = policy["Statement"].as_array().unwrap().iter();
    statements.flat_map(|s| texts(&s["Condition"]["ArnEquals"]["aws:SourceArn"])).collect()
}

/// EventBridge, sending for a rule.
fn events() -> Identity {
    Identity { principal: "events.amazonaws.com".to_owned(), policies: Vec::new() }
}

fn by_rule<'a>(events: &'a Identity, rule: &str, queue: &Queue, policy: &'a Value) -> Request<'a> {
    let mut request = asks(events, rule, SEND, &queue.arn);
    request.context.remove("aws:PrincipalArn");
    request.context.remove("aws:PrincipalAccount");
    request.context.insert("aws:PrincipalIsAWSService".to_owned(), "true".to_owned());
    request.context.insert("aws:SourceArn".to_owned(), rule.to_owned());
    Request { resource_policy: Some(policy), ..request }
}

#[test]
fn threat_01_a_rule_sends_to_the_queues_that_it_feeds_and_no_other_rule_does() {
    let (template, events) = (full(), events());
    let rules: Vec<String> = of_type(&template, "AWS::Events::Rule")
        .map(|(_, rule)| rule["Name"].as_str().unwrap())
        .map(|name| format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}"))
        .collect();
    let foreign = [
        format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/shop"),
        format!("arn:aws:events:{REGION}:{STRANGER}:rule/demarc-s3"),
    ];
    let (mut allowed, mut denied) = (Vec::new(), Vec::new());
    for queue in &template.queues() {
        let policy = policy(&template, queue);
        let named = feeding(policy);
        for rule in rules.iter().chain(&foreign) {
            let list = if named.contains(rule) { &mut allowed } else { &mut denied };
            list.push(by_rule(&events, rule, queue, policy));
        }
    }
    assert!(allowed.len() > template.queues().len(), "{}", allowed.len());
    let mut wrong = otherwise(&allowed, &[Decision::Allowed]);
    wrong.extend(otherwise(&denied, DENIED));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn threat_01_an_administrator_sends_nothing_to_a_queue() {
    let template = full();
    let (admin, arn) = administrator("root-like");
    let (mut guarded, mut bare) = (Vec::new(), Vec::new());
    for queue in &template.queues() {
        let request = asks(&admin, &arn, SEND, &queue.arn);
        let resource_policy = Some(policy(&template, queue));
        guarded.push(Request { resource_policy, ..request.clone() });
        bare.push(request);
    }
    let wrong = otherwise(&guarded, &[Decision::ExplicitlyDenied]);
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Its own policy would do: it is the queue's that stops it.
    let wrong = otherwise(&bare, &[Decision::Allowed]);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_sent_without_tls() {
    let (template, open) = (full(), open());
    let (events, rule) = (events(), format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/demarc-s3"));
    for queue in &template.queues() {
        let policy = policy(&template, queue);
        let rule = feeding(policy).into_iter().next().unwrap_or_else(|| rule.clone());
        let mut plain = by_rule(&events, &rule, queue, policy);
        plain.context.insert("aws:SecureTransport".to_owned(), "false".to_owned());
        let without = Request { resource_policy: Some(&open), ..plain.clone() };
        assert_eq!(otherwise(&[plain], &[Decision::ExplicitlyDenied]), [""; 0]);
        assert_eq!(otherwise(&[without], &[Decision::Allowed]), [""; 0]);
    }
}
