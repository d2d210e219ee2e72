//! AWS Systems Manager: whether a node has its patches, and is configured as its associations say.
//!
//! Source: "Amazon EventBridge event examples for Systems Manager" in the AWS Systems Manager User
//! Guide.

use super::{Event, Found, one};
use crate::finding::{Source, State, Topic};
use crate::responsibility::Layer;

pub(super) fn read(event: &Event<'_>) -> Found {
    let detail = &event.detail;
    let mut finding = event.finding(Source::SystemsManager);
    finding.subject = detail.get("compliance-type").fact().unwrap_or(finding.subject);
    finding.status = detail.get("compliance-status").stated();
    if finding.status.value == "compliant" {
        finding.state = State::Passed;
    }
    // Patches, and what an association configures, are of the node's own operating system.
    finding.topic = Topic::Vulnerability;
    finding.layer = Some(Layer::GuestOs);
    let id = detail.get("resource-id").word();
    let kind =
        if id.starts_with("mi-") { "AWS::SSM::ManagedInstance" } else { "AWS::EC2::Instance" };
    finding.add(kind, &id);
    one(finding)
}
