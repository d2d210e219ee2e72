//! AWS Config: a rule's judgement, a resource's configuration, and what it asks a custom rule.
//!
//! Source: "Example AWS Config notifications" and "Example events for AWS Config rules" in the AWS
//! Config Developer Guide.

use serde_json::Value;

use super::{Event, Found, one};
use crate::catalogue::controls::SecurityHubControl;
use crate::finding::{Finding, Source, State, Topic};
use crate::place::Place;
use crate::rejection::{Rejection, RejectionCode};
use crate::resource::parse_arn;
use crate::time::unix_seconds;

pub(super) fn read(event: &Event<'_>) -> Option<Found> {
    match event.detail_type {
        "Config Rules Compliance Change" => Some(one(compliance(event))),
        "Config Configuration Item Change" => Some(one(change(event))),
        _ => None,
    }
}

fn compliance(event: &Event<'_>) -> Finding {
    let detail = &event.detail;
    let mut finding = located(event.finding(Source::ConfigCompliance), detail);
    finding.topic = Topic::Control;
    finding.subject = detail.get("configRuleName").fact().unwrap_or(finding.subject);
    finding.status = detail.at(&["newEvaluationResult", "complianceType"]).stated();
    finding.state = match finding.status.value.as_str() {
        "COMPLIANT" => State::Passed,
        // Deleted, or no longer in the rule's scope.
        "NOT_APPLICABLE" => State::Closed,
        _ => State::Open,
    };
    let rule = SecurityHubControl::of_config_rule(&finding.subject.value);
    finding.controls = rule.map(|control| control.id.to_owned()).collect();
    if finding.controls.is_empty() {
        finding.topic = Topic::Configuration;
    }
    finding.add(&detail.get("resourceType").word(), &detail.get("resourceId").word());
    finding
}

fn change(event: &Event<'_>) -> Finding {
    item(event.finding(Source::ConfigItem), &event.detail)
}

/// The configuration item of a notification. One over 256 KB is left out, and a summary of it
/// (`configurationItemSummary`) stands in its place.
fn item(finding: Finding, notification: &Place<'_>) -> Finding {
    let mut finding = finding;
    finding.subject = notification.get("messageType").fact().unwrap_or(finding.subject);
    let items = ["configurationItem", "configurationItemSummary"].map(|key| notification.get(key));
    let Some(item) = items.iter().flat_map(Place::items).next() else { return finding };
    finding = located(finding, &item);
    finding.topic = Topic::Configuration;
    finding.status = item.get("configurationItemStatus").stated();
    if finding.status.value.contains("Deleted") {
        finding.state = State::Closed;
    }
    let captured = item.get("configurationItemCaptureTime").text();
    finding.time = captured.as_deref().and_then(unix_seconds).or(finding.time);
    let kind = item.get("resourceType").word();
    // IAM's calls take names, where AWS Config has unique ids (`AROAEXAMPLEID`).
    let id = if kind.starts_with("AWS::IAM::") { "resourceName" } else { "resourceId" };
    finding.add(&kind, &item.get(id).word());
    finding
}

/// The account and region that the message itself names, in its newer and its older spelling.
fn located(mut finding: Finding, place: &Place<'_>) -> Finding {
    let account = ["awsAccountId", "accountId"].iter().find_map(|key| place.get(key).account());
    finding.account = account.unwrap_or(finding.account);
    let zone = || place.get("availabilityZone").text().map(|zone| region_of(&zone).to_owned());
    finding.region = place.get("awsRegion").text().or_else(zone).unwrap_or(finding.region);
    finding
}

/// `us-west-2` of `us-west-2b`.
fn region_of(zone: &str) -> &str {
    zone.strip_suffix(|letter: char| letter.is_ascii_lowercase()).unwrap_or(zone)
}

/// The invocation of a custom rule's function, which has no envelope; its `invokingEvent` is JSON
/// as text.
pub(crate) fn invocation(body: &Value, pointer: &str) -> Result<Finding, Rejection> {
    let place = Place::new(body, "");
    let invoking: Value = match place.get("invokingEvent").text() {
        Some(text) => serde_json::from_str(&text)
            .map_err(|error| Rejection::from_json(&format!("{pointer}/invokingEvent"), &error))?,
        None => {
            let message = "a rule's invocation needs an `invokingEvent`";
            return Err(Rejection::new(RejectionCode::Incomplete, pointer, message));
        }
    };
    let arn = place.get("configRuleArn").word();
    let region = parse_arn(&arn).map(|arn| arn.region).unwrap_or_default().to_owned();
    let account = place.get("accountId");
    let base = Finding {
        source: Source::ConfigRule,
        id: place.get("configRuleId").word(),
        subject: place.get("configRuleName").stated(),
        topic: Topic::Information,
        layer: None,
        state: State::Open,
        status: place.get("eventLeftScope").stated(),
        product: None,
        genuine: true,
        account: account.account().unwrap_or_else(|| account.stated()),
        region,
        time: None,
        controls: Vec::new(),
        resources: Vec::new(),
        stray: false,
    };
    let mut finding = item(base, &Place::new(&invoking, "/invokingEvent"));
    finding.subject = place.get("configRuleName").fact().unwrap_or(finding.subject);
    if place.get("eventLeftScope").is_true() {
        finding.state = State::Closed;
        finding.status = place.get("eventLeftScope").stated();
    }
    let rule = SecurityHubControl::of_config_rule(&finding.subject.value);
    finding.controls = rule.map(|control| control.id.to_owned()).collect();
    Ok(finding)
}
