//! `iam.roles-have-no-administrator-policy`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::administrators::{kept_by_identity_center, no_administrator},
    settings::iam::{
        attached_policies::{AttachedPolicies, ROLE_POLICIES},
        role_use::{ROLE_USE, RoleUse},
    },
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Detaches AWS's policy `AdministratorAccess` from a role that is not configured as one of
    /// the account's administrators. Other policies stay attached.
    ///
    /// Roles that IAM Identity Center keeps are left alone: its permission sets say what they may
    /// do.
    ///
    /// Administrators are configured as `administrators`, by name.
    ///
    /// # Why it is yours
    ///
    /// Whom you make an administrator is your decision; AWS does not ask whether it was meant.
    ///
    /// # Safety
    ///
    /// Disruptive: whoever assumes the role may lose what it does its work with.
    ///
    /// # What undo restores
    ///
    /// Exactly the attachment.
    pub struct RolesHaveNoAdministratorPolicy(AttachedPolicies);
    id: "iam.roles-have-no-administrator-policy",
    title: "IAM roles have no administrator policy",
    setting: &ROLE_POLICIES,
    context: &[&ROLE_USE],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Governance,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: true,
    outlives: "what was done with the role before",
}

impl Control for RolesHaveNoAdministratorPolicy {
    type State = AttachedPolicies;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &AttachedPolicies,
        context: &Context<'_>,
    ) -> Result<Verdict<AttachedPolicies>, StateError> {
        let role: RoleUse = context.setting(&ROLE_USE)?;
        if role.is_identity_centers() {
            return Ok(kept_by_identity_center());
        }
        Ok(no_administrator(resource, observed, context))
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(context.setting::<RoleUse>(&ROLE_USE)?.evidence())
    }
}
