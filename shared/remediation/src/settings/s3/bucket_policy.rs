//! A bucket's policy, statement by statement.
//!
//! Source: IAM User Guide, "Grammar of the IAM JSON policy language"; Amazon S3 User Guide,
//! "Policies and permissions in Amazon S3".

use demarc_classification::kinds;

use crate::{
    policy::Document,
    setting::{Call, Scope, SettingMeta},
};

use super::{CREATE_BUCKET, LISTS, changes, on_buckets};

/// `s3.bucket-policy`.
pub static BUCKET_POLICY: SettingMeta = SettingMeta {
    id: "s3.bucket-policy",
    function: "s3",
    resource: kinds::BUCKET,
    scope: Scope::Resource,
    reads: &[Call {
        operation: "s3:GetBucketPolicy",
        permissions: &[on_buckets("s3:GetBucketPolicy")],
    }],
    lists: LISTS,
    // PutBucketPolicy closes and opens alike; no condition key tells the two apart. S3 takes no
    // policy without statements, so that closing may also have to delete.
    closes: &[
        Call { operation: "s3:PutBucketPolicy", permissions: &[on_buckets("s3:PutBucketPolicy")] },
        Call {
            operation: "s3:DeleteBucketPolicy",
            permissions: &[on_buckets("s3:DeleteBucketPolicy")],
        },
    ],
    reopens: &[],
    triggers: &[changes("PutBucketPolicy"), changes("DeleteBucketPolicy"), CREATE_BUCKET],
    undone_after: &["s3.bucket-public-access-block", "s3.account-public-access-block"],
    baseline: false,
    applies_within_seconds: 0,
};

/// The largest policy that S3 takes, in bytes (Amazon S3 User Guide, "Bucket policies for Amazon
/// S3": "limited to 20 KB in size").
pub const LARGEST: usize = 20_480;

/// A bucket's policy.
pub type BucketPolicy = Document;
