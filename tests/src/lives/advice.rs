//! Controls that only advise: what is wrong is for a person to put right.

use async_trait::async_trait;
use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketVersioningStatus, EventBridgeConfiguration,
    ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter,
    NotificationConfiguration, VersioningConfiguration,
};
use serde_json::{Value, json};

use super::{Life, World, s3::bucket};
use crate::Fault;

/// `s3.event-notifications-on`
pub struct EventNotifications;

impl EventNotifications {
    async fn put(world: &World, id: &str, is_on: bool) -> Result<(), Fault> {
        let bridge = is_on.then(|| EventBridgeConfiguration::builder().build());
        let all = NotificationConfiguration::builder().set_event_bridge_configuration(bridge);
        let call = world.s3.put_bucket_notification_configuration().bucket(id);
        call.notification_configuration(all.build()).send().await?;
        Ok(())
    }
}

#[async_trait]
impl Life for EventNotifications {
    fn control(&self) -> &'static str {
        "s3.event-notifications-on"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let id = bucket(world, name).await?;
        Self::put(world, &id, true).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, false).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let call = world.s3.get_bucket_notification_configuration().bucket(id);
        Ok(call.send().await?.event_bridge_configuration().is_none())
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(self.is_violated(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "put-bucket-notification.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }
}

/// `s3.objects-have-a-lifecycle`
pub struct ObjectLifecycle;

impl ObjectLifecycle {
    async fn put(world: &World, id: &str, status: ExpirationStatus) -> Result<(), Fault> {
        let rule = LifecycleRule::builder()
            .id("soon")
            .status(status)
            .filter(LifecycleRuleFilter::builder().prefix("").build())
            .expiration(LifecycleExpiration::builder().days(400).build())
            .build()?;
        let all = BucketLifecycleConfiguration::builder().rules(rule).build()?;
        let call = world.s3.put_bucket_lifecycle_configuration().bucket(id);
        call.lifecycle_configuration(all).send().await?;
        Ok(())
    }
}

#[async_trait]
impl Life for ObjectLifecycle {
    fn control(&self) -> &'static str {
        "s3.objects-have-a-lifecycle"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let id = bucket(world, name).await?;
        Self::put(world, &id, ExpirationStatus::Enabled).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, ExpirationStatus::Disabled).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let answer = world.s3.get_bucket_lifecycle_configuration().bucket(id).send().await?;
        Ok(answer.rules().iter().all(|rule| rule.status() == &ExpirationStatus::Disabled))
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(self.is_violated(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "put-bucket-lifecycle.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }
}

/// `s3.deleting-versions-needs-mfa`. No emulator asks for the root user's device, so that the
/// compliant bucket is one that makes no versions.
pub struct MfaDelete;

impl MfaDelete {
    async fn put(world: &World, id: &str, status: BucketVersioningStatus) -> Result<(), Fault> {
        let call = world.s3.put_bucket_versioning().bucket(id);
        let status = VersioningConfiguration::builder().status(status).build();
        call.versioning_configuration(status).send().await?;
        Ok(())
    }
}

#[async_trait]
impl Life for MfaDelete {
    fn control(&self) -> &'static str {
        "s3.deleting-versions-needs-mfa"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let id = bucket(world, name).await?;
        Self::put(world, &id, BucketVersioningStatus::Suspended).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, BucketVersioningStatus::Enabled).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let answer = world.s3.get_bucket_versioning().bucket(id).send().await?;
        Ok(answer.status() == Some(&BucketVersioningStatus::Enabled))
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(self.is_violated(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "put-bucket-versioning-enabled.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }
}
