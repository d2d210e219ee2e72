//! Reading and writing each setting.

mod account_block;
mod bucket_acl;
mod bucket_block;
mod bucket_encryption;
mod bucket_exposure;
mod bucket_lifecycle;
mod bucket_logging;
mod bucket_notifications;
mod bucket_policy;
mod bucket_replication;
mod bucket_tags;
mod bucket_versioning;
mod bucket_website;
mod lifecycle_rule;
mod replication_rule;

use aws_sdk_s3::Client;
use demarc_harness::{Error, Page, failed};

pub(crate) use account_block::{AccountBlock, account_block};
pub(crate) use bucket_acl::BucketAcl;
pub(crate) use bucket_block::BucketBlock;
pub(crate) use bucket_encryption::BucketEncryption;
pub(crate) use bucket_exposure::BucketExposure;
pub(crate) use bucket_lifecycle::BucketLifecycle;
pub(crate) use bucket_logging::BucketLogging;
pub(crate) use bucket_notifications::BucketNotifications;
pub(crate) use bucket_policy::BucketPolicy;
pub(crate) use bucket_replication::BucketReplication;
pub(crate) use bucket_tags::BucketTags;
pub(crate) use bucket_versioning::BucketVersioning;
pub(crate) use bucket_website::BucketWebsite;

const GONE: &[&str] = &["NoSuchBucket"];
const PAGE: i32 = 100;

/// One page of this region's buckets.
async fn buckets(s3: &Client, token: Option<String>) -> Result<Page, Error> {
    let region = s3.config().region().map(ToString::to_string);
    let answer = s3
        .list_buckets()
        .set_bucket_region(region)
        .set_continuation_token(token)
        .max_buckets(PAGE)
        .send()
        .await
        .map_err(failed("s3:ListBuckets", "the account"))?;
    let ids = answer.buckets().iter().filter_map(|bucket| bucket.name().map(str::to_owned));
    Ok(Page { ids: ids.collect(), next: answer.continuation_token().map(str::to_owned) })
}
