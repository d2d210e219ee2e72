//! IAM Access Analyzer: who outside can reach a resource, and access that nobody uses.
//!
//! Source: "Monitoring AWS Identity and Access Management Access Analyzer with Amazon EventBridge"
//! in the AWS IAM User Guide.

use super::{Event, Found, one};
use crate::finding::{Finding, Source, State, Topic};
use crate::responsibility::Layer;
use crate::time::unix_seconds;

pub(super) fn read(event: &Event<'_>) -> Found {
    let detail = &event.detail;
    let base = event.finding(Source::AccessAnalyzer);
    let owner = detail.any(&[&["resourceOwnerAccount"], &["accountId"]]);
    let mut finding = Finding {
        id: detail.any(&[&["id"], &["accessPreviewId"]]).map_or(base.id.clone(), |id| id.value),
        subject: detail.any(&[&["findingType"]]).unwrap_or(base.subject.clone()),
        account: owner.unwrap_or(base.account.clone()),
        region: detail.get("region").text().unwrap_or(base.region.clone()),
        time: detail.get("updatedAt").text().as_deref().and_then(unix_seconds).or(base.time),
        layer: Some(Layer::IdentityAndAccess),
        ..base
    };
    finding.status = detail.get("status").stated();
    if event.detail_type.contains("Preview") {
        return one(preview(finding, event));
    }
    finding.topic =
        if event.detail_type.contains("Unused") { Topic::Advice } else { Topic::Setting };
    let gone = detail.get("isDeleted");
    if matches!(finding.status.value.as_str(), "ARCHIVED" | "RESOLVED") {
        finding.state = State::Closed;
    } else if gone.is_true() {
        finding.state = State::Closed;
        finding.status = gone.stated();
    }
    finding.add(&detail.get("resourceType").word(), &detail.get("resource").word());
    one(finding)
}

/// A preview tells what a policy that is not in force would let in.
fn preview(mut finding: Finding, event: &Event<'_>) -> Finding {
    finding.topic = Topic::Information;
    let previewed = event.detail.get("configuredResources");
    for arn in previewed.value.as_array().into_iter().flatten().filter_map(|arn| arn.as_str()) {
        finding.add("", arn);
    }
    finding.add(&event.detail.get("resourceType").word(), &event.detail.get("resource").word());
    finding
}
