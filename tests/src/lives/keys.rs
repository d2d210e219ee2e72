//! Access keys, console passwords, managed policies and permissions boundaries.

use async_trait::async_trait;
use aws_sdk_iam::types::{AccessKeyMetadata, PolicyVersion, StatusType};
use serde_json::{Value, json};

use super::{Life, World, iam::role, mfa::stacks_policy};
use crate::{Fault, local::ACCOUNT};

const FULL: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const LIMITED: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}"#;

/// `iam.access-keys-made-by-their-users`
pub struct AccessKeys;

impl AccessKeys {
    async fn all(world: &World, id: &str) -> Result<Vec<AccessKeyMetadata>, Fault> {
        let answer = world.iam.list_access_keys().user_name(id).send().await?;
        let mut keys = answer.access_key_metadata;
        keys.sort_by_key(|key| key.create_date().map(|at| at.as_nanos()));
        Ok(keys)
    }

    /// The second key: the first is the user's own.
    async fn second(world: &World, id: &str) -> Result<Option<AccessKeyMetadata>, Fault> {
        Ok(Self::all(world, id).await?.into_iter().nth(1))
    }

    async fn set(world: &World, id: &str, key: &str, status: StatusType) -> Result<(), Fault> {
        let call = world.iam.update_access_key().user_name(id).access_key_id(key);
        call.status(status).send().await?;
        Ok(())
    }
}

#[async_trait]
impl Life for AccessKeys {
    fn control(&self) -> &'static str {
        "iam.access-keys-made-by-their-users"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        world.iam.create_user().user_name(name).send().await?;
        world.iam.create_access_key().user_name(name).send().await?;
        Ok(name.to_owned())
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        let second = Self::second(world, id).await?;
        match second.as_ref().and_then(AccessKeyMetadata::access_key_id) {
            Some(key) => Self::set(world, id, key, StatusType::Active).await,
            None => {
                world.iam.create_access_key().user_name(id).send().await?;
                Ok(())
            }
        }
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let second = Self::second(world, id).await?;
        Ok(second.is_some_and(|key| key.status() == Some(&StatusType::Active)))
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        let keys = Self::all(world, id).await?;
        let told =
            |key: &AccessKeyMetadata| format!("{:?} {:?}", key.access_key_id(), key.status());
        Ok(json!(keys.iter().map(told).collect::<Vec<_>>()))
    }

    fn sample(&self) -> &'static str {
        "create-access-key.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let keys = Self::all(world, id).await?;
        let own = keys.first().and_then(|key| key.access_key_id()).ok_or("no key")?;
        Self::set(world, id, own, StatusType::Inactive).await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let keys = Self::all(world, id).await?;
        Ok(keys.first().and_then(|key| key.status()) == Some(&StatusType::Inactive))
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        let second = Self::second(world, id).await?.ok_or("no second key")?;
        let call = world.iam.delete_access_key().user_name(id);
        call.set_access_key_id(second.access_key_id).send().await?;
        Ok(())
    }
}

/// `iam.policies-allow-not-everything`
pub struct ManagedPolicy;

impl ManagedPolicy {
    fn arn(id: &str) -> String {
        format!("arn:aws:iam::{ACCOUNT}:policy/{id}")
    }

    async fn versions(world: &World, id: &str) -> Result<Vec<PolicyVersion>, Fault> {
        let answer = world.iam.list_policy_versions().policy_arn(Self::arn(id)).send().await?;
        Ok(answer.versions.unwrap_or_default())
    }

    async fn in_force(world: &World, id: &str) -> Result<String, Fault> {
        let versions = Self::versions(world, id).await?;
        let default = versions.iter().find(|version| version.is_default_version());
        Ok(default.and_then(|version| version.version_id()).ok_or("no version")?.to_owned())
    }

    async fn put_in_force(world: &World, id: &str, version: &str) -> Result<(), Fault> {
        let call = world.iam.set_default_policy_version().policy_arn(Self::arn(id));
        call.version_id(version).send().await?;
        Ok(())
    }
}

#[async_trait]
impl Life for ManagedPolicy {
    fn control(&self) -> &'static str {
        "iam.policies-allow-not-everything"
    }

    /// Attached to a user, so that it is used.
    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        world.iam.create_policy().policy_name(name).policy_document(LIMITED).send().await?;
        world.iam.create_user().user_name(name).send().await?;
        let call = world.iam.attach_user_policy().user_name(name);
        call.policy_arn(Self::arn(name)).send().await?;
        Ok(name.to_owned())
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        let versions = Self::versions(world, id).await?;
        if versions.iter().any(|version| version.version_id() == Some("v2")) {
            return Self::put_in_force(world, id, "v2").await;
        }
        let call = world.iam.create_policy_version().policy_arn(Self::arn(id));
        call.policy_document(FULL).set_as_default(true).send().await?;
        Ok(())
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(Self::in_force(world, id).await? == "v2")
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        let versions = Self::versions(world, id).await?;
        let told =
            |version: &PolicyVersion| json!([version.version_id(), version.is_default_version()]);
        Ok(json!(versions.iter().map(told).collect::<Vec<_>>()))
    }

    fn sample(&self) -> &'static str {
        "create-policy-version.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let call = world.iam.create_policy_version().policy_arn(Self::arn(id));
        call.policy_document(LIMITED).send().await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(Self::versions(world, id).await?.len() == 3)
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        let call = world.iam.create_policy_version().policy_arn(Self::arn(id));
        call.policy_document(LIMITED).set_as_default(true).send().await?;
        Ok(())
    }
}

