//! Every call that the catalogue declares: allowed to the function that makes it, on the resources
//! that it acts on, and to nobody beside them.

use std::collections::{BTreeMap, BTreeSet};

use demarc_harness::remediation::{
    controls::CATALOGUE,
    setting::{Call, Permission},
};
use demarc_tests::local::{
    ACCOUNT, REGION,
    simulator::{Action, Decision, Request},
    template::Template,
};
use serde_json::Value;

use super::{
    DENIED, FLOW_LOGS_ROLE, Role, SIMULATOR, STRANGER, decide, elsewhere, filled, full, known,
    open, otherwise, roles, said,
};
use crate::fits;

/// Calls that only reopen, but for which IAM has no action of their own.
const ONE_ACTION_BOTH_WAYS: [(&str, &str); 3] = [
    ("s3:DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls"),
    ("s3:DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    ("s3control:DeletePublicAccessBlock", "s3:PutAccountPublicAccessBlock"),
];

/// A declared call of a function.
#[derive(Clone, Copy)]
struct Declared {
    function: &'static str,
    call: &'static Call,
    /// Whether only an undo makes it.
    reopens: bool,
}

/// Every call of every function, once; twice where one setting may make it of less than another.
fn declared() -> Vec<Declared> {
    let mut found: BTreeMap<(&str, &str, &[Permission]), Declared> = BTreeMap::new();
    for meta in CATALOGUE.iter().map(|control| control.meta()) {
        let setting = meta.setting;
        let besides = meta.besides().flat_map(|setting| setting.reads);
        let closing =
            setting.reads.iter().chain(setting.lists).chain(setting.closes).chain(besides);
        let closing = closing.map(|call| (call, false));
        for (call, reopens) in closing.chain(setting.reopens.iter().map(|call| (call, true))) {
            let declared = Declared { function: setting.function, call, reopens };
            let key = (setting.function, call.operation, call.permissions);
            found.entry(key).and_modify(|known| known.reopens &= reopens).or_insert(declared);
        }
    }
    found.into_values().collect()
}

/// The roles of functions, with the calls that each of them makes.
fn with_calls(template: &Template) -> Vec<(Role, Vec<Declared>)> {
    let calls = |role: &Role| {
        let (function, operator) = role.function()?;
        let own = declared().into_iter().filter(|d| d.function == function);
        Some(own.filter(|d| operator || !d.reopens).collect::<Vec<_>>())
    };
    let roles = roles(template).into_iter();
    roles.filter_map(|role| calls(&role).map(|calls| (role, calls))).collect()
}

/// What some calls need, each once.
fn permissions(calls: &[Declared]) -> BTreeSet<Permission> {
    calls.iter().flat_map(|declared| declared.call.permissions).copied().collect()
}

/// The declared resource as a pattern of the account and region that we deploy into.
fn pattern(permission: &Permission) -> String {
    filled(&permission.resource.replace("${FlowLogsRoleArn}", FLOW_LOGS_ROLE))
}

/// The request that a permission is declared for, on one of its resources.
fn meant<'a>(role: &'a Role, permission: &Permission) -> Request<'a> {
    let pattern = pattern(permission);
    let resource = match pattern.as_str() {
        "*" => pattern,
        narrow => narrow.replace(":*:", &format!(":{ACCOUNT}:")).replace('*', "sample-1"),
    };
    let mut request = role.asks(permission.action, &resource);
    if let Some((_, key, value)) = permission.condition {
        request.context.insert(key.to_owned(), filled(value));
    }
    request
}

/// Requests of the same action that lie beside: of another account that lets everybody in, of
/// another region, under another condition, on every other kind of resource.
fn beside<'a>(
    role: &'a Role,
    calls: &[Declared],
    actions: &[Action],
    open: &'a Value,
) -> Vec<Request<'a>> {
    let permissions = permissions(calls);
    let mut requests = Vec::new();
    for permission in permissions.iter().filter(|permission| permission.resource != "*") {
        let meant = meant(role, permission);
        // A prefix list may be another account's, or AWS's own, that a rule names.
        if !permission.resource.contains(":*:") {
            let mut theirs = elsewhere(meant.clone(), open);
            theirs.resource = theirs.resource.replace(ACCOUNT, STRANGER);
            requests.push(theirs);
        }
        if meant.resource.contains(REGION) {
            let resource = meant.resource.replace(REGION, "eu-west-1");
            requests.push(Request { resource, ..meant.clone() });
        }
        let plain = Permission { condition: None, ..*permission };
        if let Some((_, key, _)) = permission.condition.filter(|_| !permissions.contains(&plain)) {
            let mut otherwise = meant.clone();
            otherwise.context.insert(key.to_owned(), "something.else".to_owned());
            requests.push(otherwise);
        }
        let same = permissions.iter().filter(|other| other.action == permission.action);
        let patterns: Vec<String> = same.map(pattern).collect();
        let kinds = known(actions, permission.action).kinds.iter().map(|kind| filled(kind));
        let others = kinds.filter(|arn| !patterns.iter().any(|pattern| fits(pattern, arn)));
        requests.extend(others.map(|resource| Request { resource, ..meant.clone() }));
    }
    requests
}

