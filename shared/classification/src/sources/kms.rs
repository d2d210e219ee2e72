//! AWS KMS: a key was rotated, deleted, or its imported material ends.
//!
//! Source: "Monitoring with Amazon EventBridge" in the AWS Key Management Service Developer Guide.

use super::{Event, Found, one};
use crate::finding::{Source, Topic};
use crate::responsibility::Layer;

pub(super) fn read(event: &Event<'_>) -> Found {
    let mut finding = event.finding(Source::Kms);
    let (topic, layer) = match event.detail_type {
        // KMS rotates what the customer told it to rotate.
        kind if kind.contains("Rotation") => (Topic::Information, Layer::ManagedControlPlane),
        kind if kind.contains("Expiration") || kind.contains("Deletion") => {
            (Topic::Expiry, Layer::DataProtection)
        }
        _ => (Topic::Information, Layer::DataProtection),
    };
    finding.topic = topic;
    finding.layer = Some(layer);
    finding.add("AWS::KMS::Key", &event.detail.get("key-id").word());
    one(finding)
}
