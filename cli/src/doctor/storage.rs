//! What keeps: queues, tables, logs.

use serde_json::{Value, json};

use super::{
    finding::Finding,
    stack::{Part, Stack},
};
use crate::aws::{Failure, Request};

/// A queue, who may send to it, and where what fails goes.
pub(super) async fn queue(stack: &Stack<'_>, part: &Part) -> Result<Vec<Finding>, Failure> {
    let what = format!("queue {}", part.id.rsplit('/').next().unwrap_or(&part.id));
    let ask = Request::Json {
        service: "sqs",
        version: "1.0",
        target: "AmazonSQS.GetQueueAttributes",
        body: json!({"QueueUrl": part.id, "AttributeNames": ["All"]}),
    };
    let answer = match stack.aws.value(&ask).await {
        Err(failure) if failure.is_absent() => {
            return Ok(vec![stack.drifted(what, "does not exist")]);
        }
        answer => answer?,
    };
    let has = |name: &str| answer.pointer(&format!("/Attributes/{name}")).is_some();
    let mut findings = Vec::new();
    if !has("Policy") {
        findings.push(stack.drifted(what.clone(), "has no policy: rules cannot send to it"));
    }
    if !part.logical.ends_with("DeadLetters") && !has("RedrivePolicy") {
        findings.push(stack.drifted(what, "has no dead-letter queue: what fails is lost"));
    }
    Ok(findings)
}

/// A table's protection from deletion, and its backups.
pub(super) async fn table(stack: &Stack<'_>, part: &Part) -> Result<Vec<Finding>, Failure> {
    let what = format!("table {}", part.id);
    let name = json!({"TableName": part.id});
    let ask = dynamodb("DynamoDB_20120810.DescribeTable", name.clone());
    let answer = match stack.aws.value(&ask).await {
        Err(failure) if failure.is_absent() => {
            return Ok(vec![stack.drifted(what, "does not exist")]);
        }
        answer => answer?,
    };
    let mut findings = Vec::new();
    if answer.pointer("/Table/DeletionProtectionEnabled") != Some(&Value::Bool(true)) {
        let words = ["dynamodb", "update-table", "--table-name", &part.id];
        let command =
            stack.command(&[words.as_slice(), &["--deletion-protection-enabled"]].concat());
        let body = json!({"TableName": part.id, "DeletionProtectionEnabled": true});
        let finding = Finding::of(what.clone(), "is not protected from deletion", command);
        findings.push(finding.repaired_by(dynamodb("DynamoDB_20120810.UpdateTable", body), part));
    }
    let ask = dynamodb("DynamoDB_20120810.DescribeContinuousBackups", name);
    let backups = stack.aws.value(&ask).await?;
    findings.extend(backup(stack, part, &what, &backups));
    Ok(findings)
}

fn backup(stack: &Stack<'_>, part: &Part, what: &str, answer: &Value) -> Option<Finding> {
    let status =
        "/ContinuousBackupsDescription/PointInTimeRecoveryDescription/PointInTimeRecoveryStatus";
    if answer.pointer(status).and_then(Value::as_str) == Some("ENABLED") {
        return None;
    }
    let words = [
        "dynamodb",
        "update-continuous-backups",
        "--table-name",
        &part.id,
        "--point-in-time-recovery-specification",
        "PointInTimeRecoveryEnabled=true",
    ];
    let body = json!({"TableName": part.id,
                      "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true}});
    let call = dynamodb("DynamoDB_20120810.UpdateContinuousBackups", body);
    let wrong = "is not backed up: point-in-time recovery is off";
    Some(Finding::of(what.to_owned(), wrong, stack.command(&words)).repaired_by(call, part))
}

/// Whether a log group is there.
pub(super) async fn log_group(stack: &Stack<'_>, part: &Part) -> Result<Vec<Finding>, Failure> {
    let ask = Request::Json {
        service: "logs",
        version: "1.1",
        target: "Logs_20140328.DescribeLogGroups",
        body: json!({"logGroupNamePrefix": part.id}),
    };
    let answer = stack.aws.value(&ask).await?;
    let groups = answer.get("logGroups").and_then(Value::as_array);
    let named = |group: &Value| group.get("logGroupName").and_then(Value::as_str) == Some(&part.id);
    Ok(match groups.is_some_and(|groups| groups.iter().any(named)) {
        true => Vec::new(),
        false => vec![stack.drifted(format!("log group {}", part.id), "does not exist")],
    })
}

fn dynamodb(target: &'static str, body: Value) -> Request {
    Request::Json { service: "dynamodb", version: "1.0", target, body }
}
