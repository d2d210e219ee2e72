//! `s3.bucket-versioning`

use aws_sdk_s3::{
    Client,
    types::{BucketVersioningStatus, MfaDeleteStatus, VersioningConfiguration},
};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::s3::bucket_versioning::{BUCKET_VERSIONING, MfaDelete, Status, Versioning},
    },
};

use super::{GONE, buckets};

/// A bucket's versioning.
pub(crate) struct BucketVersioning(pub Client);

impl Setting for BucketVersioning {
    type State = Versioning;
    const META: &'static SettingMeta = &BUCKET_VERSIONING;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        buckets(&self.0, token).await
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Versioning>>, Error> {
        let answer = self
            .0
            .get_bucket_versioning()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .send()
            .await
            .map_err(failed("s3:GetBucketVersioning", &resource.id));
        let found = Found::sort(answer, &[], GONE)?;
        let state = found.map(|answer| Versioning {
            status: answer.status().and_then(status),
            mfa_delete: answer.mfa_delete().map(mfa_delete),
        });
        Ok(state.or(Versioning::default).map(Observed::of))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<Versioning>,
        to: &Versioning,
    ) -> Result<(), Error> {
        let status = match to.status {
            Some(Status::Enabled) => BucketVersioningStatus::Enabled,
            // The pipeline asks only for what can be reached; unversioned cannot.
            Some(Status::Suspended) | None => BucketVersioningStatus::Suspended,
        };
        self.0
            .put_bucket_versioning()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .versioning_configuration(VersioningConfiguration::builder().status(status).build())
            .send()
            .await
            .map_err(failed("s3:PutBucketVersioning", &resource.id))?;
        Ok(())
    }
}

fn status(status: &BucketVersioningStatus) -> Option<Status> {
    match status {
        BucketVersioningStatus::Enabled => Some(Status::Enabled),
        BucketVersioningStatus::Suspended => Some(Status::Suspended),
        _ => None,
    }
}

fn mfa_delete(status: &MfaDeleteStatus) -> MfaDelete {
    match status {
        MfaDeleteStatus::Disabled => MfaDelete::Disabled,
        _ => MfaDelete::Enabled,
    }
}
