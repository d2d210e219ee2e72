//! Settings of buckets and of the account's S3.

pub mod bucket_acl;
pub mod bucket_encryption;
pub mod bucket_exposure;
pub mod bucket_lifecycle;
pub mod bucket_logging;
pub mod bucket_notifications;
pub mod bucket_policy;
pub mod bucket_replication;
pub mod bucket_versioning;
pub mod bucket_website;
pub mod public_access_block;
mod rules;

use crate::setting::{Call, Effect, Permission, Trigger, allow};

const LIST_BUCKETS: Call =
    Call { operation: "s3:ListBuckets", permissions: &[allow("s3:ListAllMyBuckets", "*")] };
const LISTS: &[Call] = &[LIST_BUCKETS];

const CREATE_BUCKET: Trigger = bucket_event("CreateBucket", Effect::Creates);

const fn changes(event: &'static str) -> Trigger {
    bucket_event(event, Effect::Changes)
}

const fn bucket_event(event: &'static str, effect: Effect) -> Trigger {
    Trigger {
        source: "s3.amazonaws.com",
        event,
        names: &[&["requestParameters", "bucketName"]],
        effect,
    }
}

/// A permission on every bucket of the account. A bucket's ARN names no account and its policy may
/// let everybody in, so that a condition names it, besides the expected owner in each call.
///
/// Source: IAM User Guide, "AWS global condition context keys", `aws:ResourceAccount`.
pub(super) const fn on_buckets(action: &'static str) -> Permission {
    Permission {
        action,
        resource: "arn:${Partition}:s3:::*",
        condition: Some(("StringEquals", "aws:ResourceAccount", "${Account}")),
    }
}
