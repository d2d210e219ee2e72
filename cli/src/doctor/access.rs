//! Roles: what the functions may do, and what the guard denies them.

use serde_json::Value;

use super::{
    finding::Finding,
    stack::{Part, Stack},
};
use crate::aws::{Element, Failure, Request, query};

const VERSION: &str = "2010-05-08";
/// The template's name of the policy that denies every function what none may do.
const GUARD: &str = "Guard";
/// The names of the inline policies that the template gives its roles.
const INLINE: [&str; 4] = ["settings", "own", "send", "forward"];

/// A role's policies, and who may assume it.
pub(super) async fn role(stack: &Stack<'_>, part: &Part) -> Result<Vec<Finding>, Failure> {
    let what = format!("role {}", part.id);
    let ask = |action| query("iam", VERSION, action, &[("RoleName", part.id.as_str())]);
    let found = match stack.aws.xml(&ask("GetRole")).await {
        Err(failure) if failure.is_absent() => {
            return Ok(vec![stack.drifted(what, "does not exist")]);
        }
        answer => answer?,
    };
    let mut findings = trust(stack, &what, &found);
    let attached = stack.aws.xml(&ask("ListAttachedRolePolicies")).await?;
    findings.extend(managed(stack, part, &what, &attached.texts("PolicyArn")));
    let inline = stack.aws.xml(&ask("ListRolePolicies")).await?;
    findings.extend(inlined(stack, part, &what, &inline.texts("member")));
    Ok(findings)
}

/// The template lets services assume its roles, and nobody else.
fn trust(stack: &Stack<'_>, what: &str, role: &Element) -> Vec<Finding> {
    let document = decoded(role.text("AssumeRolePolicyDocument").unwrap_or_default());
    let document: Value = serde_json::from_str(&document).unwrap_or(Value::Null);
    let statements = document.get("Statement").and_then(Value::as_array).cloned();
    let is_service = |statement: &Value| {
        let principal = statement.get("Principal").and_then(Value::as_object);
        principal.is_some_and(|p| p.keys().all(|kind| kind == "Service"))
    };
    let others = statements.iter().flatten().filter(|statement| !is_service(statement));
    let finding = |statement: &Value| {
        let whom = statement.get("Principal").map(Value::to_string).unwrap_or_default();
        stack.drifted(what.to_owned(), format!("may be assumed by {whom}"))
    };
    others.map(finding).collect()
}

fn managed(stack: &Stack<'_>, part: &Part, what: &str, attached: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let of_function =
        part.logical.ends_with("RemediatorRole") || part.logical.ends_with("OperatorRole");
    let guard = stack.id_of(GUARD).filter(|_| of_function);
    if let Some(guard) = guard.filter(|guard| !attached.contains(guard)) {
        let words = ["iam", "attach-role-policy", "--role-name", &part.id, "--policy-arn", guard];
        let parameters = [("RoleName", part.id.as_str()), ("PolicyArn", guard)];
        let call: Request = query("iam", VERSION, "AttachRolePolicy", &parameters);
        let wrong = "has no guard: nothing denies it what no function may do";
        let finding = Finding::of(what.to_owned(), wrong, stack.command(&words));
        findings.push(finding.repaired_by(call, part));
    }
    for policy in attached.iter().filter(|policy| !stack.has(policy)) {
        let words = ["iam", "detach-role-policy", "--role-name", &part.id, "--policy-arn", policy];
        let wrong = format!("has another policy: `{policy}`");
        findings.push(Finding::of(what.to_owned(), wrong, stack.command(&words)));
    }
    findings
}

fn inlined(stack: &Stack<'_>, part: &Part, what: &str, names: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !names.iter().any(|name| INLINE.contains(name)) {
        findings.push(stack.drifted(what.to_owned(), "has lost its permissions"));
    }
    for name in names.iter().filter(|name| !INLINE.contains(name)) {
        let words = ["iam", "delete-role-policy", "--role-name", &part.id, "--policy-name", name];
        let wrong = format!("has another inline policy: `{name}`");
        findings.push(Finding::of(what.to_owned(), wrong, stack.command(&words)));
    }
    findings
}

/// The guard denies, or it is no guard.
pub(super) async fn policy(stack: &Stack<'_>, part: &Part) -> Result<Vec<Finding>, Failure> {
    let what = format!("policy {}", part.id.rsplit('/').next().unwrap_or(&part.id));
    let arn = part.id.as_str();
    let found =
        match stack.aws.xml(&query("iam", VERSION, "GetPolicy", &[("PolicyArn", arn)])).await {
            Err(failure) if failure.is_absent() => {
                return Ok(vec![stack.drifted(what, "does not exist")]);
            }
            answer => answer?,
        };
    if part.logical != GUARD {
        return Ok(Vec::new());
    }
    let version = found.text("DefaultVersionId").unwrap_or_default();
    let parameters = [("PolicyArn", arn), ("VersionId", version)];
    let document = stack.aws.xml(&query("iam", VERSION, "GetPolicyVersion", &parameters)).await?;
    let document = decoded(document.text("Document").unwrap_or_default());
    let document: Value = serde_json::from_str(&document).unwrap_or(Value::Null);
    let statements = document.get("Statement").and_then(Value::as_array);
    let denies =
        |statement: &Value| statement.get("Effect").and_then(Value::as_str) == Some("Deny");
    Ok(match statements.is_some_and(|all| !all.is_empty() && all.iter().all(denies)) {
        true => Vec::new(),
        false => vec![stack.drifted(what, "is no guard any more: it has no denials, or grants")],
    })
}

/// IAM gives documents percent-encoded.
fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}
