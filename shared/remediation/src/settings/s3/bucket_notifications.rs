//! Whom S3 tells of what happens to a bucket's objects.
//!
//! Source: Amazon S3 API Reference, `NotificationConfiguration`.

use std::collections::BTreeSet;

use demarc_classification::{Change, kinds};
use serde_json::json;

use crate::{
    element::Elements,
    setting::{Call, Scope, SettingMeta},
    state::{State, StateError},
};

use super::{LISTS, changes, on_buckets};

/// `s3.bucket-notifications`.
pub static BUCKET_NOTIFICATIONS: SettingMeta = SettingMeta {
    id: "s3.bucket-notifications",
    function: "s3",
    resource: kinds::BUCKET,
    scope: Scope::Resource,
    reads: &[Call {
        operation: "s3:GetBucketNotificationConfiguration",
        permissions: &[on_buckets("s3:GetBucketNotification")],
    }],
    lists: LISTS,
    closes: &[],
    reopens: &[],
    triggers: &[changes("PutBucketNotification")],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 0,
};

/// Who is told: ARNs of topics, queues and functions, and [`EVENT_BRIDGE`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notifications(pub BTreeSet<String>);

/// Amazon EventBridge, which has no ARN in the configuration.
pub const EVENT_BRIDGE: &str = "EventBridge";

impl State for Notifications {
    fn elements(&self) -> Elements {
        self.0.iter().map(|who| (who.clone(), json!(true))).collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        Ok(Self(elements.iter().map(|element| element.id.clone()).collect()))
    }

    fn shows(&self, _: &Change) -> bool {
        true
    }
}
