//! `iam.users-have-no-administrator-policy`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::administrators::no_administrator,
    settings::iam::attached_policies::{AttachedPolicies, USER_POLICIES},
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Detaches AWS's policy `AdministratorAccess` from a user that is not configured as one of
    /// the account's administrators. Other policies stay attached.
    ///
    /// Administrators are configured as `administrators`, by name.
    ///
    /// # Why it is yours
    ///
    /// Whom you make an administrator is your decision; AWS does not ask whether it was meant.
    ///
    /// # Safety
    ///
    /// Disruptive: the user may lose what it does its work with. An administrator may lock itself
    /// out: configure those that have to stay.
    ///
    /// # What undo restores
    ///
    /// Exactly the attachment.
    pub struct UsersHaveNoAdministratorPolicy(AttachedPolicies);
    id: "iam.users-have-no-administrator-policy",
    title: "IAM users have no administrator policy",
    setting: &USER_POLICIES,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Governance,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: true,
    outlives: "what the user did before",
}

impl Control for UsersHaveNoAdministratorPolicy {
    type State = AttachedPolicies;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &AttachedPolicies,
        context: &Context<'_>,
    ) -> Result<Verdict<AttachedPolicies>, StateError> {
        Ok(no_administrator(resource, observed, context))
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
