//! `ec2.security-group-ingress` and `ec2.security-group-egress`: rules are revoked by their ids, so
//! that a rule that somebody else grants at the same moment is not touched.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{
    Client,
    types::{IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroupRule, UserIdGroupPair},
};
use demarc_harness::{
    Error, Found, Handle, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::security_group_rules::{
            Rule, Rules, SECURITY_GROUP_EGRESS, SECURITY_GROUP_INGRESS, Source,
        },
    },
};
use futures_util::future::try_join_all;

use super::{PAGE, filter};

pub(super) const GONE: &[&str] = &["InvalidGroup.NotFound", "InvalidGroupId.Malformed"];

/// Rules that let in.
pub(crate) const INBOUND: bool = false;

/// Rules that let out.
pub(crate) const OUTBOUND: bool = true;

/// The rules of a security group in one direction.
pub(crate) struct SecurityGroupRules<const DIRECTION: bool>(pub Client);

impl<const DIRECTION: bool> Setting for SecurityGroupRules<DIRECTION> {
    type State = Rules;
    const META: &'static SettingMeta =
        if DIRECTION == OUTBOUND { &SECURITY_GROUP_EGRESS } else { &SECURITY_GROUP_INGRESS };

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        let answer = self
            .0
            .describe_security_groups()
            .max_results(PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(failed("ec2:DescribeSecurityGroups", "the account"))?;
        let ids = answer.security_groups().iter();
        Ok(Page {
            ids: ids.filter_map(|group| group.group_id().map(str::to_owned)).collect(),
            next: answer.next_token().map(str::to_owned),
        })
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Rules>>, Error> {
        let found = Found::sort(self.rules(resource).await, &[], GONE)?;
        let Found::Here(rules) = found else { return Ok(None) };
        let mut handle = Handle::new();
        let mut normal = Vec::new();
        for rule in rules.iter().filter(|rule| rule.is_egress().unwrap_or_default() == DIRECTION) {
            let (Some(id), Some(rule)) = (rule.security_group_rule_id(), normal_form(rule)) else {
                continue;
            };
            handle.insert(rule.id(), id.to_owned());
            normal.push(rule);
        }
        let mut state = Rules::of(normal);
        state.prefix_lists = self.prefix_lists(&state).await?;
        Ok(Some(Observed { state, handle, busy: None }))
    }

    async fn write(
        &self,
        resource: &Resource,
        from: &Observed<Rules>,
        to: &Rules,
    ) -> Result<(), Error> {
        let before: BTreeMap<String, &Rule> = from.state.rules().map(|r| (r.id(), r)).collect();
        let after: BTreeMap<String, &Rule> = to.rules().map(|r| (r.id(), r)).collect();
        let going: Vec<&String> = before.keys().filter(|id| !after.contains_key(*id)).collect();
        let coming: Vec<&Rule> =
            after.iter().filter(|(id, _)| !before.contains_key(*id)).map(|(_, r)| *r).collect();
        if !going.is_empty() {
            self.revoke(resource, &from.handle, &going).await?;
        }
        if !coming.is_empty() {
            self.authorize(resource, &coming).await?;
        }
        Ok(())
    }
}

impl<const DIRECTION: bool> SecurityGroupRules<DIRECTION> {
    async fn rules(&self, resource: &Resource) -> Result<Vec<SecurityGroupRule>, Error> {
        let mut rules = Vec::new();
        let mut token = None;
        loop {
            let page = self
                .0
                .describe_security_group_rules()
                .filters(filter("group-id", &resource.id))
                .max_results(1_000)
                .set_next_token(token)
                .send()
                .await
                .map_err(failed("ec2:DescribeSecurityGroupRules", &resource.id))?;
            token = page.next_token().map(str::to_owned);
            rules.extend(page.security_group_rules.unwrap_or_default());
            if token.is_none() {
                return Ok(rules);
            }
        }
    }

    /// The entries of every prefix list that a rule names. One that the account may not read is
    /// noted as unread; the control then says that it cannot judge the rule.
    async fn prefix_lists(
        &self,
        state: &Rules,
    ) -> Result<BTreeMap<String, Option<Vec<String>>>, Error> {
        let ids: BTreeSet<&str> = state
            .rules()
            .filter_map(|rule| match &rule.source {
                Source::PrefixList(id) => Some(id.as_str()),
                _ => None,
            })
            .collect();
        let lists = try_join_all(ids.into_iter().map(|id| self.prefix_list(id))).await?;
        Ok(lists.into_iter().collect())
    }

