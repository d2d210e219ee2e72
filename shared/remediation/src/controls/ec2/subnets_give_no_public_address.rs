//! `ec2.subnets-give-no-public-address`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::ec2::{
        network_use::{NetworkUse, SUBNET_USE},
        subnet_addresses::{SUBNET_ADDRESSES, SubnetAddresses},
    },
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Switches off that a subnet gives every new network interface a public IPv4 address. Whoever
    /// launches an instance can still ask for one, and addresses that were given stay.
    ///
    /// # Why it is yours
    ///
    /// AWS routes what you let it route. Whether a machine can be reached from the internet is
    /// decided in your subnets, route tables and groups.
    ///
    /// # Safety
    ///
    /// Safe while there is no network interface in the subnet. Disruptive otherwise: what is launched
    /// there next has no public address, and without a NAT gateway does not reach the internet.
    ///
    /// # What undo restores
    ///
    /// Exactly the former attribute. What was launched meanwhile has no public address.
    pub struct SubnetsGiveNoPublicAddress(SubnetAddresses);
    id: "ec2.subnets-give-no-public-address",
    title: "Subnets give new network interfaces no public address",
    setting: &SUBNET_ADDRESSES,
    context: &[&SUBNET_USE],
    covered_by: &[],
    severity: Severity::Medium,
    layer: Layer::NetworkExposure,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &["EC2.15"],
    frameworks: &["FSBP", "NIST-800-53-r5", "PCI-4.0.1"],
    exposure: false,
    outlives: "public addresses that were given before",
}

impl Control for SubnetsGiveNoPublicAddress {
    type State = SubnetAddresses;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &SubnetAddresses,
        context: &Context<'_>,
    ) -> Result<Verdict<SubnetAddresses>, StateError> {
        if !observed.map_public_ip_on_launch {
            let because = "the subnet gives no public address".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        let subnet: NetworkUse = context.setting(&SUBNET_USE)?;
        let is_empty = subnet.network_interfaces == 0;
        Ok(Verdict::Violation {
            desired: SubnetAddresses { map_public_ip_on_launch: false },
            detail: "the subnet gives every new network interface a public address".to_owned(),
            safety: if is_empty { Safety::Safe } else { Safety::Disruptive },
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        let subnet: NetworkUse = context.setting(&SUBNET_USE)?;
        Ok(subnet.evidence("is in the subnet", "are in the subnet"))
    }
}
