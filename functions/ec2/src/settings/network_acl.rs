//! `ec2.network-acl-entries` and `ec2.network-acl-use`

use aws_sdk_ec2::{
    Client,
    types::{IcmpTypeCode, NetworkAcl, NetworkAclEntry, PortRange, RuleAction},
};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::{
            network_acl_entries::{
                Action, Entry, NETWORK_ACL_ENTRIES, NETWORK_ACL_USE, NetworkAclEntries as State,
                NetworkAclUse as Use,
            },
            security_group_rules::{Rule, Source},
        },
    },
};

use super::PAGE;

const GONE: &[&str] = &["InvalidNetworkAclID.NotFound", "InvalidNetworkAclId.Malformed"];

const NO_ENTRY: &str = "InvalidNetworkAclEntry.NotFound";

/// From here on entries are AWS's own, which nobody can change.
const FIRST_OF_AWS: i32 = 32_767;

/// The inbound entries of a network ACL.
pub(crate) struct NetworkAclEntries(pub Client);

/// How much a network ACL is used.
pub(crate) struct NetworkAclUse(pub Client);

impl Setting for NetworkAclUse {
    type State = Use;
    const META: &'static SettingMeta = &NETWORK_ACL_USE;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Use>>, Error> {
        let acl = described(&self.0, resource).await?;
        Ok(acl.map(|acl| {
            Observed::of(Use {
                is_default: acl.is_default().unwrap_or_default(),
                subnets: u64::try_from(acl.associations().len()).unwrap_or(u64::MAX),
            })
        }))
    }
}

impl Setting for NetworkAclEntries {
    type State = State;
    const META: &'static SettingMeta = &NETWORK_ACL_ENTRIES;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        let call = self.0.describe_network_acls().max_results(PAGE).set_next_token(token);
        let answer = call.send().await.map_err(failed("ec2:DescribeNetworkAcls", "the account"))?;
        let ids = answer.network_acls().iter().filter_map(NetworkAcl::network_acl_id);
        Ok(Page {
            ids: ids.map(str::to_owned).collect(),
            next: answer.next_token().map(str::to_owned),
        })
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let Some(acl) = described(&self.0, resource).await? else { return Ok(None) };
        let inbound = acl.entries().iter().filter(|entry| entry.egress() != Some(true));
        let entries = inbound.filter_map(|entry| Some((entry.rule_number()?, normal_form(entry)?)));
        let state = State(entries.filter(|(number, _)| *number < FIRST_OF_AWS).collect());
        Ok(Some(Observed::of(state)))
    }

    async fn write(
        &self,
        resource: &Resource,
        from: &Observed<State>,
        to: &State,
    ) -> Result<(), Error> {
        for (number, entry) in &from.state.0 {
            if to.0.get(number) != Some(entry) {
                self.delete(resource, *number).await?;
            }
        }
        for (number, entry) in &to.0 {
            if from.state.0.get(number) != Some(entry) {
                self.create(resource, *number, entry).await?;
            }
        }
        Ok(())
    }
}

impl NetworkAclEntries {
    async fn delete(&self, resource: &Resource, number: i32) -> Result<(), Error> {
        let call = self.0.delete_network_acl_entry().network_acl_id(&resource.id);
        let answer = call.rule_number(number).egress(false).send().await;
        let answer = answer.map_err(failed("ec2:DeleteNetworkAclEntry", &resource.id));
        // Gone already: what was sent again after an answer that was lost, say.
        Found::sort(answer, &[NO_ENTRY], &[])?;
        Ok(())
    }

    async fn create(&self, resource: &Resource, number: i32, entry: &Entry) -> Result<(), Error> {
        let traffic = &entry.traffic;
        let action = match entry.action {
            Action::Allow => RuleAction::Allow,
            Action::Deny => RuleAction::Deny,
        };
        let call = self
            .0
            .create_network_acl_entry()
            .network_acl_id(&resource.id)
            .egress(false)
            .rule_number(number)
            .rule_action(action)
            .protocol(number_of(&traffic.protocol));
        let call = match traffic.protocol.as_str() {
            "tcp" | "udp" => {
                call.port_range(PortRange::builder().from(traffic.from).to(traffic.to).build())
            }
            "icmp" | "icmpv6" => call.icmp_type_code(
                IcmpTypeCode::builder().r#type(traffic.from).code(traffic.to).build(),
            ),
            _ => call,
        };
        let call = match &traffic.source {
            Source::Cidr6(range) => call.ipv6_cidr_block(range),
            other => call.cidr_block(other.to_string()),
        };
        call.send().await.map_err(failed("ec2:CreateNetworkAclEntry", &resource.id))?;
        Ok(())
    }
}

async fn described(ec2: &Client, resource: &Resource) -> Result<Option<NetworkAcl>, Error> {
    let answer = ec2.describe_network_acls().network_acl_ids(&resource.id).send().await;
    let answer = answer.map_err(failed("ec2:DescribeNetworkAcls", &resource.id));
    let Found::Here(answer) = Found::sort(answer, &[], GONE)? else { return Ok(None) };
    // One of a shared VPC is its owner's to change.
    let is_own = |acl: &NetworkAcl| acl.owner_id() == Some(resource.account.as_str());
    Ok(answer.network_acls.unwrap_or_default().into_iter().find(is_own))
}

fn normal_form(entry: &NetworkAclEntry) -> Option<Entry> {
    let source = match (entry.cidr_block(), entry.ipv6_cidr_block()) {
        (Some(range), _) => Source::Cidr4(range.to_owned()),
        (None, Some(range)) => Source::Cidr6(range.to_owned()),
        (None, None) => return None,
    };
    let ports = entry.port_range().map(|ports| (ports.from(), ports.to()));
    let icmp = entry.icmp_type_code().map(|icmp| (icmp.r#type(), icmp.code()));
    let ports = ports.or(icmp).unwrap_or_default();
    let action = match entry.rule_action()? {
        RuleAction::Allow => Action::Allow,
        _ => Action::Deny,
    };
    Some(Entry { action, traffic: Rule::new(entry.protocol()?, ports, source, None) })
}

/// A protocol as a network ACL names it: by its number.
fn number_of(protocol: &str) -> &str {
    match protocol {
        "all" => "-1",
        "icmp" => "1",
        "tcp" => "6",
        "udp" => "17",
        "icmpv6" => "58",
        number => number,
    }
}
