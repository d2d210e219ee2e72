//! `iam.users-keep-their-permissions-boundary`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::boundary,
    settings::iam::boundaries::{Boundary, USER_BOUNDARY},
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Puts a user's permissions boundary back where it was taken away, or where AWS's administrator
    /// policy, which bounds nothing, took its place. Another boundary in its place is taken as meant.
    /// A user that never had one is left alone.
    ///
    /// # Why it is yours
    ///
    /// A boundary is how you let others give permissions and keep the limit yourself. AWS enforces it
    /// as long as it is there.
    ///
    /// # Safety
    ///
    /// Safe within an hour of the change: nothing worked beyond the boundary before. Disruptive later.
    ///
    /// # What undo restores
    ///
    /// Exactly the user without the boundary, or with the other.
    pub struct UsersKeepTheirPermissionsBoundary(Boundary);
    id: "iam.users-keep-their-permissions-boundary",
    title: "IAM users keep their permissions boundary",
    setting: &USER_BOUNDARY,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Governance,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: true,
    outlives: "what was done beyond the boundary before",
}

impl Control for UsersKeepTheirPermissionsBoundary {
    type State = Boundary;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &Boundary,
        context: &Context<'_>,
    ) -> Result<Verdict<Boundary>, StateError> {
        boundary::kept(observed, context)
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
