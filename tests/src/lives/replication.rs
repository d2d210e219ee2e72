//! Where objects of a bucket are copied to.

use async_trait::async_trait;
use aws_sdk_s3::types::{
    BucketVersioningStatus, DeleteMarkerReplication, DeleteMarkerReplicationStatus, Destination,
    ReplicationConfiguration, ReplicationRule, ReplicationRuleFilter, ReplicationRuleStatus, Tag,
    VersioningConfiguration,
};
use serde_json::{Value, json};

use super::{KNOWN, Life, World, s3::bucket};
use crate::{Fault, local::ACCOUNT};

/// `s3.replicates-only-to-known-accounts`
pub struct Replication;

impl Replication {
    async fn rules(world: &World, id: &str) -> Result<Vec<ReplicationRule>, Fault> {
        let answer = world.s3.get_bucket_replication().bucket(id).send().await?;
        let mut rules =
            answer.replication_configuration.map(|found| found.rules).unwrap_or_default();
        rules.sort_by(|one, other| one.id().cmp(&other.id()));
        Ok(rules)
    }

    async fn rule(world: &World, id: &str, name: &str) -> Result<Option<ReplicationRule>, Fault> {
        Ok(Self::rules(world, id).await?.into_iter().find(|rule| rule.id() == Some(name)))
    }

    async fn put(world: &World, id: &str, rule: ReplicationRule) -> Result<(), Fault> {
        // None are an error.
        let mut rules = Self::rules(world, id).await.unwrap_or_default();
        rules.retain(|other| other.id() != rule.id());
        rules.push(rule);
        let all = ReplicationConfiguration::builder()
            .role(format!("arn:aws:iam::{ACCOUNT}:role/replication"))
            .set_rules(Some(rules))
            .build()?;
        let call = world.s3.put_bucket_replication().bucket(id);
        call.replication_configuration(all).send().await?;
        Ok(())
    }
}

/// A rule that copies to a bucket, with its priority, as rules of one bucket must differ in it.
fn rule(name: &str, priority: i32, to: Destination) -> Result<ReplicationRule, Fault> {
    let tag = Tag::builder().key("copied").value(name).build()?;
    let markers =
        DeleteMarkerReplication::builder().status(DeleteMarkerReplicationStatus::Disabled).build();
    Ok(ReplicationRule::builder()
        .id(name)
        .priority(priority)
        .status(ReplicationRuleStatus::Enabled)
        .filter(ReplicationRuleFilter::builder().tag(tag).build())
        .delete_marker_replication(markers)
        .destination(to)
        .build()?)
}

fn to(bucket: &str, account: Option<&str>) -> Result<Destination, Fault> {
    let to = Destination::builder().bucket(format!("arn:aws:s3:::{bucket}"));
    Ok(to.set_account(account.map(str::to_owned)).build()?)
}

async fn versioned(world: &World, name: &str) -> Result<String, Fault> {
    let id = bucket(world, name).await?;
    let on = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    let call = world.s3.put_bucket_versioning().bucket(&id);
    call.versioning_configuration(on).send().await?;
    Ok(id)
}

#[async_trait]
impl Life for Replication {
    fn control(&self) -> &'static str {
        "s3.replicates-only-to-known-accounts"
    }

    /// With a rule to a bucket of its own account, and one to a known account.
    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let id = versioned(world, name).await?;
        let copies = versioned(world, &format!("{name}-copies")).await?;
        Self::put(world, &id, rule("own", 1, to(&copies, None)?)?).await?;
        let partner = to("partners", Some("111122223333"))?;
        Self::put(world, &id, rule("partner", 2, partner)?).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, rule("stranger", 3, to("strangers", None)?)?).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let rule = Self::rule(world, id, "stranger").await?;
        Ok(rule.is_some_and(|rule| rule.status() == &ReplicationRuleStatus::Enabled))
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        let told = |rule: &ReplicationRule| format!("{rule:?}");
        Ok(json!(Self::rules(world, id).await?.iter().map(told).collect::<Vec<_>>()))
    }

    fn sample(&self) -> &'static str {
        "put-bucket-replication.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    fn configuration(&self) -> &'static str {
        KNOWN
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::put(world, id, rule("beside", 4, to(&format!("{id}-copies"), None)?)?).await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(Self::rule(world, id, "beside").await?.is_some())
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, rule("stranger", 9, to("other-strangers", None)?)?).await
    }
}
