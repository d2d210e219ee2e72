//! Which accounts a statement lets in, and what is left of it without strangers.

use std::collections::BTreeSet;

use demarc_remediation::{
    configuration::Known,
    policy::{Acquaintances, Given, given},
    settings::{ec2::sharing::Shared, s3::bucket_policy::BucketPolicy},
    verdict::{Safety, Undo, Verdict},
};
use serde_json::{Value, json};

use crate::support::{Scene, violation};

const FRIEND: &str = "arn:aws:iam::111122223333:root";
const STRANGER: &str = "arn:aws:iam::999988887777:role/x";
const POLICY: &str = "s3.policy-grants-only-to-known-accounts";
const SNAPSHOTS: &str = "ec2.snapshots-shared-only-with-known-accounts";
const IMAGES: &str = "ec2.images-shared-only-with-known-accounts";

fn known() -> Known {
    Known {
        accounts: vec!["111122223333".to_owned()],
        organizations: vec!["o-example123".to_owned()],
        ..Known::default()
    }
}

fn judged(statement: &Value) -> Given {
    given(statement, Acquaintances { own: "123456789012", known: &known() })
}

fn allows(principal: Value, condition: Value) -> Value {
    let mut statement = json!({"Effect": "Allow", "Principal": principal, "Action": "s3:*"});
    if !condition.is_null() {
        statement["Condition"] = condition;
    }
    statement
}

