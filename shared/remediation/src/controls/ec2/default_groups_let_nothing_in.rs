//! `ec2.default-groups-let-nothing-in`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::default_group,
    settings::ec2::{
        network_use::SECURITY_GROUP_USE,
        security_group_name::SECURITY_GROUP_NAME,
        security_group_rules::{Rules, SECURITY_GROUP_INGRESS},
    },
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Removes every inbound rule of a VPC's default security group, those that AWS makes with the
    /// VPC included. Other groups are not looked at.
    ///
    /// # Why it is yours
    ///
    /// EC2 gives the default group to everything that is launched without a group. What that group
    /// lets in is a decision that nobody made.
    ///
    /// # Safety
    ///
    /// Safe while no network interface has the group. Disruptive otherwise: its members reach each other no longer, and nothing else reaches them.
    ///
    /// # What undo restores
    ///
    /// The rules with their descriptions. Each has a new id, and no tags.
    pub struct DefaultGroupsLetNothingIn(Rules);
    id: "ec2.default-groups-let-nothing-in",
    title: "Default security groups let nothing in",
    setting: &SECURITY_GROUP_INGRESS,
    context: &[&SECURITY_GROUP_NAME, &SECURITY_GROUP_USE],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::NetworkExposure,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &["EC2.2"],
    frameworks: &[
        "CIS-1.2.0", "CIS-1.4.0", "CIS-3.0.0", "CIS-5.0.0", "FSBP", "NIST-800-53-r5", "PCI-3.2.1",
    ],
    exposure: false,
    outlives: "connections that were open before, until they end",
}

impl Control for DefaultGroupsLetNothingIn {
    type State = Rules;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &Rules,
        context: &Context<'_>,
    ) -> Result<Verdict<Rules>, StateError> {
        default_group::without_rules(observed, context, "lets in")
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        default_group::evidence(context)
    }
}
