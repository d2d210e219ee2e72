//! `ec2.traffic-mirrored-only-to-known-accounts`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    configuration::Known,
    context::Context,
    control::{Control, Meta, Severity},
    settings::ec2::traffic_mirror_sessions::{Session, Sessions, TRAFFIC_MIRROR_SESSIONS},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Ends traffic mirror sessions that copy a network interface's traffic to a target of an account
    /// that is not known. Other sessions stay.
    ///
    /// Known are the account itself and what is configured as `known`. Without that configuration
    /// nothing is changed: the control says where traffic goes.
    ///
    /// # Why it is yours
    ///
    /// AWS copies the packets that you tell it to, to whom you tell it, before they are encrypted
    /// by anything below your application.
    ///
    /// # Safety
    ///
    /// Disruptive: a sensor of somebody whom you work with may see nothing any more.
    ///
    /// # What undo restores
    ///
    /// A session of the same number, target, filter and network, with another id and without tags.
    pub struct TrafficMirroredOnlyToKnownAccounts(Sessions);
    id: "ec2.traffic-mirrored-only-to-known-accounts",
    title: "Traffic is mirrored only to known accounts",
    setting: &TRAFFIC_MIRROR_SESSIONS,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::NetworkExposure,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: true,
    outlives: "packets that were copied before",
}

impl Control for TrafficMirroredOnlyToKnownAccounts {
    type State = Sessions;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &Sessions,
        context: &Context<'_>,
    ) -> Result<Verdict<Sessions>, StateError> {
        let nobody = Known::default();
        let known = context.configuration.known.as_ref();
        let us = known.unwrap_or(&nobody);
        let is_known = |session: &Session| {
            session.owner.as_deref().is_some_and(|o| o == resource.account || us.has_account(o))
        };
        let wrong: Vec<String> = observed
            .0
            .iter()
            .filter(|(_, session)| !is_known(session))
            .map(|(number, session)| {
                format!("session {number} copies traffic to {}", whose(session))
            })
            .collect();
        if wrong.is_empty() {
            let because = "no session copies traffic to an account that is not known".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        let said = wrong.join("; ");
        if known.is_none() {
            return Ok(Verdict::Advise { steps: format!("{said}: {UNCONFIGURED}") });
        }
        let kept = observed.0.iter().filter(|(_, session)| is_known(session));
        Ok(Verdict::Violation {
            desired: Sessions(kept.map(|(n, session)| (*n, session.clone())).collect()),
            detail: format!("{said}, not known by the configuration"),
            safety: Safety::Disruptive,
            undo: Undo::Equivalent(ANOTHER.to_owned()),
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}

const UNCONFIGURED: &str =
    "configure whom you know (`known`), and other sessions are ended; or end them yourself";
const ANOTHER: &str = "the session has another id, and no tags";

fn whose(session: &Session) -> String {
    match &session.owner {
        Some(owner) => format!("`{}` of account {owner}", session.target),
        None => format!("`{}` of an account that EC2 does not tell", session.target),
    }
}
