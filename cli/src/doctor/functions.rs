//! The functions: whether they run, who calls them, and what feeds them.

use serde_json::{Value, json};

use super::{
    finding::Finding,
    stack::{Part, Stack},
};
use crate::aws::{Failure, Request, get};

/// A function's state, its concurrency, its role, and who else may call or feed it.
pub(super) async fn check(stack: &Stack<'_>, part: &Part) -> Result<Vec<Finding>, Failure> {
    let what = format!("function {}", part.id);
    let configuration = get("lambda", format!("/2015-03-31/functions/{}/configuration", part.id));
    let function = match stack.aws.value(&configuration).await {
        Err(failure) if failure.is_absent() => {
            return Ok(vec![stack.drifted(what, "does not exist")]);
        }
        answer => answer?,
    };
    let mut findings = Vec::new();
    if text(&function, "State") == "Failed" {
        let why = text(&function, "StateReason");
        findings.push(stack.drifted(what.clone(), format!("cannot run: {why}")));
    }
    if !stack.has(text(&function, "Role")) {
        let role = text(&function, "Role");
        findings.push(stack.drifted(what.clone(), format!("runs with another role: `{role}`")));
    }
    findings.extend(concurrency(stack, part, &what).await?);
    findings.extend(callers(stack, part, &what).await?);
    findings.extend(feeders(stack, part, &what).await?);
    Ok(findings)
}

/// The template reserves none, and a reserve of nothing lets the function never run.
async fn concurrency(
    stack: &Stack<'_>,
    part: &Part,
    what: &str,
) -> Result<Option<Finding>, Failure> {
    let ask = get("lambda", format!("/2019-09-30/functions/{}/concurrency", part.id));
    let reserved = stack.aws.value(&ask).await?;
    let Some(reserved) = reserved.get("ReservedConcurrentExecutions").and_then(Value::as_u64)
    else {
        return Ok(None);
    };
    let words = ["lambda", "delete-function-concurrency", "--function-name", &part.id];
    let call = Request::Rest {
        service: "lambda",
        method: "DELETE",
        path: format!("/2017-10-31/functions/{}/concurrency", part.id),
        body: Value::Null,
    };
    let wrong = match reserved {
        0 => "never runs: its reserved concurrency is 0".to_owned(),
        some => format!("has a reserved concurrency of {some}, which the template does not set"),
    };
    let finding = Finding::of(what.to_owned(), wrong, stack.command(&words));
    // A reserve above zero may be meant: the account's quota is the owner's to share out.
    Ok(Some(if reserved == 0 { finding.repaired_by(call, part) } else { finding }))
}

/// The template gives no function a policy of its own: whoever stands in one can call it.
async fn callers(stack: &Stack<'_>, part: &Part, what: &str) -> Result<Vec<Finding>, Failure> {
    let ask = get("lambda", format!("/2015-03-31/functions/{}/policy", part.id));
    let answer = match stack.aws.value(&ask).await {
        Err(failure) if failure.is_absent() => return Ok(Vec::new()),
        answer => answer?,
    };
    let policy: Value = serde_json::from_str(text(&answer, "Policy")).unwrap_or(Value::Null);
    let statements = policy.get("Statement").and_then(Value::as_array).cloned();
    let finding = |statement: &Value| {
        let sid = text(statement, "Sid");
        let words =
            ["lambda", "remove-permission", "--function-name", &part.id, "--statement-id", sid];
        let whom = statement.get("Principal").map(Value::to_string).unwrap_or_default();
        Finding::of(what.to_owned(), format!("may be called by {whom}"), stack.command(&words))
    };
    Ok(statements.iter().flatten().map(finding).collect())
}

/// Queues and streams of others that feed it.
async fn feeders(stack: &Stack<'_>, part: &Part, what: &str) -> Result<Vec<Finding>, Failure> {
    let path = format!("/2015-03-31/event-source-mappings/?FunctionName={}", part.id);
    let answer = stack.aws.value(&get("lambda", path)).await?;
    let mappings = answer.get("EventSourceMappings").and_then(Value::as_array).cloned();
    let foreign = mappings.iter().flatten().filter(|mapping| !stack.has(text(mapping, "UUID")));
    let finding = |mapping: &Value| {
        let words = ["lambda", "delete-event-source-mapping", "--uuid", text(mapping, "UUID")];
        let wrong = format!("is fed by `{}` too", text(mapping, "EventSourceArn"));
        Finding::of(what.to_owned(), wrong, stack.command(&words))
    };
    Ok(foreign.map(finding).collect())
}

/// An operator's URL admits signed requests only.
pub(super) async fn url(stack: &Stack<'_>, part: &Part) -> Result<Vec<Finding>, Failure> {
    let function = part.id.rsplit(':').next().unwrap_or(&part.id);
    let what = format!("URL of function {function}");
    let path = format!("/2021-10-31/functions/{function}/url");
    let found = match stack.aws.value(&get("lambda", path.clone())).await {
        Err(failure) if failure.is_absent() => {
            return Ok(vec![stack.drifted(what, "does not exist")]);
        }
        answer => answer?,
    };
    if text(&found, "AuthType") == "AWS_IAM" {
        return Ok(Vec::new());
    }
    let words = ["lambda", "update-function-url-config", "--function-name", function];
    let command = stack.command(&[words.as_slice(), &["--auth-type", "AWS_IAM"]].concat());
    let body = json!({"AuthType": "AWS_IAM"});
    let call = Request::Rest { service: "lambda", method: "PUT", path, body };
    Ok(vec![Finding::of(what, "admits anybody", command).repaired_by(call, part)])
}

/// Whether a queue still feeds its function.
pub(super) async fn mapping(stack: &Stack<'_>, part: &Part) -> Result<Vec<Finding>, Failure> {
    let path = format!("/2015-03-31/event-source-mappings/{}", part.id);
    let what = format!("event source mapping {}", part.logical);
    let found = match stack.aws.value(&get("lambda", path.clone())).await {
        Err(failure) if failure.is_absent() => {
            return Ok(vec![stack.drifted(what, "does not exist")]);
        }
        answer => answer?,
    };
    if !["Disabled", "Disabling"].contains(&text(&found, "State")) {
        return Ok(Vec::new());
    }
    let words = ["lambda", "update-event-source-mapping", "--uuid", &part.id, "--enabled"];
    let body = json!({"Enabled": true});
    let call = Request::Rest { service: "lambda", method: "PUT", path, body };
    let finding = Finding::of(what, "is disabled: its queue fills", stack.command(&words));
    Ok(vec![finding.repaired_by(call, part)])
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
