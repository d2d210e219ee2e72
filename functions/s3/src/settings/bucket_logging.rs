//! `s3.bucket-logging`

use aws_sdk_s3::{
    Client,
    error::BuildError,
    types::{
        BucketLoggingStatus, LoggingEnabled, PartitionDateSource, PartitionedPrefix,
        TargetObjectKeyFormat,
    },
};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::s3::bucket_logging::{BUCKET_LOGGING, Logging},
    },
};

use super::{GONE, buckets};

/// Where a bucket's access logs go.
pub(crate) struct BucketLogging(pub Client);

impl Setting for BucketLogging {
    type State = Logging;
    const META: &'static SettingMeta = &BUCKET_LOGGING;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        buckets(&self.0, token).await
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Logging>>, Error> {
        let answer = self
            .0
            .get_bucket_logging()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .send()
            .await
            .map_err(failed("s3:GetBucketLogging", &resource.id));
        let Found::Here(answer) = Found::sort(answer, &[], GONE)? else { return Ok(None) };
        let state = answer.logging_enabled.map(observed).unwrap_or_default();
        Ok(Some(Observed::of(state)))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<Logging>,
        to: &Logging,
    ) -> Result<(), Error> {
        let enabled = to.target_bucket.as_ref().map(|target| enabled(target, to));
        let enabled = enabled.transpose().map_err(|e| Error::Internal(e.to_string()))?;
        let status = BucketLoggingStatus::builder().set_logging_enabled(enabled).build();
        self.0
            .put_bucket_logging()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .bucket_logging_status(status)
            .send()
            .await
            .map_err(failed("s3:PutBucketLogging", &resource.id))?;
        Ok(())
    }
}

fn observed(enabled: LoggingEnabled) -> Logging {
    let partitioned = enabled.target_object_key_format.and_then(|form| form.partitioned_prefix);
    let source = partitioned.and_then(|prefix| prefix.partition_date_source);
    Logging {
        target_bucket: Some(enabled.target_bucket),
        target_prefix: Some(enabled.target_prefix),
        partition_date_source: source.map(|source| source.as_str().to_owned()),
    }
}

fn enabled(target: &str, to: &Logging) -> Result<LoggingEnabled, BuildError> {
    let form = to.partition_date_source.as_deref().map(|source| {
        let source = PartitionDateSource::from(source);
        let prefix = PartitionedPrefix::builder().partition_date_source(source).build();
        TargetObjectKeyFormat::builder().partitioned_prefix(prefix).build()
    });
    LoggingEnabled::builder()
        .target_bucket(target)
        .target_prefix(to.target_prefix.clone().unwrap_or_default())
        .set_target_object_key_format(form)
        .build()
}
