//! Where a bucket's access logs go.
//!
//! Source: Amazon S3 API Reference, `LoggingEnabled`; Amazon S3 User Guide, "Logging requests with
//! server access logging".

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Scope, SettingMeta},
    state::{State, StateError, fields, from_fields},
};

use super::{CREATE_BUCKET, LISTS, changes, on_buckets};

/// `s3.bucket-logging`.
pub static BUCKET_LOGGING: SettingMeta = SettingMeta {
    id: "s3.bucket-logging",
    function: "s3",
    resource: kinds::BUCKET,
    scope: Scope::Resource,
    reads: &[Call {
        operation: "s3:GetBucketLogging",
        permissions: &[on_buckets("s3:GetBucketLogging")],
    }],
    lists: LISTS,
    // One call, with and without a target.
    closes: &[Call {
        operation: "s3:PutBucketLogging",
        permissions: &[on_buckets("s3:PutBucketLogging")],
    }],
    reopens: &[],
    triggers: &[changes("PutBucketLogging"), CREATE_BUCKET],
    undone_after: &[],
    baseline: true,
    applies_within_seconds: 0,
};

/// Where access logs go; nowhere without a bucket. Grants on the logs are not part of it: a bucket
/// without ACLs, as they are made today, takes none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct Logging {
    /// `TargetBucket`.
    pub target_bucket: Option<String>,
    /// `TargetPrefix`: how the keys of the logs start.
    pub target_prefix: Option<String>,
    /// `PartitionDateSource`, where the keys have dates: `EventTime` or `DeliveryTime`.
    pub partition_date_source: Option<String>,
}

impl State for Logging {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        let path = ["requestParameters", "BucketLoggingStatus", "LoggingEnabled", "TargetBucket"];
        change.name != "PutBucketLogging"
            || self.target_bucket.as_ref() == change.texts(&path).first()
    }
}
