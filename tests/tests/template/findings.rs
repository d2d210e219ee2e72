//! Which findings reach which function: each control's exactly one, another account's once.

use std::{collections::BTreeMap, fs, path::Path};

use demarc_harness::remediation::{
    classification::{
        Kind,
        catalogue::controls::{Remedy, SecurityHubControl},
    },
    control::Meta,
    controls::{CATALOGUE, find},
};
use demarc_tests::local::{
    pattern,
    template::{Rule, Template},
};
use serde_json::{Value, json};

use super::{away, home};

const OTHER: &str = "210987654321";

fn metas() -> impl Iterator<Item = &'static Meta> {
    CATALOGUE.iter().map(|control| control.meta())
}

fn sample(stem: &str) -> Value {
    let path = format!("../events/findings/{stem}.json");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn matching(template: &Template, event: &Value) -> Vec<Rule> {
    let rules = template.rules().into_iter();
    rules.filter(|rule| pattern::matches(&rule.pattern, event).unwrap()).collect()
}

fn targets(template: &Template, event: &Value) -> Vec<String> {
    matching(template, event).into_iter().flat_map(|rule| rule.targets).collect()
}

/// The queue of each Security Hub control that one of ours stands for.
fn owners() -> BTreeMap<&'static str, String> {
    let mut owners = BTreeMap::new();
    for meta in metas() {
        let (first, rest) = meta.setting.function.split_at(1);
        let queue = format!("{}{rest}LiveQueue", first.to_uppercase());
        for id in meta.security_hub {
            let before = owners.insert(*id, queue.clone());
            assert!(before.is_none_or(|before| before == queue), "{id} belongs to two functions");
        }
    }
    owners
}

fn of_account(id: &str) -> bool {
    metas().any(|m| m.setting.scope.is_home() && m.security_hub.contains(&id))
}

/// A finding of a control by its id alone, by its generator alone, and in the second version's form.
fn events(id: &str) -> Vec<Value> {
    let mut by_id = sample("security-hub");
    let finding = &mut by_id["detail"]["findings"][0];
    finding["Compliance"] = json!({"Status": "FAILED", "SecurityControlId": id});
    finding["GeneratorId"] = json!("none");
    let mut v2 = sample("security-hub-v2-control");
    v2["detail"]["findings"][0]["compliance"]["control"] = json!(id);
    let generator = |generator: String| {
        let mut event = by_id.clone();
        event["detail"]["findings"][0]["Compliance"] = json!({"Status": "FAILED"});
        event["detail"]["findings"][0]["GeneratorId"] = json!(generator);
        event
    };
    let generators = [
        format!("security-control/{id}"),
        format!("aws-foundational-security-best-practices/v/1.0.0/{id}"),
    ];
    [by_id.clone(), v2].into_iter().chain(generators.map(generator)).collect()
}

fn legacy_generator(standard: &str, rule: &str) -> String {
    match standard {
        "cis-1.2.0" => format!(
            "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/{rule}"
        ),
        "cis-1.4.0" => format!("cis-aws-foundations-benchmark/v/1.4.0/{rule}"),
        _ => format!("pci-dss/v/3.2.1/{rule}"),
    }
}

#[test]
fn every_control_id_reaches_exactly_one_function() {
    let (template, owners) = (home(), owners());
    let mut reached = 0;
    for control in SecurityHubControl::all() {
        let expected: Vec<String> = owners.get(control.id).cloned().into_iter().collect();
        for event in events(control.id) {
            assert_eq!(targets(&template, &event), expected, "{}", control.id);
        }
        reached += expected.len();
    }
    assert_eq!(reached, owners.len(), "one of ours is in no table of Security Hub's");
}

#[test]
fn former_ids_reach_the_same_function() {
    let (template, owners) = (home(), owners());
    for (standard, rule, control) in SecurityHubControl::legacy() {
        let mut event = sample("security-hub-legacy");
        event["detail"]["findings"][0]["GeneratorId"] = json!(legacy_generator(standard, rule));
        let expected: Vec<String> = owners.get(control).cloned().into_iter().collect();
        assert_eq!(targets(&template, &event), expected, "{standard} {rule}");
    }
}

#[test]
fn settings_of_the_account_are_the_home_regions() {
    let (template, owners) = (away(), owners());
    for (id, queue) in owners {
        let expected = if of_account(id) { Vec::new() } else { vec![queue] };
        for event in events(id) {
            assert_eq!(targets(&template, &event), expected, "{id}");
        }
    }
}

#[test]
fn another_accounts_finding_reaches_one_function_marked() {
    for template in [home(), away()] {
        for (stem, pointer) in [
            ("security-hub", "/detail/findings/0/AwsAccountId"),
            ("security-hub-v2-control", "/detail/findings/0/cloud/account/uid"),
            ("config-compliance", "/detail/awsAccountId"),
            ("guardduty-setting", "/detail/accountId"),
            ("access-analyzer", "/detail/accountId"),
        ] {
            let mut event = sample(stem);
            assert!(matching(&template, &event).iter().all(|rule| rule.logical_id != "StraysRule"));
            *event.pointer_mut(pointer).unwrap() = json!(OTHER);
            let rules = matching(&template, &event);
            let [rule] = rules.as_slice() else { panic!("{stem}: {rules:?}") };
            assert_eq!(rule.logical_id, "StraysRule", "{stem}");
            assert_eq!(rule.targets, ["S3LiveQueue"]);
            assert_eq!(rule.inputs, [Some("{\"stray\": <aws.events.event.json>}".to_owned())]);
        }
    }
}

