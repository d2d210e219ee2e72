//! Images.

use async_trait::async_trait;
use aws_sdk_ec2::types::{ImageAttributeName, LaunchPermission, OperationType};
use serde_json::{Value, json};

use super::{Life, World};
use crate::Fault;

/// `ec2.images-not-public`
pub struct Image;

const FRIEND: &str = "111122223333";
const OTHER: &str = "444455556666";

impl Image {
    async fn give(
        world: &World,
        id: &str,
        group: Option<&str>,
        account: Option<&str>,
    ) -> Result<(), Fault> {
        let call = world.ec2.modify_image_attribute().image_id(id).attribute("launchPermission");
        let call = call.operation_type(OperationType::Add);
        let call = call.set_user_groups(group.map(|group| vec![group.to_owned()]));
        call.set_user_ids(account.map(|id| vec![id.to_owned()])).send().await?;
        Ok(())
    }

    async fn given(world: &World, id: &str) -> Result<Vec<String>, Fault> {
        let call = world.ec2.describe_image_attribute().image_id(id);
        let answer = call.attribute(ImageAttributeName::LaunchPermission).send().await?;
        let name = |permission: &LaunchPermission| {
            let group = permission.group().map(|group| group.as_str().to_owned());
            group.or(permission.user_id().map(str::to_owned)).unwrap_or_default()
        };
        let mut given: Vec<String> = answer.launch_permissions().iter().map(name).collect();
        given.sort();
        Ok(given)
    }
}

#[async_trait]
impl Life for Image {
    fn control(&self) -> &'static str {
        "ec2.images-not-public"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let image = world.ec2.register_image().name(name).send().await?;
        let id = image.image_id().ok_or("no image id")?.to_owned();
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
        "modify-image-attribute.json"
    }

    fn sample_id(&self) -> &'static str {
        "ami-0a1b2c3d4e5f60718"
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