/// A user or a role with a permissions boundary.
pub struct Boundary {
    control: &'static str,
    sample: &'static str,
    is_role: bool,
}

/// `iam.users-keep-their-permissions-boundary`
pub static USER_BOUNDARY: Boundary = Boundary {
    control: "iam.users-keep-their-permissions-boundary",
    sample: "delete-user-permissions-boundary.json",
    is_role: false,
};

/// `iam.roles-keep-their-permissions-boundary`
pub static ROLE_BOUNDARY: Boundary = Boundary {
    control: "iam.roles-keep-their-permissions-boundary",
    sample: "delete-role-permissions-boundary.json",
    is_role: true,
};

impl Boundary {
    async fn put(&self, world: &World, id: &str, policy: &str) -> Result<(), Fault> {
        let arn = format!("arn:aws:iam::{ACCOUNT}:policy/{id}-{policy}");
        let iam = &world.iam;
        if iam.get_policy().policy_arn(&arn).send().await.is_err() {
            let call = iam.create_policy().policy_name(format!("{id}-{policy}"));
            call.policy_document(LIMITED).send().await?;
        }
        if self.is_role {
            let call = iam.put_role_permissions_boundary().role_name(id);
            call.permissions_boundary(arn).send().await?;
        } else {
            let call = iam.put_user_permissions_boundary().user_name(id);
            call.permissions_boundary(arn).send().await?;
        }
        Ok(())
    }

    async fn get(&self, world: &World, id: &str) -> Result<Option<String>, Fault> {
        let boundary = if self.is_role {
            let answer = world.iam.get_role().role_name(id).send().await?;
            answer.role.and_then(|role| role.permissions_boundary)
        } else {
            let answer = world.iam.get_user().user_name(id).send().await?;
            answer.user.and_then(|user| user.permissions_boundary)
        };
        Ok(boundary.and_then(|boundary| boundary.permissions_boundary_arn))
    }
}

#[async_trait]
impl Life for Boundary {
    fn control(&self) -> &'static str {
        self.control
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        if self.is_role {
            role(world, name).await?;
        } else {
            world.iam.create_user().user_name(name).send().await?;
        }
        self.put(world, name, "developers").await?;
        Ok(name.to_owned())
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        if self.is_role {
            world.iam.delete_role_permissions_boundary().role_name(id).send().await?;
        } else {
            world.iam.delete_user_permissions_boundary().user_name(id).send().await?;
        }
        Ok(())
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(self.get(world, id).await?.is_none())
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(self.get(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        self.sample
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        self.put(world, id, "testers").await
    }
}

/// `iam.console-passwords-given-on-purpose`
pub struct ConsolePassword;

impl ConsolePassword {
    async fn has_password(world: &World, id: &str) -> bool {
        // None is an error.
        world.iam.get_login_profile().user_name(id).send().await.is_ok()
    }
}

#[async_trait]
impl Life for ConsolePassword {
    fn control(&self) -> &'static str {
        "iam.console-passwords-given-on-purpose"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        // A user with a password and without MFA is a matter of another control as well.
        stacks_policy(world).await?;
        world.iam.create_user().user_name(name).send().await?;
        Ok(name.to_owned())
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        if !Self::has_password(world, id).await {
            let call = world.iam.create_login_profile().user_name(id);
            call.password("S0mething-l0ng-enough").send().await?;
        }
        if USER_BOUNDARY.get(world, id).await?.is_some() {
            world.iam.delete_user_permissions_boundary().user_name(id).send().await?;
        }
        Ok(())
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let boundary = USER_BOUNDARY.get(world, id).await?;
        let is_contained = boundary.is_some_and(|arn| arn.ends_with("/AWSDenyAll"));
        Ok(Self::has_password(world, id).await && !is_contained)
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        let boundary = USER_BOUNDARY.get(world, id).await?;
        Ok(json!([Self::has_password(world, id).await, boundary]))
    }

    fn sample(&self) -> &'static str {
        "create-login-profile.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        USER_BOUNDARY.put(world, id, "testers").await
    }
}
