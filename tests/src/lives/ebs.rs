//! EBS snapshots.

use async_trait::async_trait;
use aws_sdk_ec2::types::{CreateVolumePermission, OperationType, SnapshotAttributeName};
use serde_json::{Value, json};

use super::{Life, World};
use crate::Fault;

/// `ec2.snapshots-not-public`
pub struct Snapshot;

const FRIEND: &str = "111122223333";
const OTHER: &str = "444455556666";

impl Snapshot {
    async fn give(
        world: &World,
        id: &str,
        group: Option<&str>,
        account: Option<&str>,
    ) -> Result<(), Fault> {
        let call = world.ec2.modify_snapshot_attribute().snapshot_id(id);
        let call = call.attribute(SnapshotAttributeName::CreateVolumePermission);
        let call = call.operation_type(OperationType::Add);
        let call = call.set_group_names(group.map(|group| vec![group.to_owned()]));
        call.set_user_ids(account.map(|id| vec![id.to_owned()])).send().await?;
        Ok(())
    }

    async fn given(world: &World, id: &str) -> Result<Vec<String>, Fault> {
        let call = world.ec2.describe_snapshot_attribute().snapshot_id(id);
        let call = call.attribute(SnapshotAttributeName::CreateVolumePermission);
        let answer = call.send().await?;
        let name = |permission: &CreateVolumePermission| {
            let group = permission.group().map(|group| group.as_str().to_owned());
            group.or(permission.user_id().map(str::to_owned)).unwrap_or_default()
        };
        let mut given: Vec<String> = answer.create_volume_permissions().iter().map(name).collect();
        given.sort();
        Ok(given)
    }
}

#[async_trait]
impl Life for Snapshot {
    fn control(&self) -> &'static str {
        "ec2.snapshots-not-public"
    }

    async fn create(&self, world: &World, _: &str) -> Result<String, Fault> {
        let zone = format!("{}a", crate::local::REGION);
        let volume = world.ec2.create_volume().size(1).availability_zone(zone).send().await?;
        let volume = volume.volume_id().ok_or("no volume id")?;
        let snapshot = world.ec2.create_snapshot().volume_id(volume).send().await?;
        let id = snapshot.snapshot_id().ok_or("no snapshot id")?.to_owned();
        Self::give(world, &id, None, Some(FRIEND)).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::give(world, id, Some("all"), None).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(Self::given(world, id).await?.iter().any(|who| who == "all"))
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(Self::given(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "modify-snapshot-attribute.json"
    }

    fn sample_id(&self) -> &'static str {
        "snap-0a1b2c3d4e5f60718"
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::give(world, id, None, Some(OTHER)).await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(Self::given(world, id).await?.iter().any(|who| who == OTHER))
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        self.violate(world, id).await
    }
}
