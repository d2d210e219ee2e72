//! What brings events: rules with their targets, and schedules.

use serde_json::{Value, json};

use super::{
    finding::Finding,
    stack::{Part, Stack},
};
use crate::aws::{Failure, Request, get};

/// A rule's state, and where it sends.
pub(super) async fn check(stack: &Stack<'_>, part: &Part) -> Result<Vec<Finding>, Failure> {
    let what = format!("rule {}", part.id);
    let rule =
        match stack.aws.value(&events("AWSEvents.DescribeRule", json!({"Name": part.id}))).await {
            Err(failure) if failure.is_absent() => {
                return Ok(vec![stack.drifted(what, "does not exist")]);
            }
            answer => answer?,
        };
    let mut findings = Vec::new();
    if text(&rule, "State") == "DISABLED" {
        let command = stack.command(&["events", "enable-rule", "--name", &part.id]);
        let call = events("AWSEvents.EnableRule", json!({"Name": part.id}));
        findings.push(Finding::of(what.clone(), "is disabled", command).repaired_by(call, part));
    }
    let ask = events("AWSEvents.ListTargetsByRule", json!({"Rule": part.id}));
    let answer = stack.aws.value(&ask).await?;
    findings.extend(targets(stack, part, &what, &members(&answer, "Targets")));
    Ok(findings)
}

fn targets(stack: &Stack<'_>, part: &Part, what: &str, targets: &[Value]) -> Vec<Finding> {
    if targets.is_empty() {
        return vec![stack.drifted(what.to_owned(), "sends its events to nobody")];
    }
    let foreign = targets.iter().filter(|target| {
        let arn = text(target, "Arn");
        !arn.contains(":event-bus/") && !stack.has(arn)
    });
    let finding = |target: &Value| {
        let words = ["events", "remove-targets", "--rule", &part.id, "--ids", text(target, "Id")];
        let wrong = format!("also sends its events to `{}`", text(target, "Arn"));
        Finding::of(what.to_owned(), wrong, stack.command(&words))
    };
    foreign.map(finding).collect()
}

/// A schedule's state.
pub(super) async fn schedule(stack: &Stack<'_>, part: &Part) -> Result<Vec<Finding>, Failure> {
    let what = format!("schedule {}", part.id);
    let path = format!("/schedules/{}", part.id);
    let found = match stack.aws.value(&get("scheduler", path.clone())).await {
        Err(failure) if failure.is_absent() => {
            return Ok(vec![stack.drifted(what, "does not exist")]);
        }
        answer => answer?,
    };
    if text(&found, "State") != "DISABLED" {
        return Ok(Vec::new());
    }
    let body = enabled(&found);
    let input = body.to_string();
    let words =
        ["scheduler", "update-schedule", "--name", &part.id, "--cli-input-json", input.as_str()];
    let call = Request::Rest { service: "scheduler", method: "PUT", path, body: body.clone() };
    let finding = Finding::of(what, "is disabled", stack.command(&words));
    Ok(vec![finding.repaired_by(call, part)])
}

/// `UpdateSchedule` replaces all of a schedule: what it was goes in again.
fn enabled(schedule: &Value) -> Value {
    let mut body = schedule.clone();
    if let Some(members) = body.as_object_mut() {
        for read_only in ["Arn", "CreationDate", "LastModificationDate", "Name"] {
            members.shift_remove(read_only);
        }
        members.insert("State".to_owned(), "ENABLED".into());
    }
    body
}

fn events(target: &'static str, body: Value) -> Request {
    Request::Json { service: "events", version: "1.1", target, body }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn members(value: &Value, name: &str) -> Vec<Value> {
    value.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enabled_schedule_is_the_one_that_it_was() {
        let was = json!({"Arn": "a", "Name": "n", "State": "DISABLED", "ScheduleExpression": "rate(5 minutes)",
                         "Target": {"Arn": "q", "RoleArn": "r"}});
        let expected = json!({"State": "ENABLED", "ScheduleExpression": "rate(5 minutes)",
                              "Target": {"Arn": "q", "RoleArn": "r"}});
        assert_eq!(enabled(&was), expected);
    }
}
