//! AWS Certificate Manager: a certificate is about to expire, has expired, or waits for somebody.
//!
//! Source: "Amazon EventBridge support for ACM" in the AWS Certificate Manager User Guide.

use super::{Event, Found, one};
use crate::finding::{Source, Topic};
use crate::responsibility::Layer;

pub(super) fn read(event: &Event<'_>) -> Found {
    let mut finding = event.finding(Source::CertificateManager);
    finding.layer = Some(Layer::DataProtection);
    let expires = ["Expir", "Action Required", "Revoked"];
    finding.topic = if expires.iter().any(|word| event.detail_type.contains(word)) {
        Topic::Expiry
    } else {
        Topic::Information
    };
    let named = event.envelope.get("resources");
    for arn in named.value.as_array().into_iter().flatten().filter_map(|arn| arn.as_str()) {
        finding.add("AWS::CertificateManager::Certificate", arn);
    }
    one(finding)
}
