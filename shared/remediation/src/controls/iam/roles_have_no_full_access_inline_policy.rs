//! `iam.roles-have-no-full-access-inline-policy`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::administrators::{kept_by_identity_center, no_full_access},
    settings::iam::{
        inline_policies::{InlinePolicies, ROLE_INLINE_POLICIES},
        role_use::{ROLE_USE, RoleUse},
    },
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Deletes each policy that stands in a role itself and has a statement that allows every
    /// action on every resource, whatever its conditions. Other policies stay.
    ///
    /// The whole policy goes, not the statement: to write one, Demarc's remediator would have to be
    /// allowed to grant anything to anybody, and so it is not.
    ///
    /// Roles that IAM Identity Center keeps are left alone: its permission sets say what they may
    /// do.
    ///
    /// Those that are configured as `administrators`, by name, are left alone.
    ///
    /// # Why it is yours
    ///
    /// What a role may do is written by you; AWS enforces it as it stands.
    ///
    /// # Safety
    ///
    /// Disruptive: whoever assumes the role may lose what it does its work with.
    ///
    /// # What undo restores
    ///
    /// Exactly the policies that were deleted.
    pub struct RolesHaveNoFullAccessInlinePolicy(InlinePolicies);
    id: "iam.roles-have-no-full-access-inline-policy",
    title: "IAM roles have no inline policy that allows everything",
    setting: &ROLE_INLINE_POLICIES,
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

impl Control for RolesHaveNoFullAccessInlinePolicy {
    type State = InlinePolicies;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &InlinePolicies,
        context: &Context<'_>,
    ) -> Result<Verdict<InlinePolicies>, StateError> {
        let role: RoleUse = context.setting(&ROLE_USE)?;
        if role.is_identity_centers() {
            return Ok(kept_by_identity_center());
        }
        Ok(no_full_access(resource, observed, context))
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(context.setting::<RoleUse>(&ROLE_USE)?.evidence())
    }
}
