//! Which events reach which function.

use std::{fs, path::Path};

use demarc_harness::remediation::{
    control::Meta,
    controls::CATALOGUE,
    setting::{Scope, SettingMeta, Trigger},
};
use demarc_tests::local::{
    pattern,
    template::{Deployment, Rule, Template},
};
use serde_json::{Value, json};

use super::{away, home};

fn event(trigger: &Trigger) -> Value {
    let service = trigger.source.split('.').next().unwrap();
    json!({
        "source": format!("aws.{service}"),
        "detail-type": "AWS API Call via CloudTrail",
        "account": "123456789012",
        "detail": {
            "eventSource": trigger.source,
            "eventName": trigger.event,
            "readOnly": false,
            "userIdentity": {"type": "IAMUser"},
        },
    })
}

/// The rules of settings that an event matches; those about Demarc itself are tested apart.
fn matching(template: &Template, event: &Value) -> Vec<Rule> {
    let rules = template.rules().into_iter().filter(|rule| !is_about_demarc(rule));
    rules.filter(|rule| pattern::matches(&rule.pattern, event).unwrap()).collect()
}

pub(super) fn is_about_demarc(rule: &Rule) -> bool {
    rule.logical_id.starts_with("Own") || rule.logical_id == "TrailsRule"
}

/// The queues and buses that an event goes to.
fn targets(template: &Template, event: &Value) -> Vec<String> {
    matching(template, event).into_iter().flat_map(|rule| rule.targets).collect()
}

fn live_queue(setting: &SettingMeta) -> String {
    let (first, rest) = setting.function.split_at(1);
    format!("{}{rest}LiveQueue", first.to_uppercase())
}

fn metas() -> impl Iterator<Item = &'static Meta> {
    CATALOGUE.iter().map(|control| control.meta())
}

#[test]
fn every_trigger_of_every_control_reaches_its_function_once() {
    let template = home();
    for meta in metas() {
        let settings = std::iter::once(meta.setting).chain(meta.covered_by.iter().copied());
        for trigger in settings.flat_map(|setting| setting.triggers) {
            let found = targets(&template, &event(trigger));
            assert_eq!(found, [live_queue(meta.setting)], "{}: {}", meta.id, trigger.event);
        }
    }
}

#[test]
fn threat_13_elsewhere_settings_of_the_account_go_to_the_home_region() {
    let template = away();
    let bus = "arn:aws:events:us-east-1:123456789012:event-bus/default".to_owned();
    for setting in metas().map(|meta| meta.setting) {
        let expected = match setting.scope {
            Scope::Account | Scope::Global => bus.clone(),
            Scope::Resource | Scope::Region => live_queue(setting),
        };
        for trigger in setting.triggers {
            assert_eq!(targets(&template, &event(trigger)), std::slice::from_ref(&expected));
        }
    }
}

#[test]
fn no_rule_waits_for_an_event_that_no_control_knows() {
    let known = |source: &str, name: &str| {
        metas()
            .flat_map(|meta| std::iter::once(meta.setting).chain(meta.covered_by.iter().copied()))
            .flat_map(|setting| setting.triggers)
            .any(|trigger| trigger.source == source && trigger.event == name)
    };
    for rule in home().rules().iter().chain(&away().rules()).filter(|rule| is_of_calls(rule)) {
        let detail = &rule.pattern["detail"];
        let [source] = detail["eventSource"].as_array().unwrap().as_slice() else {
            panic!("`{}` has several sources: names must be paired", rule.logical_id);
        };
        for name in detail["eventName"].as_array().unwrap() {
            assert!(known(source.as_str().unwrap(), name.as_str().unwrap()), "{name}");
        }
    }
}

fn is_of_calls(rule: &Rule) -> bool {
    !is_about_demarc(rule) && rule.pattern["detail-type"] == json!(["AWS API Call via CloudTrail"])
}

/// The event, with a field changed; whether it still reaches a function.
fn reaches(pointer: &str, value: Value) -> bool {
    let template = home();
    let mut event = event(&Trigger {
        source: "s3.amazonaws.com",
        event: "PutBucketPolicy",
        names: &[],
        effect: demarc_harness::remediation::setting::Effect::Changes,
    });
    assert_eq!(targets(&template, &event), ["S3LiveQueue"]);
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap()[key] = value;
    !targets(&template, &event).is_empty()
}

