//! `s3.bucket-website`: read only.

use aws_sdk_s3::Client;
use demarc_harness::{
    Error, Found, Observed, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::s3::bucket_website::{BUCKET_WEBSITE, BucketWebsite as State},
    },
};

use super::GONE;

/// Whether a bucket is a website.
pub(crate) struct BucketWebsite(pub Client);

impl Setting for BucketWebsite {
    type State = State;
    const META: &'static SettingMeta = &BUCKET_WEBSITE;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let configured = is_website(&self.0, resource).await?;
        Ok(configured.map(|configured| Observed::of(State { configured })))
    }
}

/// Whether the bucket has a website configuration; `None` where there is no such bucket.
pub(super) async fn is_website(s3: &Client, resource: &Resource) -> Result<Option<bool>, Error> {
    let answer = s3
        .get_bucket_website()
        .bucket(&resource.id)
        .expected_bucket_owner(&resource.account)
        .send()
        .await
        .map_err(failed("s3:GetBucketWebsite", &resource.id));
    let found = Found::sort(answer, &["NoSuchWebsiteConfiguration"], GONE)?;
    Ok(found.map(|_| true).or(|| false))
}
