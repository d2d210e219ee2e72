//! What becomes of a bucket's objects with time.
//!
//! Source: Amazon S3 API Reference, `LifecycleRule`, `PutBucketLifecycleConfiguration`.

use std::collections::BTreeMap;

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    element::Elements,
    setting::{Call, Scope, SettingMeta},
    state::{State, StateError},
};

use super::{LISTS, changes, on_buckets, rules};

/// `s3.bucket-lifecycle`.
pub static BUCKET_LIFECYCLE: SettingMeta = SettingMeta {
    id: "s3.bucket-lifecycle",
    function: "s3",
    resource: kinds::BUCKET,
    scope: Scope::Resource,
    reads: &[Call {
        operation: "s3:GetBucketLifecycleConfiguration",
        permissions: &[on_buckets("s3:GetLifecycleConfiguration")],
    }],
    lists: LISTS,
    closes: &[Call {
        operation: "s3:PutBucketLifecycleConfiguration",
        permissions: &[on_buckets("s3:PutLifecycleConfiguration")],
    }],
    reopens: &[],
    // CloudTrail writes the name that the API had before.
    triggers: &[changes("PutBucketLifecycle")],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 0,
};

/// One rule. What is not named here stands in `rest`, as the API has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Rule {
    /// `Enabled` or `Disabled`.
    pub status: String,
    /// When objects go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration: Option<Expiration>,
    /// When former versions of objects go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noncurrent_version_expiration: Option<NoncurrentExpiration>,
    /// To which objects the rule applies, and what else it does.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// When objects go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct Expiration {
    /// So many days after they were made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i32>,
    /// From this day on, as RFC 3339 writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Whether only markers of deletion go, of which no version is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expired_object_delete_marker: Option<bool>,
}

/// When former versions go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct NoncurrentExpiration {
    /// So many days after another took their place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noncurrent_days: Option<i32>,
    /// So many of the newest stay in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newer_noncurrent_versions: Option<i32>,
}

/// The rules by their ids.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lifecycle {
    /// The rules.
    pub rules: BTreeMap<String, Rule>,
    /// `TransitionDefaultMinimumObjectSize`: which small objects stay where they are.
    pub minimum_size: Option<String>,
}

const MINIMUM_SIZE: &str = "TransitionDefaultMinimumObjectSize";

impl Lifecycle {
    /// Whether S3 acts by any of the rules.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        self.rules.values().any(|rule| rule.status == "Enabled")
    }
}

impl State for Lifecycle {
    fn elements(&self) -> Elements {
        rules::elements(&self.rules, MINIMUM_SIZE, self.minimum_size.as_ref())
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        let (rules, minimum_size) = rules::from_elements(elements, MINIMUM_SIZE)?;
        Ok(Self { rules, minimum_size })
    }

    fn shows(&self, change: &Change) -> bool {
        let said = change.texts(&["requestParameters", "LifecycleConfiguration", "Rule", "ID"]);
        said.iter().all(|id| self.rules.contains_key(id))
    }
}
