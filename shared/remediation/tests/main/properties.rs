//! What holds for every state, over random ones.

use std::collections::BTreeMap;

use demarc_remediation::{
    configuration::{Enforcement, Known, Mode},
    control::AnyControl,
    controls::of_setting,
    element::{Delta, Elements},
    plan::{Bounds, Finding, fold},
    settings::{
        ec2::security_group_rules::{Rule, Rules, SECURITY_GROUP_INGRESS, Source},
        s3::{
            bucket_acl::{BUCKET_ACL, BucketAcl, Grant, Grantee, PUBLIC_GROUPS},
            bucket_policy::{BUCKET_POLICY, BucketPolicy},
        },
    },
    state::State,
    verdict::{Safety, Verdict},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::Scene;

fn enforcing() -> Scene {
    let mut scene = Scene::default();
    scene.configuration.default = Some(Enforcement::new(Mode::Enforce, Safety::Disruptive));
    scene.configuration.known = Some(Known::default());
    scene
}

fn principals() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!("*"),
        json!({"AWS": "*"}),
        json!({"AWS": ["arn:aws:iam::123456789012:root", "*"]}),
        json!({"AWS": "arn:aws:iam::123456789012:role/a"}),
        json!({"AWS": ["arn:aws:iam::123456789012:role/a", "999988887777"]}),
        json!({"AWS": "999988887777"}),
        json!({"Service": "cloudfront.amazonaws.com"}),
    ])
}

fn conditions() -> impl Strategy<Value = Option<Value>> {
    prop::sample::select(vec![
        None,
        Some(json!({"StringEquals": {"aws:PrincipalOrgID": "o-a"}})),
        Some(json!({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}})),
        Some(json!({"Bool": {"aws:SecureTransport": "false"}})),
        Some(json!({"StringEquals": {"example:Key": "x"}})),
    ])
}

fn statements() -> impl Strategy<Value = Value> {
    let sid = prop::option::of("[A-C]{1,2}");
    let effect = prop::sample::select(vec!["Allow", "Deny"]);
    let action = prop::sample::select(vec![json!("s3:*"), json!(["s3:GetObject"]), json!("*")]);
    let resource = prop::sample::select(vec!["arn:aws:s3:::sample/*", "arn:aws:s3:::sample*", "*"]);
    (sid, effect, principals(), action, resource, conditions()).prop_map(
        |(sid, effect, principal, action, resource, condition)| {
            let mut statement = json!({
                "Resource": resource, "Principal": principal, "Effect": effect, "Action": action
            });
            for (name, value) in [("Sid", sid.map(Value::from)), ("Condition", condition)] {
                if let Some(value) = value {
                    statement[name] = value;
                }
            }
            statement
        },
    )
}

/// S3 takes no two statements with one `Sid`.
fn distinct(statements: Vec<Value>) -> Vec<Value> {
    let mut seen = Vec::new();
    let new = |sid: Option<&Value>| {
        sid.is_none_or(|sid| {
            let new = !seen.contains(sid);
            seen.push(sid.clone());
            new
        })
    };
    let mut new = new;
    statements.into_iter().filter(|s| new(s.get("Sid"))).collect()
}

fn policies() -> impl Strategy<Value = BucketPolicy> {
    prop::collection::vec(statements(), 0..7).prop_map(|list| {
        let document = json!({"Version": "2012-10-17", "Id": "x", "Statement": distinct(list)});
        BucketPolicy::parse(&document.to_string()).unwrap()
    })
}

fn ingresses() -> impl Strategy<Value = Rules> {
    let source = prop::sample::select(vec![
        Source::Cidr4("0.0.0.0/0".into()),
        Source::Cidr4("10.0.0.0/8".into()),
        Source::Cidr6("::/0".into()),
        Source::PrefixList("pl-world".into()),
        Source::PrefixList("pl-unread".into()),
        Source::Group { id: "sg-1".into(), account: None },
    ]);
    let protocol = prop::sample::select(vec!["tcp", "udp", "icmp", "-1", "50"]);
    let port = prop::sample::select(vec![-1, 22, 80, 443, 3389, 65_535]);
    let rule = (protocol, port.clone(), port, source, prop::option::of("[a-z]{0,3}")).prop_map(
        |(protocol, from, to, source, description)| {
            Rule::new(protocol, (Some(from), Some(to.max(from))), source, description)
        },
    );
    prop::collection::vec(rule, 0..8).prop_map(|rules| {
        let mut state = Rules::of(rules);
        state.prefix_lists = BTreeMap::from([
            ("pl-world".to_owned(), Some(vec!["0.0.0.0/0".to_owned()])),
            ("pl-unread".to_owned(), None),
        ]);
        state
    })
}

fn acls() -> impl Strategy<Value = BucketAcl> {
    let grantee = prop::sample::select(vec![
        Grantee::Group(PUBLIC_GROUPS[0].into()),
        Grantee::Group(PUBLIC_GROUPS[1].into()),
        Grantee::Group("http://acs.amazonaws.com/groups/s3/LogDelivery".into()),
        Grantee::CanonicalUser("owner".into()),
        Grantee::CanonicalUser("partner".into()),
    ]);
    let grant = (grantee, prop::sample::select(vec!["READ", "WRITE", "FULL_CONTROL"]))
        .prop_map(|(grantee, permission)| Grant { grantee, permission: permission.into() });
    let ownership =
        prop::sample::select(vec![None, Some("ObjectWriter"), Some("BucketOwnerPreferred")]);
    (prop::collection::btree_set(grant, 0..6), ownership).prop_map(|(grants, ownership)| {
        BucketAcl { owner: Some("owner".into()), ownership: ownership.map(str::to_owned), grants }
    })
}

