//! RDS instances.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{Life, World};
use crate::Fault;

/// `rds.instances-not-public`
pub struct PublicInstance;

impl PublicInstance {
    async fn put(world: &World, id: &str, public: bool) -> Result<(), Fault> {
        let call = world.rds.modify_db_instance().db_instance_identifier(id);
        call.publicly_accessible(public).apply_immediately(true).send().await?;
        Ok(())
    }

    async fn is_public(world: &World, id: &str) -> Result<bool, Fault> {
        let call = world.rds.describe_db_instances().db_instance_identifier(id);
        let answer = call.send().await?;
        let instance = answer.db_instances().first().ok_or("no instance")?;
        Ok(instance.publicly_accessible() == Some(true))
    }
}

#[async_trait]
impl Life for PublicInstance {
    fn control(&self) -> &'static str {
        "rds.instances-not-public"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        world
            .rds
            .create_db_instance()
            .db_instance_identifier(name)
            .db_instance_class("db.t3.micro")
            .engine("postgres")
            .allocated_storage(20)
            .master_username("demarc")
            .master_user_password("a-long-password")
            .publicly_accessible(false)
            .send()
            .await?;
        Ok(name.to_owned())
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, true).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::is_public(world, id).await
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(Self::is_public(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "modify-db-instance.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, true).await
    }
}
