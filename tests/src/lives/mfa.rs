//! Users that sign in to the console, with and without a second factor.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{Life, World};
use crate::{Fault, local::ACCOUNT};

/// `iam.console-users-have-mfa`
pub struct ConsoleMfa;

/// The name of the stack's policy that demands MFA.
const POLICY: &str = "demarc-require-mfa";
/// It lets everybody enrol a device. What the deployed one says is the template's.
const DOCUMENT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:EnableMFADevice","Resource":"*"}]}"#;

fn policy() -> String {
    format!("arn:aws:iam::{ACCOUNT}:policy/{POLICY}")
}

/// The stack's policy; where the stack is deployed, it is there.
pub(super) async fn stacks_policy(world: &World) -> Result<(), Fault> {
    if world.iam.get_policy().policy_arn(policy()).send().await.is_err() {
        let call = world.iam.create_policy().policy_name(POLICY);
        call.policy_document(DOCUMENT).send().await?;
    }
    Ok(())
}

impl ConsoleMfa {
    async fn device(world: &World, id: &str) -> Result<Option<String>, Fault> {
        let answer = world.iam.list_mfa_devices().user_name(id).send().await?;
        let first = answer.mfa_devices().iter().next();
        Ok(first.map(|device| device.serial_number().to_owned()))
    }

    async fn attached(world: &World, id: &str) -> Result<Vec<String>, Fault> {
        let answer = world.iam.list_attached_user_policies().user_name(id).send().await?;
        let arns = answer.attached_policies().iter().filter_map(|policy| policy.policy_arn());
        Ok(arns.map(str::to_owned).collect())
    }

    async fn detach(world: &World, id: &str) -> Result<(), Fault> {
        world.iam.detach_user_policy().user_name(id).policy_arn(policy()).send().await?;
        Ok(())
    }
}

#[async_trait]
impl Life for ConsoleMfa {
    fn control(&self) -> &'static str {
        "iam.console-users-have-mfa"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        stacks_policy(world).await?;
        world.iam.create_user().user_name(name).send().await?;
        let call = world.iam.create_login_profile().user_name(name);
        call.password("S0mething-l0ng-enough").send().await?;
        let call = world.iam.create_virtual_mfa_device().virtual_mfa_device_name(name);
        let made = call.send().await?;
        let device = made.virtual_mfa_device().ok_or("no device")?.serial_number().to_owned();
        let call = world.iam.enable_mfa_device().user_name(name).serial_number(device);
        call.authentication_code1("123456").authentication_code2("654321").send().await?;
        Ok(name.to_owned())
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        if let Some(device) = Self::device(world, id).await? {
            let call = world.iam.deactivate_mfa_device().user_name(id);
            call.serial_number(device).send().await?;
        }
        if Self::attached(world, id).await?.contains(&policy()) {
            Self::detach(world, id).await?;
        }
        Ok(())
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let is_required = Self::attached(world, id).await?.contains(&policy());
        Ok(Self::device(world, id).await?.is_none() && !is_required)
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!([Self::device(world, id).await?, Self::attached(world, id).await?]))
    }

    fn sample(&self) -> &'static str {
        "deactivate-mfa-device.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::detach(world, id).await
    }
}