fn assumed(role: &str) -> Value {
    json!({"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"arn": role}}})
}

#[test]
fn threat_04_every_kind_of_actor_is_seen_but_demarc_itself() {
    let user = "/detail/userIdentity";
    assert!(reaches(user, json!({"type": "IAMUser", "userName": "alice"})));
    assert!(reaches(user, json!({"type": "Root"})));
    assert!(reaches(user, json!({"type": "AWSService", "invokedBy": "config.amazonaws.com"})));
    assert!(reaches(user, json!({"type": "IAMUser", "sessionContext": {"attributes": {}}})));
    assert!(reaches(user, assumed("arn:aws:iam::123456789012:role/developer")));
    // A name that only begins like ours, and ours in another account.
    let own = "arn:aws:iam::123456789012:role/demarc-s3-remediator-us-east-1";
    assert!(reaches(user, assumed(&format!("{own}2"))));
    assert!(reaches(user, assumed(&own.replace("123456789012", "210987654321"))));
    for role in home().resources().keys().filter(|id| id.ends_with("Role")) {
        let is_function = role.contains("Remediator") || role.contains("Operator");
        let role = home().resource(role).unwrap()["Properties"]["RoleName"].clone();
        let arn = format!("arn:aws:iam::123456789012:role/{}", role.as_str().unwrap());
        assert_eq!(reaches(user, assumed(&arn)), !is_function, "{arn}");
    }
}

#[test]
fn threat_03_what_changed_nothing_is_not_seen() {
    assert!(!reaches("/detail/errorCode", json!("AccessDenied")));
    assert!(!reaches("/detail/readOnly", json!(true)));
    assert!(!reaches("/detail/eventName", json!("GetBucketPolicy")));
    assert!(!reaches("/detail/eventName", json!("PutBucketPolicyX")));
    assert!(!reaches("/detail/eventSource", json!("s3express.amazonaws.com")));
    assert!(!reaches("/source", json!("custom.s3")));
    assert!(!reaches("/detail-type", json!("AWS Service Event via CloudTrail")));
}

#[test]
fn older_records_without_read_only_are_seen() {
    let template = home();
    let trigger = metas().next().unwrap().setting.triggers.first().unwrap();
    let mut event = event(trigger);
    event["detail"].as_object_mut().unwrap().remove("readOnly");
    assert_eq!(matching(&template, &event).len(), 1);
}

#[test]
fn patterns_are_short_enough_even_with_the_longest_names() {
    let longest = Deployment {
        stack: "s".repeat(34),
        region: "ap-southeast-1".to_owned(),
        partition: "aws-us-gov".to_owned(),
        ..Deployment::default()
    };
    for rule in Template::load(&longest).unwrap().rules() {
        assert!(rule.pattern.to_string().len() <= 2_048, "{}", rule.logical_id);
    }
}

/// Whether a sample is a change that some control waits for.
fn trigger_of(sample: &Value) -> Option<&'static SettingMeta> {
    let detail = &sample["detail"];
    metas().map(|meta| meta.setting).find(|setting| {
        setting
            .triggers
            .iter()
            .any(|t| detail["eventSource"] == t.source && detail["eventName"] == t.event)
    })
}

#[test]
fn every_sample_that_is_a_trigger_reaches_its_function() {
    let template = home();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/cloudtrail");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // Its role is whatever that release of the sample calls ours: tested above.
        if name == "odd-own-role.json" {
            continue;
        }
        let sample: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let detail = &sample["detail"];
        let changed = detail.get("errorCode").is_none() && detail["readOnly"] != json!(true);
        let expected = trigger_of(&sample).filter(|_| changed).map(live_queue);
        assert_eq!(targets(&template, &sample), Vec::from_iter(expected.clone()), "{name}");
        seen += usize::from(expected.is_some());
    }
    assert!(seen > 20, "only {seen} samples are triggers");
}

#[test]
fn every_rule_keeps_what_it_cannot_deliver() {
    for template in [home(), away()] {
        for rule in template.rules() {
            assert!(rule.state_enabled);
            let [dead] = rule.dead_letters.as_slice() else { panic!("{rule:?}") };
            assert!(dead.ends_with("RuleDeadLetters"), "{dead}");
        }
    }
}
