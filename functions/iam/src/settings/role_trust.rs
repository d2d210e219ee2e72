//! `iam.role-trust`

use aws_sdk_iam::Client;
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::iam::role_trust::{ROLE_TRUST, RoleTrust as State},
    },
};

use super::{NO_SUCH_ENTITY, decoded, roles};

/// Whom a role trusts.
pub(crate) struct RoleTrust(pub Client);

impl Setting for RoleTrust {
    type State = State;
    const META: &'static SettingMeta = &ROLE_TRUST;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        roles(&self.0, token).await
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let answer = self.0.get_role().role_name(&resource.id).send().await;
        let answer = answer.map_err(failed("iam:GetRole", &resource.id));
        let Found::Here(answer) = Found::sort(answer, &[], NO_SUCH_ENTITY)? else {
            return Ok(None);
        };
        let document = answer.role().and_then(|role| role.assume_role_policy_document());
        let document = decoded(document.unwrap_or_default())?;
        Ok(Some(Observed::of(State::parse(&document)?)))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<State>,
        to: &State,
    ) -> Result<(), Error> {
        self.0
            .update_assume_role_policy()
            .role_name(&resource.id)
            .policy_document(to.document())
            .send()
            .await
            .map_err(failed("iam:UpdateAssumeRolePolicy", &resource.id))?;
        Ok(())
    }
}
