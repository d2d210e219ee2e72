//! `iam.user-mfa`

use aws_sdk_iam::Client;
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::iam::user_mfa::{Mfa, USER_MFA},
    },
};

use super::{NO_SUCH_ENTITY, attached_policies, user_console, users};

/// A user's second factor.
pub(crate) struct UserMfa {
    /// The client.
    pub client: Client,
    /// The ARN of the stack's policy that demands MFA.
    pub policy: String,
}

impl UserMfa {
    /// Whether the user has a device; `None` where there is no such user.
    async fn device(&self, resource: &Resource) -> Result<Option<bool>, Error> {
        let answer = self.client.list_mfa_devices().user_name(&resource.id).send().await;
        let answer = answer.map_err(failed("iam:ListMFADevices", &resource.id));
        let found = Found::sort(answer, &[], NO_SUCH_ENTITY)?;
        Ok(found.map(|answer| !answer.mfa_devices().is_empty()).or(|| false))
    }
}

impl Setting for UserMfa {
    type State = Mfa;
    const META: &'static SettingMeta = &USER_MFA;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        users(&self.client, token).await
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Mfa>>, Error> {
        let Some(device) = self.device(resource).await? else { return Ok(None) };
        let password = user_console::has_password(&self.client, resource).await?;
        let attached = attached_policies::of_user(&self.client, resource).await?;
        let required = attached.is_some_and(|attached| attached.0.contains(&self.policy));
        Ok(Some(Observed::of(Mfa { password, device, required })))
    }

    async fn write(&self, resource: &Resource, _: &Observed<Mfa>, to: &Mfa) -> Result<(), Error> {
        if to.required {
            let call = self.client.attach_user_policy().user_name(&resource.id);
            let answer = call.policy_arn(&self.policy).send().await;
            return answer.map(|_| ()).map_err(failed("iam:AttachUserPolicy", &resource.id));
        }
        let call = self.client.detach_user_policy().user_name(&resource.id);
        let answer = call.policy_arn(&self.policy).send().await;
        let answer = answer.map_err(failed("iam:DetachUserPolicy", &resource.id));
        // Detached already: what was sent again after an answer that was lost, say.
        Found::sort(answer, NO_SUCH_ENTITY, &[]).map(|_| ())
    }
}
