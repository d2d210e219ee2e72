//! What concerns Demarc itself reaches one function.

use demarc_harness::remediation::own::PARTS;
use demarc_tests::local::{
    pattern,
    template::{Rule, Template},
};
use serde_json::{Value, json};

use super::{home, patterns::is_about_demarc};

/// The rules about Demarc itself that an event matches.
fn rules(template: &Template, event: &Value) -> Vec<String> {
    let own = template.rules().into_iter().filter(is_about_demarc);
    let matches = |rule: &Rule| pattern::matches(&rule.pattern, event).unwrap();
    own.filter(matches).map(|rule| rule.logical_id).collect()
}

fn event(source: &str, name: &str, detail: Value) -> Value {
    let service = source.split('.').next().unwrap();
    let mut event = json!({
        "source": format!("aws.{service}"),
        "detail-type": "AWS API Call via CloudTrail",
        "account": "123456789012",
        "detail": {
            "eventSource": source, "eventName": name, "readOnly": false,
            "userIdentity": {"type": "IAMUser", "userName": "alice"},
        },
    });
    for (member, value) in detail.as_object().unwrap() {
        event["detail"][member] = value.clone();
    }
    event
}

/// The detail of an event that names a part of a stack, as the part's row says.
fn named(path: &[&str], value: &str) -> Value {
    path.iter().rev().fold(json!(value), |inner, member| json!({ *member: inner }))
}

#[test]
fn threat_15_every_change_of_a_part_reaches_one_function_by_one_rule() {
    let template = home();
    for part in PARTS {
        for path in part.names {
            for name in ["demarc-s3-live", "arn:aws:x:us-east-1:123456789012:y/demarc-s3", "demarc"]
            {
                let event = event(part.source, part.event, named(path, name));
                let found = rules(&template, &event);
                assert_eq!(found.len(), 1, "{} {name}: {found:?}", part.event);
            }
            let other = event(part.source, part.event, named(path, "somebody-elses"));
            assert!(rules(&template, &other).is_empty(), "{}", part.event);
        }
    }
    for rule in template.rules().iter().filter(|rule| is_about_demarc(rule)) {
        assert_eq!(rule.targets, ["S3LiveQueue"], "{}", rule.logical_id);
    }
}

#[test]
fn threat_15_a_denied_attempt_is_no_change() {
    let template = home();
    for part in PARTS {
        let mut event = event(part.source, part.event, named(part.names[0], "demarc-s3"));
        event["detail"]["errorCode"] = json!("AccessDenied");
        assert!(rules(&template, &event).is_empty(), "{}", part.event);
    }
}

#[test]
fn threat_15_lambdas_calls_are_seen_by_the_names_that_cloudtrail_writes() {
    let template = home();
    for name in [
        "UpdateFunctionCode20150331v2",
        "PutFunctionConcurrency20171031",
        "UpdateEventSourceMapping20150331",
        "AddPermission20150331v2",
    ] {
        let detail = json!({"requestParameters": {"functionName": "demarc-s3-operator"}});
        assert_eq!(
            rules(&template, &event("lambda.amazonaws.com", name, detail)),
            ["OwnLambdaRule"]
        );
    }
}

#[test]
fn threat_04_every_write_under_demarcs_roles_is_looked_up() {
    let template = home();
    let by = |role: &str| json!({"userIdentity": {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"arn": role}}}});
    let seen = |source: &str, detail: Value| {
        rules(&template, &event(source, "AnyWrite", detail)) == ["OwnWritesRule"]
    };
    for role in home().resources().keys().filter(|id| id.ends_with("Role")) {
        let is_function = role.contains("Remediator") || role.contains("Operator");
        let name = home().resource(role).unwrap()["Properties"]["RoleName"].clone();
        let arn = format!("arn:aws:iam::123456789012:role/{}", name.as_str().unwrap());
        assert_eq!(seen("s3.amazonaws.com", by(&arn)), is_function, "{arn}");
        assert_eq!(seen("iam.amazonaws.com", by(&arn)), is_function, "{arn}");
        assert!(!seen("dynamodb.amazonaws.com", by(&arn)), "{arn}");
        let mut on_behalf = by(&arn);
        on_behalf["userIdentity"]["invokedBy"] = json!("rds.amazonaws.com");
        assert!(
            !seen("kms.amazonaws.com", on_behalf.clone()) && !seen("ec2.amazonaws.com", on_behalf)
        );
    }
    assert!(!seen("s3.amazonaws.com", by("arn:aws:iam::123456789012:role/developer")));
}

#[test]
fn threat_14_a_trail_that_is_stopped_is_told() {
    let template = home();
    for name in ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"] {
        let event = event("cloudtrail.amazonaws.com", name, json!({}));
        assert_eq!(rules(&template, &event), ["TrailsRule"], "{name}");
    }
    let started = event("cloudtrail.amazonaws.com", "StartLogging", json!({}));
    assert!(rules(&template, &started).is_empty());
}
