//! Where S3 copies a bucket's objects by itself.
//!
//! Source: Amazon S3 API Reference, `ReplicationConfiguration`, `ReplicationRule`, `Destination`.

use std::collections::BTreeMap;

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    element::Elements,
    setting::{Call, Permission, Scope, SettingMeta},
    state::{State, StateError},
};

use super::{LIST_BUCKETS, LISTS, changes, on_buckets, rules};

/// Whoever writes the rules passes the role that S3 copies with.
const PASS_ROLE: Permission = Permission {
    action: "iam:PassRole",
    resource: "arn:${Partition}:iam::${Account}:role/*",
    condition: Some(("StringEquals", "iam:PassedToService", "s3.amazonaws.com")),
};

/// `s3.bucket-replication`.
pub static BUCKET_REPLICATION: SettingMeta = SettingMeta {
    id: "s3.bucket-replication",
    function: "s3",
    resource: kinds::BUCKET,
    scope: Scope::Resource,
    reads: &[
        Call {
            operation: "s3:GetBucketReplication",
            permissions: &[on_buckets("s3:GetReplicationConfiguration")],
        },
        LIST_BUCKETS,
    ],
    lists: LISTS,
    // One call, with a rule in force and not.
    closes: &[Call {
        operation: "s3:PutBucketReplication",
        permissions: &[on_buckets("s3:PutReplicationConfiguration"), PASS_ROLE],
    }],
    reopens: &[],
    triggers: &[changes("PutBucketReplication")],
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
    /// The ARN of the bucket that objects are copied to.
    pub bucket: String,
    /// The account that owns it, where the rule names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Whether the bucket is one of the rule's own account; no write changes it.
    pub is_own: bool,
    /// Which objects are copied, and how.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

impl Rule {
    /// Whether S3 copies by it.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        self.status == "Enabled"
    }

    /// The name of the bucket that objects are copied to.
    #[must_use]
    pub fn destination(&self) -> &str {
        bucket_name(&self.bucket)
    }
}

/// The name in a bucket's ARN.
#[must_use]
pub fn bucket_name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

/// The rules by their ids, and the role that S3 copies with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replication {
    /// The rules.
    pub rules: BTreeMap<String, Rule>,
    /// The role's ARN.
    pub role: Option<String>,
}

const ROLE: &str = "Role";

impl State for Replication {
    fn elements(&self) -> Elements {
        rules::elements(&self.rules, ROLE, self.role.as_ref())
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        let (rules, role) = rules::from_elements(elements, ROLE)?;
        Ok(Self { rules, role })
    }

    fn shows(&self, change: &Change) -> bool {
        let path =
            ["requestParameters", "ReplicationConfiguration", "Rule", "Destination", "Bucket"];
        let to = |bucket: &&str| self.rules.values().any(|rule| rule.bucket == **bucket);
        change.texts(&path).iter().map(AsRef::as_ref).all(|bucket: &str| to(&bucket))
    }
}
