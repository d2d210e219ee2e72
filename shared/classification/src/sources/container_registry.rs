//! Amazon ECR: an image was scanned.
//!
//! Source: "Sample events from Amazon ECR" in the Amazon ECR User Guide.

use super::{Event, Found, one};
use crate::finding::{Source, State, Topic};
use crate::place::Place;
use crate::responsibility::Layer;

pub(super) fn read(event: &Event<'_>) -> Found {
    let detail = &event.detail;
    let mut finding = event.finding(Source::ContainerRegistry);
    finding.status = detail.get("scan-status").stated();
    finding.topic = Topic::Vulnerability;
    // What is packed into an image is the customer's.
    finding.layer = Some(Layer::ApplicationCode);
    if faults(&detail.get("finding-severity-counts")) == 0 {
        finding.state = State::Passed;
    }
    finding.add("AWS::ECR::Repository", &detail.get("repository-name").word());
    one(finding)
}

/// How many faults the scan found that are more than information.
fn faults(counts: &Place<'_>) -> u64 {
    let graded = counts.members().into_iter().filter(|(grade, _)| *grade != "INFORMATIONAL");
    graded.filter_map(|(_, count)| count.value.as_u64()).sum()
}
