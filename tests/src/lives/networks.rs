//! Default security groups, network ACLs, instances and transit gateways.

use async_trait::async_trait;
use aws_sdk_ec2::types::{
    AutoAcceptSharedAttachmentsValue, Filter, HttpTokensState, IpPermission, IpRange,
    ModifyTransitGatewayOptions, NetworkAclEntry, PortRange, RuleAction, SecurityGroupRule,
    UserIdGroupPair,
};
use serde_json::{Value, json};

use super::{Life, World};
use crate::Fault;

async fn vpc(world: &World) -> Result<String, Fault> {
    let vpc = world.ec2.create_vpc().cidr_block("10.8.0.0/16").send().await?;
    Ok(vpc.vpc().and_then(|vpc| vpc.vpc_id()).ok_or("no VPC id")?.to_owned())
}

fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

/// A VPC's default security group, in one direction.
pub struct DefaultGroup {
    control: &'static str,
    sample: &'static str,
    is_outbound: bool,
}

/// `ec2.default-groups-let-nothing-in`
pub static DEFAULT_GROUP_IN: DefaultGroup = DefaultGroup {
    control: "ec2.default-groups-let-nothing-in",
    sample: "authorize-security-group-ingress-default.json",
    is_outbound: false,
};

/// `ec2.default-groups-let-nothing-out`
pub static DEFAULT_GROUP_OUT: DefaultGroup = DefaultGroup {
    control: "ec2.default-groups-let-nothing-out",
    sample: "authorize-security-group-egress.json",
    is_outbound: true,
};

impl DefaultGroup {
    async fn rules(&self, world: &World, id: &str) -> Result<Vec<SecurityGroupRule>, Fault> {
        let call = world.ec2.describe_security_group_rules().filters(filter("group-id", id));
        let mut rules = call.send().await?.security_group_rules.unwrap_or_default();
        rules.retain(|rule| rule.is_egress().unwrap_or_default() == self.is_outbound);
        Ok(rules)
    }

    async fn empty(&self, world: &World, id: &str) -> Result<(), Fault> {
        let rules = self.rules(world, id).await?;
        let ids = rules.iter().filter_map(|rule| rule.security_group_rule_id());
        let ids: Vec<String> = ids.map(str::to_owned).collect();
        if ids.is_empty() {
            return Ok(());
        }
        if self.is_outbound {
            let call = world.ec2.revoke_security_group_egress().group_id(id);
            call.set_security_group_rule_ids(Some(ids)).send().await?;
        } else {
            let call = world.ec2.revoke_security_group_ingress().group_id(id);
            call.set_security_group_rule_ids(Some(ids)).send().await?;
        }
        Ok(())
    }

    async fn open(&self, world: &World, id: &str, about: &str) -> Result<(), Fault> {
        let all = IpPermission::builder().ip_protocol("-1");
        if self.is_outbound {
            let range = IpRange::builder().cidr_ip("0.0.0.0/0").description(about).build();
            let call = world.ec2.authorize_security_group_egress().group_id(id);
            call.ip_permissions(all.ip_ranges(range).build()).send().await?;
        } else {
            let group = UserIdGroupPair::builder().group_id(id).description(about).build();
            let call = world.ec2.authorize_security_group_ingress().group_id(id);
            call.ip_permissions(all.user_id_group_pairs(group).build()).send().await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Life for DefaultGroup {
    fn control(&self) -> &'static str {
        self.control
    }

    async fn create(&self, world: &World, _: &str) -> Result<String, Fault> {
        let vpc = vpc(world).await?;
        let call = world.ec2.describe_security_groups().filters(filter("vpc-id", &vpc));
        let groups = call.filters(filter("group-name", "default")).send().await?;
        let group = groups.security_groups().first().and_then(|group| group.group_id());
        let id = group.ok_or("no default group")?.to_owned();
        self.empty(world, &id).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        self.empty(world, id).await?;
        self.open(world, id, "by hand").await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(!self.rules(world, id).await?.is_empty())
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        let rules = self.rules(world, id).await?;
        let told = |rule: &SecurityGroupRule| {
            let to = rule.cidr_ipv4().map(str::to_owned);
            format!("{:?} {:?} {to:?}", rule.ip_protocol(), rule.description())
        };
        Ok(json!(rules.iter().map(told).collect::<Vec<_>>()))
    }

    fn sample(&self) -> &'static str {
        self.sample
    }

    fn sample_id(&self) -> &'static str {
        "sg-0d1e2f3a4b5c60718"
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        self.empty(world, id).await?;
        self.open(world, id, "by somebody else").await
    }
}

/// `ec2.network-acls-close-admin-ports`
pub struct NetworkAcl;

impl NetworkAcl {
    async fn inbound(world: &World, id: &str) -> Result<Vec<NetworkAclEntry>, Fault> {
        let answer = world.ec2.describe_network_acls().network_acl_ids(id).send().await?;
        let acl = answer.network_acls().first().ok_or("no network ACL")?;
        let mut entries = acl.entries().to_vec();
        entries.retain(|entry| entry.egress() != Some(true));
        Ok(entries)
    }

    async fn has(world: &World, id: &str, number: i32, range: &str) -> Result<bool, Fault> {
        let entries = Self::inbound(world, id).await?;
        let is = |entry: &NetworkAclEntry| {
            entry.rule_number() == Some(number) && entry.cidr_block() == Some(range)
        };
        Ok(entries.iter().any(is))
    }

