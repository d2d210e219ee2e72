//! `ec2.transit-gateways-accept-nothing-unasked`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::ec2::transit_gateway_acceptance::{
        TRANSIT_GATEWAY_ACCEPTANCE, TransitGatewayAcceptance,
    },
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Switches off that a transit gateway accepts the attachments which other accounts ask for.
    /// Attachments that are there stay, and so does every other option.
    ///
    /// # Why it is yours
    ///
    /// AWS routes between what is attached. Whose networks those are is your decision, one by one.
    ///
    /// # Safety
    ///
    /// Safe: nothing that is attached is cut off. What asks from now on waits until somebody
    /// accepts it.
    ///
    /// # What undo restores
    ///
    /// Exactly the former option. Requests that were made meanwhile still wait.
    pub struct TransitGatewaysAcceptNothingUnasked(TransitGatewayAcceptance);
    id: "ec2.transit-gateways-accept-nothing-unasked",
    title: "Transit gateways accept no attachment unasked",
    setting: &TRANSIT_GATEWAY_ACCEPTANCE,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::NetworkExposure,
    model: ServiceModel::Infrastructure,
    safety: Safety::Safe,
    security_hub: &["EC2.23"],
    frameworks: &["FSBP", "NIST-800-53-r5"],
    exposure: false,
    outlives: "attachments that were accepted before",
}

impl Control for TransitGatewaysAcceptNothingUnasked {
    type State = TransitGatewayAcceptance;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &TransitGatewayAcceptance,
        _: &Context<'_>,
    ) -> Result<Verdict<TransitGatewayAcceptance>, StateError> {
        if !observed.accepts_unasked {
            let because = "somebody has to accept each attachment".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        Ok(Verdict::Violation {
            desired: TransitGatewayAcceptance { accepts_unasked: false },
            detail: "attachments of other accounts are accepted unasked".to_owned(),
            safety: Safety::Safe,
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NothingCloses)
    }
}
