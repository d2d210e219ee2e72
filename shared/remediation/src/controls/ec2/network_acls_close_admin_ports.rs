//! `ec2.network-acls-close-admin-ports`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::{
        address::{NETWORK, Range},
        ports::administration,
    },
    settings::ec2::{
        network_acl_entries::{
            Action, Entry, NETWORK_ACL_ENTRIES, NETWORK_ACL_USE, NetworkAclEntries, NetworkAclUse,
        },
        security_group_rules::Source,
    },
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Removes each inbound entry of a network ACL that lets the world in on a port of remote
    /// administration (22 and 3389, or what is configured). An entry is left alone where one with a
    /// lower number denies the same ports to the same range. What the world is, is said at
    /// `ec2.security-groups-close-admin-ports`. Whole entries go, every other one stays.
    ///
    /// # Why it is yours
    ///
    /// AWS enforces the entries in their order. It makes the default ACL of a VPC with an entry
    /// that lets everything in, for you to replace.
    ///
    /// # Safety
    ///
    /// Safe where no subnet has the ACL. Disruptive otherwise: whoever came in through the entry is
    /// cut off at once, answers to the subnet's own requests included. On a default ACL that is
    /// usually everything; the plan says so.
    ///
    /// # What undo restores
    ///
    /// Exactly the entries, with their numbers.
    pub struct NetworkAclsCloseAdminPorts(NetworkAclEntries);
    id: "ec2.network-acls-close-admin-ports",
    title: "Network ACLs keep administration ports closed to the world",
    setting: &NETWORK_ACL_ENTRIES,
    context: &[&NETWORK_ACL_USE],
    covered_by: &[],
    severity: Severity::Medium,
    layer: Layer::NetworkExposure,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &["EC2.21"],
    frameworks: &[
        "CIS-1.4.0", "CIS-3.0.0", "CIS-5.0.0", "FSBP", "NIST-800-171-r2", "NIST-800-53-r5",
        "PCI-4.0.1",
    ],
    exposure: false,
    outlives: "what was done through the entry before",
}

impl Control for NetworkAclsCloseAdminPorts {
    type State = NetworkAclEntries;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &NetworkAclEntries,
        context: &Context<'_>,
    ) -> Result<Verdict<NetworkAclEntries>, StateError> {
        let ports = administration(context.configuration);
        let is_open = |number: i32| ports.iter().any(|port| opens(observed, number, *port));
        let open: Vec<i32> = observed.0.keys().copied().filter(|n| is_open(*n)).collect();
        if open.is_empty() {
            let because = "no entry lets the world in on an administration port".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        let mut desired = observed.clone();
        desired.0.retain(|number, _| !open.contains(number));
        let used: NetworkAclUse = context.setting(&NETWORK_ACL_USE)?;
        Ok(Verdict::Violation {
            detail: detail(observed, &open, &desired, used),
            desired,
            safety: if used.subnets == 0 { Safety::Safe } else { Safety::Disruptive },
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        let used: NetworkAclUse = context.setting(&NETWORK_ACL_USE)?;
        Ok(match used.subnets {
            0 => Evidence::Unused("no subnet has the ACL".to_owned()),
            1 => Evidence::Used("a subnet has the ACL".to_owned()),
            subnets => Evidence::Used(format!("{subnets} subnets have the ACL")),
        })
    }
}

/// Whether the entry lets the world in on the port, and none before it stops that.
fn opens(acl: &NetworkAclEntries, number: i32, (protocol, port): (&str, u16)) -> bool {
    let is_about = |entry: &Entry| entry.traffic.opens(protocol, port);
    let Some((entry, from)) = acl.0.get(&number).and_then(|e| Some((e, range(e)?))) else {
        return false;
    };
    let denied = acl.0.range(..number).any(|(_, before)| {
        before.action == Action::Deny
            && is_about(before)
            && range(before).is_some_and(|denied| denied.contains(from))
    });
    entry.action == Action::Allow && is_about(entry) && from.is_world(NETWORK) && !denied
}

fn range(entry: &Entry) -> Option<Range> {
    match &entry.traffic.source {
        Source::Cidr4(range) | Source::Cidr6(range) => Range::parse(range),
        Source::PrefixList(_) | Source::Group { .. } => None,
    }
}

fn detail(
    observed: &NetworkAclEntries,
    open: &[i32],
    desired: &NetworkAclEntries,
    used: NetworkAclUse,
) -> String {
    let entries = open.iter().filter_map(|n| observed.0.get(n).map(|entry| (n, &entry.traffic)));
    let said: Vec<String> = entries
        .map(|(n, traffic)| format!("entry {n} lets {} in on {}", traffic.source, traffic.opened()))
        .collect();
    let is_cut_off = desired.0.values().all(|entry| entry.action == Action::Deny);
    let of = if used.is_default { "default ACL: " } else { "" };
    let then = if is_cut_off { "; nothing would come in any more" } else { "" };
    format!("{of}{}{then}", said.join("; "))
}
