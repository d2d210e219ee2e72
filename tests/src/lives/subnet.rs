//! Subnets.

use async_trait::async_trait;
use aws_sdk_ec2::types::AttributeBooleanValue;
use serde_json::{Value, json};

use super::{Life, World};
use crate::Fault;

/// `ec2.subnets-give-no-public-address`
pub struct Subnet;

impl Subnet {
    async fn gives(world: &World, id: &str) -> Result<bool, Fault> {
        let answer = world.ec2.describe_subnets().subnet_ids(id).send().await?;
        let subnet = answer.subnets().first().ok_or("no subnet")?;
        Ok(subnet.map_public_ip_on_launch().unwrap_or_default())
    }
}

#[async_trait]
impl Life for Subnet {
    fn control(&self) -> &'static str {
        "ec2.subnets-give-no-public-address"
    }

    async fn create(&self, world: &World, _: &str) -> Result<String, Fault> {
        let vpc = world.ec2.create_vpc().cidr_block("10.7.0.0/16").send().await?;
        let vpc = vpc.vpc().and_then(|vpc| vpc.vpc_id()).ok_or("no VPC id")?.to_owned();
        let call = world.ec2.create_subnet().vpc_id(vpc).cidr_block("10.7.1.0/24");
        let subnet = call.send().await?;
        Ok(subnet.subnet().and_then(|s| s.subnet_id()).ok_or("no subnet id")?.to_owned())
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        let on = AttributeBooleanValue::builder().value(true).build();
        world
            .ec2
            .modify_subnet_attribute()
            .subnet_id(id)
            .map_public_ip_on_launch(on)
            .send()
            .await?;
        Ok(())
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::gives(world, id).await
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(Self::gives(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "modify-subnet-attribute.json"
    }

    fn sample_id(&self) -> &'static str {
        "subnet-0a1b2c3d4e5f60718"
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        self.violate(world, id).await
    }
}
