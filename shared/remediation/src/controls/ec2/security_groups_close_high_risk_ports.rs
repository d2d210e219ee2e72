//! `ec2.security-groups-close-high-risk-ports`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::ports::closed,
    settings::ec2::{
        network_use::{NetworkUse, SECURITY_GROUP_USE},
        security_group_rules::{Rules, SECURITY_GROUP_INGRESS},
    },
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Removes each inbound rule that opens a high-risk port to the world: databases, file sharing,
    /// mail, consoles of clusters, or what is configured as `high_risk_ports`. What the world is,
    /// and what of prefix lists, is as in `ec2.security-groups-close-admin-ports`, which looks after
    /// ports 22 and 3389 and goes first. Whole rules go, every other rule stays.
    ///
    /// # Why it is yours
    ///
    /// AWS enforces the rules that you write. It cannot know whom you want to let in.
    ///
    /// # Safety
    ///
    /// Safe where no network interface has the group and the rules open nothing else. Disruptive
    /// otherwise: somebody may be served through the rule, and a rule that opens more than these
    /// ports closes that too; the plan says which ports.
    ///
    /// # What undo restores
    ///
    /// The rules with their descriptions. Each has a new id, and no tags.
    pub struct SecurityGroupsCloseHighRiskPorts(Rules);
    id: "ec2.security-groups-close-high-risk-ports",
    title: "Security groups keep high-risk ports closed to the world",
    setting: &SECURITY_GROUP_INGRESS,
    context: &[&SECURITY_GROUP_USE],
    covered_by: &[],
    severity: Severity::Critical,
    layer: Layer::NetworkExposure,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &["EC2.19"],
    frameworks: &["FSBP", "NIST-800-171-r2", "NIST-800-53-r5"],
    exposure: true,
    outlives: "connections that were open before, until they end; what was done through them",
}

impl Control for SecurityGroupsCloseHighRiskPorts {
    type State = Rules;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &Rules,
        context: &Context<'_>,
    ) -> Result<Verdict<Rules>, StateError> {
        let group: NetworkUse = context.setting(&SECURITY_GROUP_USE)?;
        let configured = context.configuration.high_risk_ports.iter();
        let ports: Vec<(&str, u16)> = configured.map(|port| ("tcp", *port)).collect();
        Ok(closed(observed, &ports, "a high-risk port", group.network_interfaces == 0))
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        let group: NetworkUse = context.setting(&SECURITY_GROUP_USE)?;
        Ok(group.evidence("has the group", "have the group"))
    }
}