#[test]
fn whom_the_owner_knows_stays() {
    let org = |operator: &str| json!({operator: {"aws:PrincipalOrgID": "o-example123"}});
    let path = json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-example123/r-1/*"}});
    for (principal, condition) in [
        (json!({"AWS": FRIEND}), Value::Null),
        (json!({"AWS": [FRIEND, "111122223333", "123456789012"]}), Value::Null),
        (json!({"AWS": "arn:aws:iam::123456789012:role/*"}), Value::Null),
        (json!({"AWS": "arn:aws:iam::127311923021:root"}), Value::Null),
        (json!({"AWS": "AROAEXAMPLEEXAMPLE001"}), Value::Null),
        (
            json!({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}),
            Value::Null,
        ),
        (json!({"Service": "cloudtrail.amazonaws.com"}), Value::Null),
        (json!({"AWS": STRANGER}), org("StringEquals")),
        (json!("*"), org("StringEquals")),
        (json!("*"), path),
        (json!("*"), json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}})),
        // Everyone is another control's.
        (json!("*"), Value::Null),
        (json!({"AWS": "*"}), json!({"StringEquals": {"aws:SourceVpc": "vpc-1"}})),
    ] {
        let statement = allows(principal, condition);
        assert_eq!(judged(&statement), Given::Known, "{statement}");
    }
    let denied = json!({"Effect": "Deny", "Principal": {"AWS": STRANGER}, "Action": "s3:*"});
    assert_eq!(judged(&denied), Given::Known);
}

#[test]
fn only_strangers_go() {
    let of = |key: &str, values: Value| json!({"StringEquals": {key: values}});
    let account = |values: Value| of("aws:PrincipalAccount", values);
    for (principal, condition, who, rest) in [
        (json!({"AWS": STRANGER}), Value::Null, STRANGER, None),
        (
            json!({"AWS": [FRIEND, STRANGER]}),
            Value::Null,
            STRANGER,
            Some((json!({"AWS": [FRIEND]}), Value::Null)),
        ),
        (
            json!({"AWS": STRANGER, "Service": "ec2.amazonaws.com"}),
            Value::Null,
            STRANGER,
            Some((json!({"Service": "ec2.amazonaws.com"}), Value::Null)),
        ),
        // Where it may come from does not make a stranger known; nor does a condition that holds
        // for whoever has no organization.
        (
            json!({"AWS": "999988887777"}),
            json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),
            "999988887777",
            None,
        ),
        (
            json!({"AWS": STRANGER}),
            json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-example123"}}),
            STRANGER,
            None,
        ),
        (json!("*"), account(json!("999988887777")), "999988887777", None),
        (json!("*"), of("aws:PrincipalOrgID", json!("o-stranger")), "o-stranger", None),
        (
            json!({"AWS": "*"}),
            account(json!(["999988887777", "111122223333"])),
            "999988887777",
            Some((json!({"AWS": "*"}), account(json!(["111122223333"])))),
        ),
    ] {
        let statement = allows(principal, condition);
        let rest = rest.map(|(principal, condition)| allows(principal, condition));
        let expected = Given::Strangers { named: vec![who.to_owned()], rest };
        assert_eq!(judged(&statement), expected, "{statement}");
    }
}

#[test]
fn who_cannot_be_told_is_not_known() {
    for principal in [json!({"CanonicalUser": "79a59df900b949e5"}), json!({"AWS": "somebody"})] {
        let statement = allows(principal, Value::Null);
        assert!(matches!(judged(&statement), Given::Unclear { .. }), "{statement}");
    }
}

fn knowing() -> Scene {
    let mut scene = Scene::default();
    scene.configuration.known = Some(known());
    scene
}

fn policy(statements: &[Value]) -> BucketPolicy {
    BucketPolicy::parse(&json!({"Version": "2012-10-17", "Statement": statements}).to_string())
        .unwrap()
}

#[test]
fn a_policy_loses_its_strangers_and_nothing_else() {
    let friends = allows(json!({"AWS": FRIEND}), Value::Null);
    let strangers = allows(json!({"AWS": STRANGER}), Value::Null);
    let both = allows(json!({"AWS": [STRANGER, FRIEND]}), Value::Null);
    let left = allows(json!({"AWS": [FRIEND]}), Value::Null);
    let unclear = allows(json!({"AWS": "somebody"}), Value::Null);
    let observed = policy(&[friends.clone(), strangers.clone(), unclear.clone(), both]);
    let (desired, detail, safety, undo) = violation(knowing().judge(POLICY, &observed));
    assert_eq!(desired, policy(&[friends.clone(), unclear.clone(), left]));
    assert_eq!((safety, undo), (Safety::Disruptive, Undo::Exact));
    assert!(detail.starts_with(&format!("statement 2 lets in {STRANGER}")), "{detail}");
    assert!(knowing().judge(POLICY, &policy(&[friends])).is_compliant());
    let verdict = knowing().judge(POLICY, &policy(&[unclear]));
    assert!(matches!(verdict, Verdict::Undecidable { .. }), "{verdict:?}");
    let verdict = Scene::default().judge(POLICY, &policy(&[strangers]));
    assert!(matches!(verdict, Verdict::Advise { .. }), "{verdict:?}");
}

#[test]
fn what_is_shared_with_strangers_is_taken_back() {
    let units = ["ou/o-example123/ou-1", "organization/o-stranger"];
    let arn = |unit: &str| format!("arn:aws:organizations::111122223333:{unit}");
    let shared = |accounts: &[&str], organizations: &[&str]| Shared {
        is_public: true,
        accounts: accounts.iter().map(|id| (*id).to_owned()).collect(),
        organizations: organizations.iter().map(|unit| arn(unit)).collect::<BTreeSet<_>>(),
    };
    for control in [SNAPSHOTS, IMAGES] {
        let observed = shared(&["111122223333", "999988887777"], &units);
        let (desired, _, safety, undo) = violation(knowing().judge(control, &observed));
        assert_eq!(desired, shared(&["111122223333"], &units[..1]));
        assert_eq!((safety, undo), (Safety::Disruptive, Undo::Exact));
        assert!(knowing().judge(control, &desired).is_compliant());
        let own = shared(&["123456789012"], &[]);
        assert!(Scene::default().judge(control, &own).is_compliant());
        let verdict = Scene::default().judge(control, &desired);
        assert!(matches!(verdict, Verdict::Advise { .. }), "{verdict:?}");
    }
}
