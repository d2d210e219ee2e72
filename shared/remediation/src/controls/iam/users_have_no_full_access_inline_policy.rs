//! `iam.users-have-no-full-access-inline-policy`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::administrators::no_full_access,
    settings::iam::inline_policies::{InlinePolicies, USER_INLINE_POLICIES},
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Deletes each policy that stands in a user itself and has a statement that allows every
    /// action on every resource, whatever its conditions. Other policies stay.
    ///
    /// The whole policy goes, not the statement: to write one, Demarc's remediator would have to be
    /// allowed to grant anything to anybody, and so it is not.
    ///
    /// Those that are configured as `administrators`, by name, are left alone.
    ///
    /// # Why it is yours
    ///
    /// What a user may do is written by you; AWS enforces it as it stands.
    ///
    /// # Safety
    ///
    /// Disruptive: the user may lose what it does its work with. An administrator may lock itself
    /// out: configure those that have to stay.
    ///
    /// # What undo restores
    ///
    /// Exactly the policies that were deleted.
    pub struct UsersHaveNoFullAccessInlinePolicy(InlinePolicies);
    id: "iam.users-have-no-full-access-inline-policy",
    title: "IAM users have no inline policy that allows everything",
    setting: &USER_INLINE_POLICIES,
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

impl Control for UsersHaveNoFullAccessInlinePolicy {
    type State = InlinePolicies;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &InlinePolicies,
        context: &Context<'_>,
    ) -> Result<Verdict<InlinePolicies>, StateError> {
        Ok(no_full_access(resource, observed, context))
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
