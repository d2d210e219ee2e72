//! `iam.roles-anywhere-profiles-put-in-force-on-purpose`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::roles_anywhere,
    settings::iam::roles_anywhere::{Enabled, ROLES_ANYWHERE_PROFILE},
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Disables a profile of IAM Roles Anywhere that somebody made or enabled since it was good. Those
    /// that were in force at the first sweep stay, and so do those put in force by whom you configure
    /// as `administrators` or as a pipeline's role. Nothing is deleted.
    ///
    /// # Why it is yours
    ///
    /// A profile says which of your roles certificates are good for. AWS gives out those roles'
    /// credentials as it says.
    ///
    /// # Safety
    ///
    /// Disruptive: machines may get their credentials through it already.
    ///
    /// # What undo restores
    ///
    /// Exactly a profile in force, as long as nobody deleted it.
    pub struct RolesAnywhereProfilesPutInForceOnPurpose(Enabled);
    id: "iam.roles-anywhere-profiles-put-in-force-on-purpose",
    title: "Profiles of Roles Anywhere are put in force on purpose",
    setting: &ROLES_ANYWHERE_PROFILE,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Governance,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: true,
    outlives: "sessions that were opened through it before, for up to twelve hours",
}

impl Control for RolesAnywhereProfilesPutInForceOnPurpose {
    type State = Enabled;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &Enabled,
        context: &Context<'_>,
    ) -> Result<Verdict<Enabled>, StateError> {
        roles_anywhere::put_in_force(resource, observed, context)
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }

    fn asks_who(&self) -> bool {
        true
    }
}
