//! `s3.bucket-lifecycle`

use aws_sdk_s3::{Client, types::TransitionDefaultMinimumObjectSize};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::s3::bucket_lifecycle::{BUCKET_LIFECYCLE, Lifecycle},
    },
};

use super::{GONE, buckets, lifecycle_rule};

const NONE: &[&str] = &["NoSuchLifecycleConfiguration"];

/// What becomes of a bucket's objects with time.
pub(crate) struct BucketLifecycle(pub Client);

impl Setting for BucketLifecycle {
    type State = Lifecycle;
    const META: &'static SettingMeta = &BUCKET_LIFECYCLE;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        buckets(&self.0, token).await
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Lifecycle>>, Error> {
        let answer = self
            .0
            .get_bucket_lifecycle_configuration()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .send()
            .await
            .map_err(failed("s3:GetBucketLifecycleConfiguration", &resource.id));
        let found = Found::sort(answer, NONE, GONE)?.map(|answer| {
            let size = answer.transition_default_minimum_object_size();
            let minimum_size = size.map(|size| size.as_str().to_owned());
            let rules = answer.rules().iter().map(lifecycle_rule::normal_form).collect();
            Lifecycle { rules, minimum_size }
        });
        Ok(found.or(Lifecycle::default).map(Observed::of))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<Lifecycle>,
        to: &Lifecycle,
    ) -> Result<(), Error> {
        let size = to.minimum_size.as_deref().map(TransitionDefaultMinimumObjectSize::from);
        self.0
            .put_bucket_lifecycle_configuration()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .lifecycle_configuration(lifecycle_rule::configuration(to)?)
            .set_transition_default_minimum_object_size(size)
            .send()
            .await
            .map_err(failed("s3:PutBucketLifecycleConfiguration", &resource.id))?;
        Ok(())
    }
}