/// Every order of a few things.
fn orders<T: Copy>(of: &[T]) -> Vec<Vec<T>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (i, first) in of.iter().enumerate() {
        let rest: Vec<T> =
            of.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, t)| *t).collect();
        all.extend(orders(&rest).into_iter().map(|mut order| {
            order.insert(0, *first);
            order
        }));
    }
    all
}

/// Each control alone: its delta is the least, can be taken back, and leaves what it wanted.
fn each_control_changes_the_least(setting: &str, observed: &Elements) -> Result<(), TestCaseError> {
    let scene = enforcing();
    for control in of_setting(setting) {
        let judge = |state: &Elements| {
            control.judge(&scene.resource(control), state, &scene.context()).unwrap()
        };
        let Verdict::Violation { desired, safety, .. } = judge(observed) else { continue };
        prop_assert!(safety <= control.meta().safety, "{} exceeds its safety", control.meta().id);
        let delta = Delta::between(observed, &desired);
        prop_assert!(!delta.is_empty());
        prop_assert_eq!(&delta.apply(observed), &desired);
        prop_assert_eq!(&delta.invert().apply(&desired), observed);
        for element in observed.iter() {
            let touched = delta.edits().any(|edit| edit.id == element.id);
            prop_assert!(touched || desired.get(&element.id) == Some(&element.value));
        }
        prop_assert!(!judge(&desired).is_violation(), "{} wants more", control.meta().id);
    }
    Ok(())
}

/// All controls together, in any order: nothing is left to put right, and each plan can be undone.
fn any_order_ends_well(setting: &str, observed: &Elements) -> Result<(), TestCaseError> {
    let scene = enforcing();
    let bounds = Bounds { exemptions: &[], now: 0, since: 0, approved: None, by_service: false };
    for order in orders(&of_setting(setting)) {
        let resource = scene.resource(order[0]);
        let folding = |controls: &[&'static dyn AnyControl], state: &Elements| {
            fold(controls, &resource, state, &scene.context(), bounds)
        };
        let folded = folding(&order, observed);
        let again = folding(&order, &folded.desired);
        prop_assert!(again.planned.is_empty(), "still planned: {:?}", again.planned);
        let settled = |f: &Finding| matches!(f, Finding::Compliant(_) | Finding::Undecidable(_));
        prop_assert!(again.findings.iter().all(|(_, f)| settled(f)), "{:?}", again.findings);
        let mut state = folded.desired.clone();
        let plans: Vec<_> = folded.applied().collect();
        for plan in plans.into_iter().rev() {
            prop_assert!(plan.delta.unmet(&state).is_empty());
            state = plan.delta.invert().apply(&state);
        }
        prop_assert_eq!(&state, observed);
    }
    Ok(())
}

proptest! {
    #[test]
    fn threat_07_policies_change_the_least(policy in policies()) {
        let observed = policy.elements();
        prop_assert_eq!(BucketPolicy::from_elements(&observed).unwrap(), policy);
        each_control_changes_the_least(BUCKET_POLICY.id, &observed)?;
        any_order_ends_well(BUCKET_POLICY.id, &observed)?;
    }

    #[test]
    fn threat_07_security_groups_change_the_least(ingress in ingresses()) {
        let observed = ingress.elements();
        prop_assert_eq!(Rules::from_elements(&observed).unwrap(), ingress);
        each_control_changes_the_least(SECURITY_GROUP_INGRESS.id, &observed)?;
        any_order_ends_well(SECURITY_GROUP_INGRESS.id, &observed)?;
    }

    #[test]
    fn threat_07_access_control_lists_change_the_least(acl in acls()) {
        let observed = acl.elements();
        prop_assert_eq!(BucketAcl::from_elements(&observed).unwrap(), acl);
        each_control_changes_the_least(BUCKET_ACL.id, &observed)?;
        any_order_ends_well(BUCKET_ACL.id, &observed)?;
    }

    /// What is written back holds every statement that stays, letter by letter and in its order.
    #[test]
    fn statements_that_stay_are_written_as_they_were(policy in policies()) {
        let scene = enforcing();
        for control in of_setting(BUCKET_POLICY.id) {
            let verdict = scene.judge(control.meta().id, &policy);
            let Verdict::Violation { desired, .. } = verdict else { continue };
            let texts = |p: &BucketPolicy| p.statements().map(Value::to_string).collect::<Vec<_>>();
            let (before, document) = (texts(&policy), desired.document());
            let kept: Vec<String> =
                texts(&desired).into_iter().filter(|text| before.contains(text)).collect();
            let mut rest = document.as_str();
            for text in kept {
                let at = rest.find(&text);
                prop_assert!(at.is_some(), "not in the document: {text}");
                rest = &rest[at.unwrap() + text.len()..];
            }
            let mut order = before.iter();
            let in_order = |text: &String| !before.contains(text) || order.any(|b| b == text);
            prop_assert!(texts(&desired).iter().all(in_order));
        }
    }
}
