//! `ec2.security-groups-close-admin-ports`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::ports::{administration, closed},
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
    /// Removes each inbound rule that opens a port of remote administration (22 and 3389, or what
    /// is configured) to the world, directly or through a prefix list. The world is an IPv4 range
    /// larger than a /8 or an IPv6 range larger than a /16: the length of the prefix decides, so
    /// that two halves of the internet are the internet. Whole rules go, every other rule stays.
    ///
    /// Where a prefix list cannot be read, its rule is reported and stays. Smaller ranges that are
    /// the world only together are not seen.
    ///
    /// # Why it is yours
    ///
    /// AWS enforces the rules that you write. It cannot know whom you want to let in.
    ///
    /// # Safety
    ///
    /// Safe where no network interface has the group and the rules open nothing else. Disruptive
    /// otherwise: sessions through the rule end, and a rule that opens more than these ports
    /// closes that too; the plan says which ports.
    ///
    /// # What undo restores
    ///
    /// The rules with their descriptions. Each has a new id, and no tags.
    pub struct SecurityGroupsCloseAdminPorts(Rules);
    id: "ec2.security-groups-close-admin-ports",
    title: "Security groups keep administration ports closed to the world",
    setting: &SECURITY_GROUP_INGRESS,
    context: &[&SECURITY_GROUP_USE],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::NetworkExposure,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &["EC2.13", "EC2.14", "EC2.53", "EC2.54"],
    frameworks: &[
        "CIS-1.2.0", "CIS-3.0.0", "CIS-5.0.0", "NIST-800-171-r2", "NIST-800-53-r5", "PCI-3.2.1",
        "PCI-4.0.1",
    ],
    exposure: true,
    outlives: "connections that were open before, until they end; what was done through them",
}

impl Control for SecurityGroupsCloseAdminPorts {
    type State = Rules;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &Rules,
        context: &Context<'_>,
    ) -> Result<Verdict<Rules>, StateError> {
        let group: NetworkUse = context.setting(&SECURITY_GROUP_USE)?;
        let ports = administration(context.configuration);
        Ok(closed(observed, &ports, "an administration port", group.network_interfaces == 0))
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        let group: NetworkUse = context.setting(&SECURITY_GROUP_USE)?;
        Ok(group.evidence("has the group", "have the group"))
    }
}