/// Findings of two accounts in one event: ours to its function, the other to the count.
#[test]
fn an_event_of_two_accounts_is_met_from_both_sides() {
    let mut event = sample("security-hub-legacy");
    let other = sample("security-hub-other-account")["detail"]["findings"][0].clone();
    event["detail"]["findings"].as_array_mut().unwrap().push(other);
    let mut rules: Vec<String> =
        matching(&home(), &event).into_iter().map(|rule| rule.logical_id).collect();
    rules.sort();
    assert_eq!(rules, ["Ec2SecurityhubRule", "StraysRule"]);
}

#[test]
fn each_source_goes_to_the_function_of_its_resource() {
    let template = home();
    let cases: &[(&str, &[&str])] = &[
        ("security-hub", &["S3LiveQueue"]),
        ("security-hub-legacy", &["Ec2LiveQueue"]),
        ("security-hub-action", &["RdsLiveQueue"]),
        ("security-hub-v2-control", &["S3LiveQueue"]),
        ("config-compliance", &["S3LiveQueue"]),
        ("config-item", &["Ec2LiveQueue"]),
        ("config-item-oversized", &["Ec2LiveQueue"]),
        ("guardduty-setting", &["S3LiveQueue"]),
        ("guardduty-threat", &["Ec2LiveQueue"]),
        ("access-analyzer", &["S3LiveQueue"]),
        // Nothing there that a function puts right.
        ("security-hub-v2-vulnerability", &[]),
        ("security-hub-v2-detection", &[]),
        ("security-hub-insight", &[]),
        ("access-analyzer-preview", &[]),
        ("health-public", &[]),
        ("health-credentials-exposed", &[]),
        ("inspector", &[]),
        ("macie", &[]),
        ("kms-expiration", &[]),
        ("trusted-advisor", &[]),
        ("ssm-compliance", &[]),
        ("schedule", &[]),
    ];
    for (stem, expected) in cases {
        assert_eq!(targets(&template, &sample(stem)), *expected, "{stem}");
    }
}

#[test]
fn what_is_over_is_not_sent() {
    let template = home();
    for (stem, pointer, value) in [
        ("security-hub", "/detail/findings/0/RecordState", json!("ARCHIVED")),
        ("security-hub", "/detail/findings/0/Workflow/Status", json!("SUPPRESSED")),
        ("security-hub", "/detail/findings/0/Compliance/Status", json!("PASSED")),
        ("security-hub-v2-control", "/detail/findings/0/status_id", json!(4)),
        ("security-hub-v2-control", "/detail/findings/0/compliance/status", json!("Pass")),
        ("config-compliance", "/detail/newEvaluationResult/complianceType", json!("COMPLIANT")),
        ("guardduty-setting", "/detail/service/archived", json!(true)),
        ("access-analyzer", "/detail/status", json!("RESOLVED")),
    ] {
        let mut event = sample(stem);
        *event.pointer_mut(pointer).unwrap() = value;
        assert_eq!(targets(&template, &event), [""; 0], "{stem} {pointer}");
    }
}

#[test]
fn an_accounts_rule_of_aws_config_is_known_by_its_name() {
    let mut event = sample("config-compliance");
    event["detail"]["resourceType"] = json!("AWS::::Account");
    event["detail"]["resourceId"] = json!("123456789012");
    for (rule, expected) in [
        (
            "securityhub-s3-account-level-public-access-blocks-periodic-0a1b2c3d",
            vec!["S3LiveQueue"],
        ),
        ("s3-account-level-public-access-blocks-periodic", vec!["S3LiveQueue"]),
        ("securityhub-iam-password-policy-0a1b2c3d", vec![]),
    ] {
        event["detail"]["configRuleName"] = json!(rule);
        assert_eq!(targets(&home(), &event), expected, "{rule}");
        assert_eq!(targets(&away(), &event), [""; 0], "{rule}");
    }
}

/// What is contained until a person has put it right.
const CONTAINED: [&str; 1] = ["iam.console-users-have-mfa"];

/// What the catalogue of controls says of those that ours stand for.
#[test]
fn ours_agree_with_the_catalogue_of_security_hub() {
    for meta in metas() {
        let needs_a_person = find(meta.id).unwrap().only_advises() || CONTAINED.contains(&meta.id);
        for id in meta.security_hub {
            let control = SecurityHubControl::find(id).unwrap_or_else(|| panic!("{id} is unknown"));
            assert!(
                needs_a_person || !matches!(control.remedy, Remedy::Replacement | Remedy::Person),
                "{}: {id} is not put right in place",
                meta.id
            );
            assert_eq!(control.model, meta.model, "{}: {id}", meta.id);
            assert_eq!(control.layer, meta.layer, "{}: {id}", meta.id);
            assert_ne!(control.responsibility().1, Kind::Inherited, "{id}");
        }
        for framework in meta.frameworks {
            let asks = |id: &&str| {
                let known = SecurityHubControl::find(id);
                known.is_some_and(|c| c.frameworks.split(' ').any(|f| f == *framework))
            };
            assert!(meta.security_hub.iter().any(asks), "{}: {framework}", meta.id);
        }
    }
}
