//! Access logs, and what becomes of logs with time.

use async_trait::async_trait;
use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketLoggingStatus, ExpirationStatus, LifecycleExpiration,
    LifecycleRule, LifecycleRuleFilter, LoggingEnabled,
};
use serde_json::{Value, json};

use super::{Life, World, s3::bucket, s3_policy::put_policy};
use crate::Fault;

/// `s3.access-logging-on`
pub struct AccessLogging;

impl AccessLogging {
    async fn put(world: &World, id: &str, prefix: Option<&str>) -> Result<(), Fault> {
        let enabled = prefix.map(|prefix| {
            let target = LoggingEnabled::builder().target_bucket(format!("{id}-logs"));
            target.target_prefix(prefix).build()
        });
        let status = BucketLoggingStatus::builder().set_logging_enabled(enabled.transpose()?);
        let call = world.s3.put_bucket_logging().bucket(id);
        call.bucket_logging_status(status.build()).send().await?;
        Ok(())
    }

    async fn get(world: &World, id: &str) -> Result<Option<String>, Fault> {
        let answer = world.s3.get_bucket_logging().bucket(id).send().await?;
        let told = |to: LoggingEnabled| format!("{} {}", to.target_bucket(), to.target_prefix());
        Ok(answer.logging_enabled.map(told))
    }
}

#[async_trait]
impl Life for AccessLogging {
    fn control(&self) -> &'static str {
        "s3.access-logging-on"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let id = bucket(world, name).await?;
        let logs = bucket(world, &format!("{name}-logs")).await?;
        let delivery = json!({
            "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{logs}/*"),
        });
        put_policy(world, &logs, &[delivery]).await?;
        Self::put(world, &id, Some("life/")).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, None).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(Self::get(world, id).await?.is_none())
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(Self::get(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "put-bucket-logging.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, Some("by-somebody-else/")).await
    }
}

/// `s3.log-buckets-keep-their-objects`
pub struct LogLifecycle;

impl LogLifecycle {
    async fn put(world: &World, id: &str, name: &str, days: i32) -> Result<(), Fault> {
        let mut rules = Self::rules(world, id).await?;
        rules.retain(|rule| rule.id() != Some(name));
        let rule = LifecycleRule::builder()
            .id(name)
            .status(ExpirationStatus::Enabled)
            .filter(LifecycleRuleFilter::builder().prefix(format!("{name}/")).build())
            .expiration(LifecycleExpiration::builder().days(days).build())
            .build()?;
        rules.push(rule);
        let all = BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build()?;
        let call = world.s3.put_bucket_lifecycle_configuration().bucket(id);
        call.lifecycle_configuration(all).send().await?;
        Ok(())
    }

    async fn rules(world: &World, id: &str) -> Result<Vec<LifecycleRule>, Fault> {
        let call = world.s3.get_bucket_lifecycle_configuration().bucket(id);
        // None are an error.
        Ok(call.send().await.ok().and_then(|answer| answer.rules).unwrap_or_default())
    }

    async fn days(world: &World, id: &str, name: &str) -> Result<Option<i32>, Fault> {
        let rules = Self::rules(world, id).await?;
        let rule = rules.iter().find(|rule| rule.id() == Some(name));
        Ok(rule.and_then(|rule| rule.expiration()).and_then(|expiration| expiration.days()))
    }
}

#[async_trait]
impl Life for LogLifecycle {
    fn control(&self) -> &'static str {
        "s3.log-buckets-keep-their-objects"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let id = bucket(world, name).await?;
        let delivery = json!({
            "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{id}/AWSLogs/*"),
        });
        put_policy(world, &id, &[delivery]).await?;
        Self::put(world, &id, "old", 400).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, "soon", 1).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(Self::days(world, id, "soon").await? == Some(1))
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        let mut rules = Self::rules(world, id).await?;
        rules.sort_by(|one, other| one.id().cmp(&other.id()));
        let told = |rule: &LifecycleRule| format!("{rule:?}");
        Ok(json!(rules.iter().map(told).collect::<Vec<_>>()))
    }

    fn sample(&self) -> &'static str {
        "put-bucket-lifecycle.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::put(world, id, "beside", 500).await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(Self::days(world, id, "beside").await? == Some(500))
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, "soon", 200).await
    }
}
