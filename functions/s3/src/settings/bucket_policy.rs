//! `s3.bucket-policy`

use aws_sdk_s3::Client;
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::s3::bucket_policy::{BUCKET_POLICY, BucketPolicy as State},
    },
};

use super::{GONE, buckets};

/// A bucket's policy.
pub(crate) struct BucketPolicy(pub Client);

impl Setting for BucketPolicy {
    type State = State;
    const META: &'static SettingMeta = &BUCKET_POLICY;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        buckets(&self.0, token).await
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let answer = self
            .0
            .get_bucket_policy()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .send()
            .await
            .map_err(failed("s3:GetBucketPolicy", &resource.id));
        let found = Found::sort(answer, &["NoSuchBucketPolicy"], GONE)?;
        match found.map(|answer| answer.policy.unwrap_or_default()).or(String::new) {
            None => Ok(None),
            Some(text) if text.is_empty() => Ok(Some(Observed::of(State::default()))),
            Some(text) => Ok(Some(Observed::of(State::parse(&text)?))),
        }
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<State>,
        to: &State,
    ) -> Result<(), Error> {
        let document = to.document();
        if document.is_empty() {
            self.0
                .delete_bucket_policy()
                .bucket(&resource.id)
                .expected_bucket_owner(&resource.account)
                .send()
                .await
                .map_err(failed("s3:DeleteBucketPolicy", &resource.id))?;
            return Ok(());
        }
        self.0
            .put_bucket_policy()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .policy(document)
            .send()
            .await
            .map_err(failed("s3:PutBucketPolicy", &resource.id))?;
        Ok(())
    }
}
