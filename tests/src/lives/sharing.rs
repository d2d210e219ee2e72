//! Snapshots and images, which accounts share.

use async_trait::async_trait;
use aws_sdk_ec2::types::{
    CreateVolumePermission, ImageAttributeName, LaunchPermission, OperationType, PermissionGroup,
    SnapshotAttributeName,
};
use demarc_harness::BoxFuture;
use serde_json::{Value, json};

use super::{KNOWN, Life, World};
use crate::{Fault, local::REGION};

/// A group, or the id of an account.
type Who = (Option<&'static str>, Option<&'static str>);

const FRIEND: Who = (None, Some("111122223333"));
const OTHER: Who = (None, Some("444455556666"));
const STRANGER: Who = (None, Some("999988887777"));
const EVERYBODY: Who = (Some("all"), None);

type Done<'a, T> = BoxFuture<'a, Result<T, Fault>>;

/// What its owner can share.
pub struct Shared {
    control: &'static str,
    sample: &'static str,
    sample_id: &'static str,
    with: Who,
    make: for<'a> fn(&'a World, &'a str) -> Done<'a, String>,
    give: for<'a> fn(&'a World, &'a str, Who) -> Done<'a, ()>,
    given: for<'a> fn(&'a World, &'a str) -> Done<'a, Vec<String>>,
}

/// `ec2.snapshots-shared-only-with-known-accounts`
pub static SNAPSHOT_OF_STRANGERS: Shared = Shared {
    control: "ec2.snapshots-shared-only-with-known-accounts",
    sample: "modify-snapshot-attribute-account.json",
    with: STRANGER,
    ..SNAPSHOT_SHARING
};

/// `ec2.snapshots-not-public`
pub static SNAPSHOT: Shared = SNAPSHOT_SHARING;

const SNAPSHOT_SHARING: Shared = Shared {
    control: "ec2.snapshots-not-public",
    sample: "modify-snapshot-attribute.json",
    sample_id: "snap-0a1b2c3d4e5f60718",
    with: EVERYBODY,
    make: |world, _| {
        Box::pin(async move {
            let zone = format!("{REGION}a");
            let volume = world.ec2.create_volume().size(1).availability_zone(zone).send().await?;
            let volume = volume.volume_id().ok_or("no volume id")?;
            let snapshot = world.ec2.create_snapshot().volume_id(volume).send().await?;
            Ok(snapshot.snapshot_id().ok_or("no snapshot id")?.to_owned())
        })
    },
    give: |world, id, (group, account)| {
        Box::pin(async move {
            let call = world.ec2.modify_snapshot_attribute().snapshot_id(id);
            let call = call.attribute(SnapshotAttributeName::CreateVolumePermission);
            let call = call.operation_type(OperationType::Add).set_group_names(one(group));
            call.set_user_ids(one(account)).send().await?;
            Ok(())
        })
    },
    given: |world, id| {
        Box::pin(async move {
            let call = world.ec2.describe_snapshot_attribute().snapshot_id(id);
            let call = call.attribute(SnapshotAttributeName::CreateVolumePermission);
            let answer = call.send().await?;
            let who = |p: &CreateVolumePermission| name(p.group(), p.user_id());
            Ok(sorted(answer.create_volume_permissions().iter().map(who)))
        })
    },
};

/// `ec2.images-shared-only-with-known-accounts`
pub static IMAGE_OF_STRANGERS: Shared = Shared {
    control: "ec2.images-shared-only-with-known-accounts",
    sample: "modify-image-attribute-account.json",
    with: STRANGER,
    ..IMAGE_SHARING
};

/// `ec2.images-not-public`
pub static IMAGE: Shared = IMAGE_SHARING;

const IMAGE_SHARING: Shared = Shared {
    control: "ec2.images-not-public",
    sample: "modify-image-attribute.json",
    sample_id: "ami-0a1b2c3d4e5f60718",
    with: EVERYBODY,
    make: |world, name| {
        Box::pin(async move {
            let image = world.ec2.register_image().name(name).send().await?;
            Ok(image.image_id().ok_or("no image id")?.to_owned())
        })
    },
    give: |world, id, (group, account)| {
        Box::pin(async move {
            let call =
                world.ec2.modify_image_attribute().image_id(id).attribute("launchPermission");
            let call = call.operation_type(OperationType::Add).set_user_groups(one(group));
            call.set_user_ids(one(account)).send().await?;
            Ok(())
        })
    },
    given: |world, id| {
        Box::pin(async move {
            let call = world.ec2.describe_image_attribute().image_id(id);
            let answer = call.attribute(ImageAttributeName::LaunchPermission).send().await?;
            let who = |p: &LaunchPermission| name(p.group(), p.user_id());
            Ok(sorted(answer.launch_permissions().iter().map(who)))
        })
    },
};

fn one(text: Option<&str>) -> Option<Vec<String>> {
    text.map(|text| vec![text.to_owned()])
}

fn name(group: Option<&PermissionGroup>, account: Option<&str>) -> String {
    group.map(PermissionGroup::as_str).or(account).unwrap_or_default().to_owned()
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

impl Shared {
    async fn has(&self, world: &World, id: &str, who: Who) -> Result<bool, Fault> {
        let given = (self.given)(world, id).await?;
        Ok(who.0.or(who.1).is_some_and(|who| given.iter().any(|name| name == who)))
    }
}

#[async_trait]
impl Life for Shared {
    fn control(&self) -> &'static str {
        self.control
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let id = (self.make)(world, name).await?;
        (self.give)(world, &id, FRIEND).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        (self.give)(world, id, self.with).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        self.has(world, id, self.with).await
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!((self.given)(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        self.sample
    }

    fn configuration(&self) -> &'static str {
        if self.with == STRANGER { KNOWN } else { "" }
    }

    fn sample_id(&self) -> &'static str {
        self.sample_id
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        (self.give)(world, id, OTHER).await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        self.has(world, id, OTHER).await
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        self.violate(world, id).await
    }
}
