//! `s3.bucket-exposure`: three reads side by side, no write.

use aws_sdk_s3::Client;
use demarc_harness::{
    Error, Found, Observed, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::s3::bucket_exposure::{BUCKET_EXPOSURE, BucketExposure as State},
    },
};

use super::{
    GONE,
    bucket_acl::{grants, read_acl},
    bucket_website::is_website,
};

/// Whom a bucket serves in public now.
pub(crate) struct BucketExposure(pub Client);

impl Setting for BucketExposure {
    type State = State;
    const META: &'static SettingMeta = &BUCKET_EXPOSURE;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let (policy, acl, website) = tokio::join!(
            self.policy_is_public(resource),
            read_acl(&self.0, resource),
            is_website(&self.0, resource),
        );
        let (Some(policy_is_public), Some(acl), Some(website)) = (policy?, acl?, website?) else {
            return Ok(None);
        };
        let acl_is_public = grants(&acl).iter().any(|grant| grant.grantee.is_public());
        Ok(Some(Observed::of(State { policy_is_public, acl_is_public, website })))
    }
}

impl BucketExposure {
    async fn policy_is_public(&self, resource: &Resource) -> Result<Option<bool>, Error> {
        let answer = self
            .0
            .get_bucket_policy_status()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .send()
            .await
            .map_err(failed("s3:GetBucketPolicyStatus", &resource.id));
        let found = Found::sort(answer, &["NoSuchBucketPolicy"], GONE)?;
        let public = found.map(|answer| {
            answer.policy_status().and_then(|status| status.is_public()).unwrap_or(false)
        });
        Ok(public.or(|| false))
    }
}