    async fn prefix_list(&self, id: &str) -> Result<(String, Option<Vec<String>>), Error> {
        let mut entries = Vec::new();
        let mut token = None;
        loop {
            let page = self
                .0
                .get_managed_prefix_list_entries()
                .prefix_list_id(id)
                .set_next_token(token)
                .send()
                .await
                .map_err(failed("ec2:GetManagedPrefixListEntries", id));
            let unread = ["UnauthorizedOperation", "InvalidPrefixListID.NotFound"];
            let Found::Here(page) = Found::sort(page, &unread, &[])? else {
                return Ok((id.to_owned(), None));
            };
            token = page.next_token().map(str::to_owned);
            let cidrs = page.entries().iter().filter_map(|e| e.cidr().map(str::to_owned));
            entries.extend(cidrs);
            if token.is_none() {
                return Ok((id.to_owned(), Some(entries)));
            }
        }
    }

    async fn revoke(
        &self,
        resource: &Resource,
        handle: &Handle,
        going: &[&String],
    ) -> Result<(), Error> {
        let ids: Vec<String> = going.iter().filter_map(|id| handle.get(*id).cloned()).collect();
        if DIRECTION == OUTBOUND {
            let call = self.0.revoke_security_group_egress().group_id(&resource.id);
            let answer = call.set_security_group_rule_ids(Some(ids)).send().await;
            answer.map_err(failed("ec2:RevokeSecurityGroupEgress", &resource.id))?;
        } else {
            let call = self.0.revoke_security_group_ingress().group_id(&resource.id);
            let answer = call.set_security_group_rule_ids(Some(ids)).send().await;
            answer.map_err(failed("ec2:RevokeSecurityGroupIngress", &resource.id))?;
        }
        Ok(())
    }

    async fn authorize(&self, resource: &Resource, coming: &[&Rule]) -> Result<(), Error> {
        let rules = Some(coming.iter().map(|rule| permission(rule)).collect());
        if DIRECTION == OUTBOUND {
            let call = self.0.authorize_security_group_egress().group_id(&resource.id);
            let answer = call.set_ip_permissions(rules).send().await;
            answer.map_err(failed("ec2:AuthorizeSecurityGroupEgress", &resource.id))?;
        } else {
            let call = self.0.authorize_security_group_ingress().group_id(&resource.id);
            let answer = call.set_ip_permissions(rules).send().await;
            answer.map_err(failed("ec2:AuthorizeSecurityGroupIngress", &resource.id))?;
        }
        Ok(())
    }
}

fn normal_form(rule: &SecurityGroupRule) -> Option<Rule> {
    let source = if let Some(cidr) = rule.cidr_ipv4() {
        Source::Cidr4(cidr.to_owned())
    } else if let Some(cidr) = rule.cidr_ipv6() {
        Source::Cidr6(cidr.to_owned())
    } else if let Some(list) = rule.prefix_list_id() {
        Source::PrefixList(list.to_owned())
    } else {
        let group = rule.referenced_group_info()?;
        let foreign = group.user_id().filter(|user| Some(*user) != rule.group_owner_id());
        Source::Group { id: group.group_id()?.to_owned(), account: foreign.map(str::to_owned) }
    };
    let ports = (rule.from_port(), rule.to_port());
    Some(Rule::new(rule.ip_protocol()?, ports, source, rule.description().map(str::to_owned)))
}

fn permission(rule: &Rule) -> IpPermission {
    let protocol = if rule.protocol == "all" { "-1" } else { rule.protocol.as_str() };
    let about = rule.description.clone();
    let permission = IpPermission::builder()
        .ip_protocol(protocol)
        .set_from_port((protocol != "-1").then_some(rule.from))
        .set_to_port((protocol != "-1").then_some(rule.to));
    match &rule.source {
        Source::Cidr4(cidr) => {
            permission.ip_ranges(IpRange::builder().cidr_ip(cidr).set_description(about).build())
        }
        Source::Cidr6(cidr) => permission
            .ipv6_ranges(Ipv6Range::builder().cidr_ipv6(cidr).set_description(about).build()),
        Source::PrefixList(id) => permission.prefix_list_ids(
            PrefixListId::builder().prefix_list_id(id).set_description(about).build(),
        ),
        Source::Group { id, account } => permission.user_id_group_pairs(
            UserIdGroupPair::builder()
                .group_id(id)
                .set_user_id(account.clone())
                .set_description(about)
                .build(),
        ),
    }
    .build()
}
