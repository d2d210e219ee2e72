//! `iam.trust-anchors-put-in-force-on-purpose`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::roles_anywhere,
    settings::iam::roles_anywhere::{Enabled, TRUST_ANCHOR},
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Disables a trust anchor of IAM Roles Anywhere that somebody made or enabled since it was good. Those
    /// that were in force at the first sweep stay, and so do those put in force by whom you configure
    /// as `administrators` or as a pipeline's role. Nothing is deleted.
    ///
    /// # Why it is yours
    ///
    /// AWS takes a certificate that your anchor vouches for. Whose authority that is, only you know: with
    /// one of their own, others get credentials of your roles from anywhere.
    ///
    /// # Safety
    ///
    /// Disruptive: machines may get their credentials through it already.
    ///
    /// # What undo restores
    ///
    /// Exactly a trust anchor in force, as long as nobody deleted it.
    pub struct TrustAnchorsPutInForceOnPurpose(Enabled);
    id: "iam.trust-anchors-put-in-force-on-purpose",
    title: "Trust anchors of Roles Anywhere are put in force on purpose",
    setting: &TRUST_ANCHOR,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Governance,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: true,
    outlives: "sessions that were opened with its certificates before, for up to twelve hours",
}

impl Control for TrustAnchorsPutInForceOnPurpose {
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