    async fn put(
        world: &World,
        id: &str,
        number: i32,
        port: i32,
        range: &str,
    ) -> Result<(), Fault> {
        let entries = Self::inbound(world, id).await?;
        if entries.iter().any(|entry| entry.rule_number() == Some(number)) {
            let call = world.ec2.delete_network_acl_entry().network_acl_id(id);
            call.rule_number(number).egress(false).send().await?;
        }
        world
            .ec2
            .create_network_acl_entry()
            .network_acl_id(id)
            .egress(false)
            .rule_number(number)
            .rule_action(RuleAction::Allow)
            .protocol("6")
            .port_range(PortRange::builder().from(port).to(port).build())
            .cidr_block(range)
            .send()
            .await?;
        Ok(())
    }
}

#[async_trait]
impl Life for NetworkAcl {
    fn control(&self) -> &'static str {
        "ec2.network-acls-close-admin-ports"
    }

    async fn create(&self, world: &World, _: &str) -> Result<String, Fault> {
        let acl = world.ec2.create_network_acl().vpc_id(vpc(world).await?).send().await?;
        let acl = acl.network_acl().and_then(|acl| acl.network_acl_id()).ok_or("no ACL id")?;
        Self::put(world, acl, 90, 443, "0.0.0.0/0").await?;
        Ok(acl.to_owned())
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, 100, 22, "0.0.0.0/0").await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::has(world, id, 100, "0.0.0.0/0").await
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        let entries = Self::inbound(world, id).await?;
        let told = |entry: &NetworkAclEntry| format!("{entry:?}");
        Ok(json!(entries.iter().map(told).collect::<Vec<_>>()))
    }

    fn sample(&self) -> &'static str {
        "create-network-acl-entry.json"
    }

    fn sample_id(&self) -> &'static str {
        "acl-0a1b2c3d4e5f60718"
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::put(world, id, 120, 8443, "0.0.0.0/0").await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::has(world, id, 120, "0.0.0.0/0").await
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, 100, 22, "203.0.113.0/24").await
    }
}

/// `ec2.instances-require-imdsv2`
pub struct InstanceMetadata;

impl InstanceMetadata {
    async fn set(world: &World, id: &str, tokens: HttpTokensState) -> Result<(), Fault> {
        let call = world.ec2.modify_instance_metadata_options().instance_id(id);
        call.http_tokens(tokens).send().await?;
        Ok(())
    }

    async fn tokens(world: &World, id: &str) -> Result<String, Fault> {
        let answer = world.ec2.describe_instances().instance_ids(id).send().await?;
        let mut instances = answer.reservations().iter().flat_map(|one| one.instances());
        let options = instances.next().and_then(|one| one.metadata_options());
        let tokens = options.and_then(|options| options.http_tokens()).ok_or("no tokens")?;
        Ok(tokens.as_str().to_owned())
    }
}

#[async_trait]
impl Life for InstanceMetadata {
    fn control(&self) -> &'static str {
        "ec2.instances-require-imdsv2"
    }

    async fn create(&self, world: &World, _: &str) -> Result<String, Fault> {
        // An image that is none: the emulators start no machine from it.
        let call = world.ec2.run_instances().image_id("ami-0a1b2c3d4e5f60718");
        let answer = call.min_count(1).max_count(1).send().await?;
        let instance = answer.instances().first().and_then(|one| one.instance_id());
        let id = instance.ok_or("no instance id")?.to_owned();
        Self::set(world, &id, HttpTokensState::Required).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::set(world, id, HttpTokensState::Optional).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(Self::tokens(world, id).await? == "optional")
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(Self::tokens(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "modify-instance-metadata-options.json"
    }

    fn sample_id(&self) -> &'static str {
        "i-0a1b2c3d4e5f60718"
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        self.violate(world, id).await
    }
}

/// `ec2.transit-gateways-accept-nothing-unasked`
pub struct TransitGateway;

impl TransitGateway {
    async fn accepts(world: &World, id: &str) -> Result<bool, Fault> {
        let call = world.ec2.describe_transit_gateways().transit_gateway_ids(id);
        let answer = call.send().await?;
        let options = answer.transit_gateways().first().and_then(|one| one.options());
        let value = options.and_then(|options| options.auto_accept_shared_attachments());
        Ok(value == Some(&AutoAcceptSharedAttachmentsValue::Enable))
    }
}

#[async_trait]
impl Life for TransitGateway {
    fn control(&self) -> &'static str {
        "ec2.transit-gateways-accept-nothing-unasked"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let answer = world.ec2.create_transit_gateway().description(name).send().await?;
        let id = answer.transit_gateway().and_then(|gateway| gateway.transit_gateway_id());
        Ok(id.ok_or("no transit gateway id")?.to_owned())
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        let options = ModifyTransitGatewayOptions::builder()
            .auto_accept_shared_attachments(AutoAcceptSharedAttachmentsValue::Enable);
        let call = world.ec2.modify_transit_gateway().transit_gateway_id(id);
        call.options(options.build()).send().await?;
        Ok(())
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::accepts(world, id).await
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(Self::accepts(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "modify-transit-gateway.json"
    }

    fn sample_id(&self) -> &'static str {
        "tgw-0a1b2c3d4e5f60718"
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        self.violate(world, id).await
    }
}
