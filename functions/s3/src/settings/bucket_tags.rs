//! `s3.bucket-tags`: read only.

use aws_sdk_s3::Client;
use demarc_harness::{
    Error, Found, Observed, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::tags::{BUCKET_TAGS, Tags},
    },
};

use super::GONE;

const NONE: &[&str] = &["NoSuchTagSet"];

/// A bucket's tags.
pub(crate) struct BucketTags(pub Client);

impl Setting for BucketTags {
    type State = Tags;
    const META: &'static SettingMeta = &BUCKET_TAGS;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Tags>>, Error> {
        let answer = self
            .0
            .get_bucket_tagging()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .send()
            .await
            .map_err(failed("s3:GetBucketTagging", &resource.id));
        let tags = Found::sort(answer, NONE, GONE)?.map(|answer| {
            let tags = answer.tag_set().iter();
            Tags(tags.map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
        });
        Ok(tags.or(Tags::default).map(Observed::of))
    }
}
