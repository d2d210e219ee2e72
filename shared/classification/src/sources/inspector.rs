//! Amazon Inspector: known faults in software, faults in code, and what the network reaches.
//!
//! Source: "Amazon EventBridge event schema for Amazon Inspector events" in the Amazon Inspector
//! User Guide.

use super::{Event, Found, one};
use crate::finding::{Finding, Source, State, Topic};
use crate::responsibility::Layer;

pub(super) fn read(event: &Event<'_>) -> Found {
    let detail = &event.detail;
    let base = event.finding(Source::Inspector);
    let mut finding = Finding {
        id: detail.get("findingArn").text().unwrap_or(base.id.clone()),
        account: detail.get("awsAccountId").account().unwrap_or(base.account.clone()),
        ..base
    };
    if event.detail_type != "Inspector2 Finding" {
        return one(scan(finding, event));
    }
    finding.subject = detail.get("type").fact().unwrap_or(finding.subject);
    finding.status = detail.get("status").stated();
    if matches!(finding.status.value.as_str(), "CLOSED" | "SUPPRESSED") {
        finding.state = State::Closed;
    }
    (finding.topic, finding.layer) = place(&finding.subject.value);
    for resource in detail.get("resources").items() {
        let region = resource.get("region").text().unwrap_or_else(|| finding.region.clone());
        let account = finding.account.value.clone();
        let stated = resource.get("type").word();
        finding.add_in(kind(&stated), &resource.get("id").word(), &account, &region);
    }
    place_fault(&mut finding);
    one(finding)
}

/// A scan that was made, or is covered, tells of no fault by itself.
fn scan(mut finding: Finding, event: &Event<'_>) -> Finding {
    finding.topic = Topic::Information;
    finding.status = event.detail.get("scan-status").stated();
    finding.add("AWS::EC2::Instance", &event.detail.get("instance-id").word());
    finding.add("AWS::ECR::Repository", &event.detail.get("repository-name").word());
    finding
}

/// What a finding type is about; where a package with a fault lies, its resource says.
fn place(fault: &str) -> (Topic, Option<Layer>) {
    match fault {
        "NETWORK_REACHABILITY" => (Topic::Setting, Some(Layer::NetworkExposure)),
        "CODE_VULNERABILITY" => (Topic::Vulnerability, Some(Layer::ApplicationCode)),
        _ => (Topic::Vulnerability, None),
    }
}

/// The layer of a fault, by what it is in: an instance's guest, or what the customer packed into an
/// image or a function, whose packages are theirs.
pub(super) fn place_fault(finding: &mut Finding) {
    if finding.topic != Topic::Vulnerability || finding.layer.is_some() {
        return;
    }
    finding.layer = finding.resources.iter().find_map(|resource| match resource.kind.as_str() {
        "AWS::EC2::Instance" => Some(Layer::GuestOs),
        "AWS::Lambda::Function" | "AWS::ECR::Repository" | "AWS::ECR::ContainerImage" => {
            Some(Layer::ApplicationCode)
        }
        _ => None,
    });
}

fn kind(name: &str) -> &str {
    match name {
        "AWS_EC2_INSTANCE" => "AWS::EC2::Instance",
        "AWS_ECR_CONTAINER_IMAGE" | "AWS_ECR_REPOSITORY" => "AWS::ECR::Repository",
        "AWS_LAMBDA_FUNCTION" => "AWS::Lambda::Function",
        other => other,
    }
}
