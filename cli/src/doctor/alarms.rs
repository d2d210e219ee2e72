//! The alarms: without their actions nobody hears of anything, and one that rings has a reason.

use super::{finding::Finding, stack::Part, stack::Stack};
use crate::aws::{Element, Failure, Request};

/// What CloudFormation calls them.
pub(super) const KIND: &str = "AWS::CloudWatch::Alarm";
/// So many one call takes; its answer has no second page then.
pub(super) const AT_ONCE: usize = 50;

const VERSION: &str = "2010-08-01";

/// What is wrong with these alarms.
pub(super) async fn check(stack: &Stack<'_>, parts: &[&Part]) -> Result<Vec<Finding>, Failure> {
    let names: Vec<&str> = parts.iter().map(|part| part.id.as_str()).collect();
    let page = stack.aws.xml(&asking("DescribeAlarms", &names)).await?;
    let members = page.all("member");
    let mut findings = Vec::new();
    for part in parts {
        let found = members.iter().find(|m| m.text("AlarmName") == Some(part.id.as_str()));
        findings.extend(judge(stack, part, found.copied()));
    }
    Ok(findings)
}

fn judge(stack: &Stack<'_>, part: &Part, found: Option<&Element>) -> Vec<Finding> {
    let what = || format!("alarm {}", part.id);
    let Some(found) = found else { return vec![stack.drifted(what(), "does not exist")] };
    let mut findings = Vec::new();
    if found.text("ActionsEnabled") == Some("false") {
        let command =
            stack.command(&["cloudwatch", "enable-alarm-actions", "--alarm-names", &part.id]);
        let call = asking("EnableAlarmActions", &[&part.id]);
        let silent = Finding::of(what(), "its actions are disabled: it rings for nobody", command);
        findings.push(silent.repaired_by(call, part));
    }
    if found.text("StateValue") == Some("ALARM") {
        let why = found.text("StateReason").unwrap_or("no reason is given");
        let next = "docs/runbook.md says what to do".to_owned();
        findings.push(Finding::of(what(), format!("rings: {why}"), next));
    }
    findings
}

fn asking(action: &'static str, names: &[&str]) -> Request {
    let numbered = (1..).zip(names);
    let parameters = numbered
        .map(|(at, name): (u32, _)| (format!("AlarmNames.member.{at}"), (*name).to_owned()))
        .collect();
    Request::Query { service: "monitoring", version: VERSION, action, parameters }
}
