//! Reading and writing the settings of Amazon S3.
#![forbid(unsafe_code)]

mod client;
mod settings;

use demarc_harness::{Environment, Function, Sdk};

use settings::{
    AccountBlock, BucketAcl, BucketBlock, BucketEncryption, BucketExposure, BucketLifecycle,
    BucketLogging, BucketNotifications, BucketPolicy, BucketReplication, BucketTags,
    BucketVersioning, BucketWebsite,
};

/// The function: its settings, bound to their clients.
pub async fn function(sdk: Sdk, environment: Environment) -> Function {
    let s3 = client::s3(&sdk);
    let control = client::s3control(&sdk);
    let warm = client::warm(s3.clone(), control.clone(), environment.account);
    Function::new("s3", warm)
        .bind(AccountBlock(control))
        .bind(BucketBlock(s3.clone()))
        .bind(BucketExposure(s3.clone()))
        .bind(BucketPolicy(s3.clone()))
        .bind(BucketAcl(s3.clone()))
        .bind(BucketVersioning(s3.clone()))
        .bind(BucketEncryption(s3.clone()))
        .bind(BucketLogging(s3.clone()))
        .bind(BucketLifecycle(s3.clone()))
        .bind(BucketReplication(s3.clone()))
        .bind(BucketNotifications(s3.clone()))
        .bind(BucketWebsite(s3.clone()))
        .bind(BucketTags(s3))
}