fn reference() -> Vec<Action> {
    let services: BTreeSet<&str> = permissions(&declared())
        .iter()
        .map(|permission| permission.action.split_once(':').unwrap().0)
        .collect();
    SIMULATOR.actions(&services.into_iter().collect::<Vec<_>>()).unwrap()
}

#[test]
fn threat_16_every_declared_call_is_allowed_on_its_resource() {
    let template = full();
    for (role, calls) in with_calls(&template) {
        let permissions = permissions(&calls);
        let requests: Vec<Request<'_>> = permissions.iter().map(|p| meant(&role, p)).collect();
        assert!(requests.len() > 2, "{}", role.id);
        let wrong = otherwise(&requests, &[Decision::Allowed]);
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn threat_16_no_call_is_allowed_beside_its_resource() {
    let (template, actions, open) = (full(), reference(), open());
    for (role, calls) in with_calls(&template) {
        let requests = beside(&role, &calls, &actions, &open);
        assert!(!requests.is_empty(), "{}", role.id);
        let wrong = otherwise(&requests, DENIED);
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn threat_16_no_function_may_make_anothers_calls() {
    let template = full();
    for (role, calls) in with_calls(&template) {
        let own = permissions(&calls);
        let all = permissions(&declared());
        let foreign: Vec<Request<'_>> = all.difference(&own).map(|p| meant(&role, p)).collect();
        assert!(!foreign.is_empty(), "{}", role.id);
        let wrong = otherwise(&foreign, DENIED);
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

/// A call is made where each of its permissions is given.
#[test]
fn threat_16_a_remediator_reopens_nothing_that_iam_tells_from_closing() {
    let template = full();
    let mut reopened = BTreeSet::new();
    for (role, _) in with_calls(&template) {
        let (function, operator) = role.function().unwrap();
        for declared in declared().into_iter().filter(|d| d.reopens && d.function == function) {
            let permissions = declared.call.permissions.iter();
            let requests: Vec<Request<'_>> = permissions.map(|p| meant(&role, p)).collect();
            let allowed = decide(&requests).iter().all(|d| *d == Decision::Allowed);
            assert!(allowed || !operator, "{}: {}", role.id, declared.call.operation);
            if allowed && !operator {
                reopened.insert(declared.call.operation);
            }
        }
    }
    assert_eq!(reopened, ONE_ACTION_BOTH_WAYS.map(|(operation, _)| operation).into());
    let page = include_str!("../../../../docs/security.md");
    for (_, action) in ONE_ACTION_BOTH_WAYS {
        assert!(page.contains(&format!("`{action}`")), "docs/security.md does not name {action}");
    }
}

/// The simulation would see a statement that is gone: exactly its calls are denied.
#[test]
fn without_one_statement_exactly_its_calls_are_denied() {
    let template = full();
    for (role, calls) in with_calls(&template) {
        let permissions = permissions(&calls);
        for (less, removed) in each_statement_removed(&role) {
            let requests: Vec<Request<'_>> = permissions.iter().map(|p| meant(&less, p)).collect();
            let is_lost = |request: &&Request<'_>| {
                let has = |key: &str, text: &str| {
                    crate::texts(&removed[key]).iter().any(|pattern| fits(pattern, text))
                };
                has("Action", &request.action) && has("Resource", &request.resource)
            };
            let lost: BTreeSet<String> = requests.iter().filter(is_lost).map(said).collect();
            let decisions = decide(&requests);
            let denied = requests.iter().zip(decisions).filter(|(_, d)| *d != Decision::Allowed);
            let denied: BTreeSet<String> = denied.map(|(request, _)| said(request)).collect();
            assert!(!lost.is_empty(), "{}: {removed}", role.id);
            assert_eq!(denied, lost, "{}", role.id);
        }
    }
}

/// The role without each of the statements of its policy `settings`.
fn each_statement_removed(role: &Role) -> Vec<(Role, Value)> {
    let [guard, settings, own] = role.identity.policies.as_slice() else { panic!("{}", role.id) };
    let statements = settings["Statement"].as_array().unwrap();
    let without = |at: usize| {
        let mut less = settings.clone();
        let removed = less["Statement"].as_array_mut().unwrap().remove(at);
        (role.with(vec![guard.clone(), less, own.clone()]), removed)
    };
    (0..statements.len()).map(without).collect()
}

/// The simulation would see a condition that is gone: other accounts' buckets and snapshots are
/// within reach, and so is every service that a role can be passed to.
#[test]
fn without_their_conditions_calls_reach_beside() {
    let (template, actions, open) = (full(), reference(), open());
    let mut reached = BTreeSet::new();
    for (role, calls) in with_calls(&template) {
        let mut policies = role.identity.policies.clone();
        for statement in policies[1]["Statement"].as_array_mut().unwrap() {
            statement.as_object_mut().unwrap().remove("Condition");
        }
        let role = role.with(policies);
        let requests = beside(&role, &calls, &actions, &open);
        let decisions = decide(&requests);
        let allowed = requests.iter().zip(decisions).filter(|(_, d)| *d == Decision::Allowed);
        reached.extend(allowed.map(|(request, _)| request.action.clone()));
    }
    let conditional = permissions(&declared()).into_iter().filter(|p| p.condition.is_some());
    let expected: BTreeSet<String> = conditional.map(|p| p.action.to_owned()).collect();
    assert_eq!(reached, expected);
}
