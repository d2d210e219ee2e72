//! What each role may do is exactly what the catalogue declares.

use std::collections::BTreeSet;

use demarc_harness::remediation::{
    control::Meta,
    controls::CATALOGUE,
    setting::{Call, Permission},
};
use demarc_tests::local::template::Template;
use serde_json::{Value, json};

use super::{away, home, of_type, texts, with};

const FLOW_LOGS_ROLE: &str = "arn:aws:iam::123456789012:role/flow-logs";

/// One action on one resource, under one condition.
type Right = (String, String, Option<String>);

/// The statements of a role's policy.
pub fn statements<'a>(role: &'a Value, policy: &str) -> Vec<&'a Value> {
    let policies = role["Policies"].as_array().unwrap();
    let policy = policies.iter().find(|p| p["PolicyName"] == policy).unwrap();
    policy["PolicyDocument"]["Statement"].as_array().unwrap().iter().collect()
}

/// The roles of functions, with the function's name and whether it is the operator's.
pub fn roles(template: &Template) -> Vec<(String, bool, &Value)> {
    let roles = of_type(template, "AWS::IAM::Role");
    roles
        .filter_map(|(id, role)| {
            let of = |suffix: &str| id.strip_suffix(suffix).map(str::to_lowercase);
            let remediator = of("RemediatorRole").map(|name| (name, false));
            let (function, operator) = remediator.or(of("OperatorRole").map(|n| (n, true)))?;
            Some((function, operator, role))
        })
        .collect()
}

fn allowed(statements: &[&Value]) -> BTreeSet<Right> {
    let mut rights = BTreeSet::new();
    for statement in statements.iter().filter(|s| s["Effect"] == "Allow") {
        for action in texts(&statement["Action"]) {
            for resource in texts(&statement["Resource"]) {
                let condition = statement.get("Condition").map(Value::to_string);
                rights.insert((action.clone(), resource, condition));
            }
        }
    }
    rights
}

fn right(permission: &Permission) -> Right {
    let filled = |text: &str| {
        let filled = text
            .replace("${Partition}", "aws")
            .replace("${Region}", "us-east-1")
            .replace("${Account}", "123456789012")
            .replace("${RolePath}", "/")
            .replace("${Stack}", "demarc")
            .replace("${FlowLogsRoleArn}", FLOW_LOGS_ROLE);
        assert!(!filled.contains("${"), "{filled}");
        filled
    };
    let resource = filled(permission.resource);
    let condition = permission
        .condition
        .map(|(operator, key, value)| json!({operator: {key: filled(value)}}).to_string());
    (permission.action.to_owned(), resource, condition)
}

fn declared(function: &str, operator: bool) -> BTreeSet<Right> {
    let metas = CATALOGUE.iter().map(|control| control.meta());
    let all: BTreeSet<Right> = metas
        .filter(|meta| meta.setting.function == function)
        .flat_map(|meta| calls(meta, operator))
        .flat_map(|call| call.permissions)
        .map(right)
        .collect();
    // What is allowed anyway is not allowed once more under a condition.
    let is_plain =
        |(action, resource, _): &Right| all.contains(&(action.clone(), resource.clone(), None));
    all.iter().filter(|right| right.2.is_none() || !is_plain(right)).cloned().collect()
}

