//! `iam.role-use`: read only.

use aws_sdk_iam::{Client, primitives::DateTimeFormat};
use demarc_harness::{
    Error, Found, Observed, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::iam::role_use::{ROLE_USE, RoleUse as State},
    },
};

use super::NO_SUCH_ENTITY;

/// Where a role stands, and when it was used last.
pub(crate) struct RoleUse(pub Client);

impl Setting for RoleUse {
    type State = State;
    const META: &'static SettingMeta = &ROLE_USE;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let answer = self.0.get_role().role_name(&resource.id).send().await;
        let answer = answer.map_err(failed("iam:GetRole", &resource.id));
        let Found::Here(answer) = Found::sort(answer, &[], NO_SUCH_ENTITY)? else {
            return Ok(None);
        };
        let at = |role: &aws_sdk_iam::types::Role| {
            let at = role.role_last_used()?.last_used_date()?;
            at.fmt(DateTimeFormat::DateTime).ok()
        };
        Ok(answer
            .role()
            .map(|role| Observed::of(State { path: role.path().to_owned(), last_used: at(role) })))
    }
}
