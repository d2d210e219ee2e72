//! `s3.bucket-replication`

use std::collections::BTreeSet;

use aws_sdk_s3::{
    Client,
    types::{Bucket, ReplicationConfiguration},
};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::s3::bucket_replication::{BUCKET_REPLICATION, Replication, bucket_name},
    },
};

use super::{GONE, buckets, replication_rule};

const NONE: &[&str] = &["ReplicationConfigurationNotFoundError"];

/// Where S3 copies a bucket's objects by itself.
pub(crate) struct BucketReplication(pub Client);

impl BucketReplication {
    /// Which of the destinations are buckets of the account, in whatever region.
    async fn own(
        &self,
        configuration: &ReplicationConfiguration,
    ) -> Result<BTreeSet<String>, Error> {
        let destinations = configuration.rules().iter().filter_map(|rule| rule.destination());
        let names: BTreeSet<&str> = destinations.map(|to| bucket_name(to.bucket())).collect();
        let mut own = BTreeSet::new();
        for name in names {
            if self.is_own(name).await? {
                own.insert(name.to_owned());
            }
        }
        Ok(own)
    }

    /// Names of the account's buckets that start so are listed in their order: the very name is
    /// the first.
    async fn is_own(&self, name: &str) -> Result<bool, Error> {
        let answer = self.0.list_buckets().prefix(name).max_buckets(1).send().await;
        let answer = answer.map_err(failed("s3:ListBuckets", name))?;
        Ok(answer.buckets().iter().filter_map(Bucket::name).any(|found| found == name))
    }
}

impl Setting for BucketReplication {
    type State = Replication;
    const META: &'static SettingMeta = &BUCKET_REPLICATION;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        buckets(&self.0, token).await
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Replication>>, Error> {
        let answer = self
            .0
            .get_bucket_replication()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .send()
            .await
            .map_err(failed("s3:GetBucketReplication", &resource.id));
        let found = Found::sort(answer, NONE, GONE)?.map(|answer| answer.replication_configuration);
        let Some(configuration) = found.or(|| None) else { return Ok(None) };
        let Some(configuration) = configuration else {
            return Ok(Some(Observed::of(Replication::default())));
        };
        let own = self.own(&configuration).await?;
        let rules = configuration.rules().iter();
        let rules = rules.map(|rule| replication_rule::normal_form(rule, &own)).collect();
        let role = Some(configuration.role().to_owned());
        Ok(Some(Observed::of(Replication { rules, role })))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<Replication>,
        to: &Replication,
    ) -> Result<(), Error> {
        self.0
            .put_bucket_replication()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .replication_configuration(replication_rule::configuration(to)?)
            .send()
            .await
            .map_err(failed("s3:PutBucketReplication", &resource.id))?;
        Ok(())
    }
}