fn calls(meta: &'static Meta, operator: bool) -> Vec<&'static Call> {
    let setting = meta.setting;
    let besides = meta.besides().flat_map(|s| s.reads);
    let own = setting.reads.iter().chain(setting.lists).chain(setting.closes);
    let reopens = setting.reopens.iter().filter(|_| operator);
    own.chain(reopens).chain(besides).collect()
}

#[test]
fn threat_16_a_role_may_do_what_its_controls_declare_and_nothing_else() {
    let template = with("FlowLogsRoleArn", FLOW_LOGS_ROLE);
    let roles = roles(&template);
    assert!(!roles.is_empty());
    for (function, operator, role) in roles {
        let found = allowed(&statements(role, "settings"));
        assert_eq!(found, declared(&function, operator), "{function}, operator: {operator}");
    }
}

#[test]
fn threat_16_nobody_passes_a_role_that_was_not_given() {
    let template = home();
    for (function, _, role) in roles(&template) {
        let rights = allowed(&statements(role, "settings"));
        let mut passed = rights.iter().filter(|(action, ..)| action == "iam:PassRole");
        // Replication has the role that the bucket's owner gave it, whichever that is.
        let to_s3 = json!({"StringEquals": {"iam:PassedToService": "s3.amazonaws.com"}});
        let is_to_s3 = |condition: &Option<String>| *condition == Some(to_s3.to_string());
        assert!(passed.all(|(.., condition)| function == "s3" && is_to_s3(condition)));
    }
}

#[test]
fn statements_have_ids_and_no_action_has_a_wildcard() {
    let template = with("FlowLogsRoleArn", FLOW_LOGS_ROLE);
    for (function, _, role) in roles(&template) {
        let all = [statements(role, "settings"), statements(role, "own")].concat();
        for statement in &all {
            assert!(statement["Sid"].is_string(), "{function}: {statement}");
            let is_wild = texts(&statement["Action"]).iter().any(|action| action.contains('*'));
            assert!(!is_wild, "{function}: {statement}");
        }
        for policy in ["settings", "own"] {
            let of_one = statements(role, policy);
            let sids: BTreeSet<&str> = of_one.iter().filter_map(|s| s["Sid"].as_str()).collect();
            assert_eq!(sids.len(), of_one.len(), "{function}: a Sid twice in `{policy}`");
        }
    }
}

#[test]
fn inline_policies_are_not_too_long_for_a_role() {
    let template = with("FlowLogsRoleArn", FLOW_LOGS_ROLE);
    for (function, _, role) in roles(&template) {
        // IAM counts no whitespace, and neither does this text have any.
        assert!(role["Policies"].to_string().len() < 10_240, "{function}");
    }
}

#[test]
fn demarcs_own_parts_are_reached_by_their_own_functions_only() {
    let template = home();
    for (function, operator, role) in roles(&template) {
        let rights = allowed(&statements(role, "own"));
        let may = |action: &str, resource: &str| {
            rights.iter().any(|(a, r, _)| a == action && super::fits(r, resource))
        };
        let control = template.tables().into_iter().find(|t| t.logical_id == "ControlTable");
        let control =
            format!("arn:aws:dynamodb:us-east-1:123456789012:table/{}", control.unwrap().name);
        assert!(may("dynamodb:ConditionCheckItem", &control));
        assert_eq!(may("dynamodb:PutItem", &control), operator, "{function}");
        for queue in template.queues() {
            let is_own = queue.name.starts_with(&format!("demarc-{function}-"));
            let is_dead = queue.name.ends_with("dlq");
            assert_eq!(may("sqs:SendMessage", &queue.arn), is_own && !is_dead, "{}", queue.name);
            let receives = is_own && !is_dead && !operator;
            assert_eq!(may("sqs:ReceiveMessage", &queue.arn), receives, "{}", queue.name);
        }
        let elsewhere = format!("arn:aws:sqs:eu-west-1:123456789012:demarc-{function}-live");
        assert_eq!(may("sqs:SendMessage", &elsewhere), function == "s3" && !operator);
    }
}

#[test]
fn operators_are_called_through_their_urls_only() {
    let template = home();
    let policy = template.resource("OperatorsPolicy").unwrap();
    let statements = policy["Properties"]["PolicyDocument"]["Statement"].as_array().unwrap();
    let invoke = statements.iter().find(|s| s["Action"] == "lambda:InvokeFunction").unwrap();
    assert_eq!(invoke["Condition"]["Bool"]["lambda:InvokedViaFunctionUrl"], "true");
    let resource = statements.iter().flat_map(|s| texts(&s["Resource"])).collect::<BTreeSet<_>>();
    for function in template.functions() {
        let arn = format!("arn:aws:lambda:us-east-1:123456789012:function:{}", function.name);
        let is_operator = function.name.ends_with("-operator");
        assert_eq!(resource.iter().all(|pattern| super::fits(pattern, &arn)), is_operator);
        assert_eq!(function.url_auth.as_deref(), is_operator.then_some("AWS_IAM"));
        assert_eq!(function.queues.is_empty(), is_operator);
    }
}

#[test]
fn the_forwarder_exists_outside_the_home_region_only() {
    assert!(home().resource("ForwarderRole").is_none());
    let template = away();
    let role = &template.resource("ForwarderRole").unwrap()["Properties"];
    let rights = allowed(&statements(role, "forward"));
    let bus = "arn:aws:events:us-east-1:123456789012:event-bus/default";
    assert_eq!(rights, BTreeSet::from([("events:PutEvents".to_owned(), bus.to_owned(), None)]));
}
