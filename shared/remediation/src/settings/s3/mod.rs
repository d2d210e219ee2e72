//! Settings of buckets and of the account's S3.

pub mod bucket_acl;
pub mod bucket_exposure;
pub mod bucket_policy;
pub mod bucket_versioning;
pub mod bucket_website;
pub mod public_access_block;

use crate::setting::{Call, Effect, Permission, Trigger, allow};

/// Every bucket of the partition: a bucket's ARN names neither region nor account, and each call
/// states the expected owner.
const BUCKETS: &str = "arn:${Partition}:s3:::*";

const LISTS: &[Call] =
    &[Call { operation: "s3:ListBuckets", permissions: &[allow("s3:ListAllMyBuckets", "*")] }];

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

const fn on_buckets(action: &'static str) -> Permission {
    allow(action, BUCKETS)
}
