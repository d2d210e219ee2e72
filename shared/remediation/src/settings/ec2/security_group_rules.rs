//! The inbound and the outbound rules of a security group.
//!
//! Source: Amazon EC2 API Reference, `SecurityGroupRule`; Amazon VPC User Guide, "Security group
//! rules".

use std::collections::BTreeMap;

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    element::{Element, Elements},
    setting::{Call, Effect, Scope, SettingMeta, Trigger, allow},
    state::{State, StateError},
};

mod event;

/// IAM User Guide, "Amazon EC2: Allows managing EC2 security groups ...": only
/// `ModifySecurityGroupRules` needs `security-group-rule/*` besides the group.
const GROUPS: &str = "arn:${Partition}:ec2:${Region}:${Account}:security-group/*";

/// Any account: AWS-managed lists belong to `aws`, shared ones to another account.
const PREFIX_LISTS: &str = "arn:${Partition}:ec2:${Region}:*:prefix-list/*";

/// `ec2.security-group-ingress`.
pub static SECURITY_GROUP_INGRESS: SettingMeta = SettingMeta {
    id: "ec2.security-group-ingress",
    closes: &[Call {
        operation: "ec2:RevokeSecurityGroupIngress",
        permissions: &[allow("ec2:RevokeSecurityGroupIngress", GROUPS)],
    }],
    // Without the tags of the rule, which would take `ec2:CreateTags`.
    reopens: &[Call {
        operation: "ec2:AuthorizeSecurityGroupIngress",
        permissions: &[allow("ec2:AuthorizeSecurityGroupIngress", GROUPS)],
    }],
    triggers: &[
        authorized("AuthorizeSecurityGroupIngress"),
        Trigger {
            source: "ec2.amazonaws.com",
            event: "ModifySecurityGroupRules",
            names: &[
                &["responseElements", "securityGroupRuleSet", "items", "groupId"],
                &["requestParameters", "ModifySecurityGroupRulesRequest", "GroupId"],
            ],
            effect: Effect::Changes,
        },
        Trigger {
            source: "ec2.amazonaws.com",
            event: "CreateSecurityGroup",
            names: &[&["responseElements", "groupId"]],
            effect: Effect::Creates,
        },
    ],
    ..RULES
};

/// `ec2.security-group-egress`. A rule that is modified was there before: only new ones are looked at.
pub static SECURITY_GROUP_EGRESS: SettingMeta = SettingMeta {
    id: "ec2.security-group-egress",
    closes: &[Call {
        operation: "ec2:RevokeSecurityGroupEgress",
        permissions: &[allow("ec2:RevokeSecurityGroupEgress", GROUPS)],
    }],
    reopens: &[Call {
        operation: "ec2:AuthorizeSecurityGroupEgress",
        permissions: &[allow("ec2:AuthorizeSecurityGroupEgress", GROUPS)],
    }],
    triggers: &[authorized("AuthorizeSecurityGroupEgress")],
    ..RULES
};

const RULES: SettingMeta = SettingMeta {
    id: "",
    function: "ec2",
    resource: kinds::SECURITY_GROUP,
    scope: Scope::Resource,
    reads: &[
        Call {
            operation: "ec2:DescribeSecurityGroupRules",
            permissions: &[allow("ec2:DescribeSecurityGroupRules", "*")],
        },
        Call {
            operation: "ec2:GetManagedPrefixListEntries",
            permissions: &[allow("ec2:GetManagedPrefixListEntries", PREFIX_LISTS)],
        },
    ],
    lists: DESCRIBE_GROUPS,
    closes: &[],
    reopens: &[],
    triggers: &[],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 0,
};

pub(super) const DESCRIBE_GROUPS: &[Call] = &[Call {
    operation: "ec2:DescribeSecurityGroups",
    permissions: &[allow("ec2:DescribeSecurityGroups", "*")],
}];

const fn authorized(event: &'static str) -> Trigger {
    Trigger {
        source: "ec2.amazonaws.com",
        event,
        names: &[
            &["responseElements", "securityGroupRuleSet", "items", "groupId"],
            &["requestParameters", "groupId"],
        ],
        effect: Effect::Changes,
    }
}

/// Where an inbound rule lets traffic in from, an outbound one out to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// An IPv4 range.
    Cidr4(String),
    /// An IPv6 range.
    Cidr6(String),
    /// A prefix list, by its id.
    PrefixList(String),
    /// Another security group.
    Group {
        /// Its id.
        id: String,
        /// Its owner, where that is another account.
        account: Option<String>,
    },
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cidr4(text) | Self::Cidr6(text) | Self::PrefixList(text) => f.write_str(text),
            Self::Group { id, account: Some(account) } => write!(f, "{account}/{id}"),
            Self::Group { id, account: None } => f.write_str(id),
        }
    }
}

/// One rule. The id that EC2 gives it and its tags are not part of it: both are new when
/// it is made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, `all`, or another protocol's number.
    pub protocol: String,
    /// First port, or ICMP type; -1 for all.
    pub from: i32,
    /// Last port, or ICMP code; -1 for all.
    pub to: i32,
    /// From where, or to where.
    pub source: Source,
    /// The rule's own description.
    pub description: Option<String>,
}

impl Rule {
    /// A rule in its normal form, from what EC2 says of it.
    #[must_use]
    pub fn new(
        protocol: &str,
        ports: (Option<i32>, Option<i32>),
        source: Source,
        description: Option<String>,
    ) -> Self {
        let protocol = match protocol.to_ascii_lowercase().as_str() {
            "-1" | "all" => "all".to_owned(),
            "1" => "icmp".to_owned(),
            "6" => "tcp".to_owned(),
            "17" => "udp".to_owned(),
            "58" => "icmpv6".to_owned(),
            other => other.to_owned(),
        };
        let has_ports = matches!(protocol.as_str(), "tcp" | "udp" | "icmp" | "icmpv6");
        let (from, to) = if has_ports { ports } else { (None, None) };
        let description = description.filter(|text| !text.is_empty());
        Self { protocol, from: from.unwrap_or(-1), to: to.unwrap_or(-1), source, description }
    }

    /// What EC2 tells rules apart by: `tcp 22-22 0.0.0.0/0`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{} {}-{} {}", self.protocol, self.from, self.to, self.source)
    }

    /// Whether the rule lets this protocol in on this port.
    #[must_use]
    pub fn opens(&self, protocol: &str, port: u16) -> bool {
        let port = i32::from(port);
        let ports = self.from == -1 || (self.from <= port && port <= self.to);
        self.protocol == "all" || (self.protocol == protocol && ports)
    }

    /// Whether the rule opens these ports at most, each with its protocol.
    #[must_use]
    pub fn opens_only(&self, ports: &[(&str, u16)]) -> bool {
        let among = |p: i32| {
            ports.iter().any(|(protocol, port)| *protocol == self.protocol && i32::from(*port) == p)
        };
        self.from >= 0 && (self.from..=self.to).all(among)
    }

    /// What the rule opens, in words.
    #[must_use]
    pub fn opened(&self) -> String {
        match (self.protocol.as_str(), self.from) {
            ("all", _) => "every protocol and port".to_owned(),
            (protocol, -1) => format!("every {protocol} port"),
            (protocol, from) => format!("{protocol} ports {from} to {}", self.to),
        }
    }
}

/// The rules of a security group in one direction, ordered by their ids.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    rules: BTreeMap<String, Rule>,
    /// The entries of every prefix list that a rule names; `None` where they could not be read.
    /// They are elements of their own, because they change without the rule.
    pub prefix_lists: BTreeMap<String, Option<Vec<String>>>,
}

const PREFIX_LIST: &str = "prefix-list ";

impl Rules {
    /// The state that has these rules.
    pub fn of(rules: impl IntoIterator<Item = Rule>) -> Self {
        let rules = rules.into_iter().map(|rule| (rule.id(), rule)).collect();
        Self { rules, prefix_lists: BTreeMap::new() }
    }

    /// The rules, ordered by their ids.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values()
    }

    /// The same state without the rules that `goes` names.
    #[must_use]
    pub fn without(&self, goes: impl Fn(&Rule) -> bool) -> Self {
        let mut state = self.clone();
        state.rules.retain(|_, rule| !goes(rule));
        state
    }

    /// The ranges that a rule lets in; `None` where its prefix list could not be read. A group
    /// has none.
    #[must_use]
    pub fn ranges<'a>(&'a self, rule: &'a Rule) -> Option<Vec<&'a str>> {
        match &rule.source {
            Source::Cidr4(range) | Source::Cidr6(range) => Some(vec![range]),
            Source::Group { .. } => Some(Vec::new()),
            Source::PrefixList(id) => {
                let entries = self.prefix_lists.get(id)?.as_ref()?;
                Some(entries.iter().map(String::as_str).collect())
            }
        }
    }

    fn take(&mut self, element: &Element) -> Result<(), StateError> {
        let wrong = |e: serde_json::Error| StateError::new(e.to_string());
        let value = element.value.clone();
        if let Some(list) = element.id.strip_prefix(PREFIX_LIST) {
            let entries = serde_json::from_value(value).map_err(wrong)?;
            self.prefix_lists.insert(list.to_owned(), entries);
        } else {
            let rule: Rule = serde_json::from_value(value).map_err(wrong)?;
            self.rules.insert(rule.id(), rule);
        }
        Ok(())
    }
}

impl State for Rules {
    fn elements(&self) -> Elements {
        let rules = self.rules.iter().map(|(id, rule)| (id.clone(), json!(rule)));
        let lists = self.prefix_lists.iter();
        let lists = lists.map(|(id, entries)| (format!("{PREFIX_LIST}{id}"), json!(entries)));
        rules.chain(lists).collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        let mut state = Self::default();
        for element in elements.iter() {
            state.take(element)?;
        }
        Ok(state)
    }

    fn shows(&self, change: &Change) -> bool {
        let said = match change.name.as_str() {
            "AuthorizeSecurityGroupIngress" | "AuthorizeSecurityGroupEgress" => {
                event::authorized(change)
            }
            "ModifySecurityGroupRules" => event::modified(change),
            _ => Vec::new(),
        };
        said.iter().all(|id| self.rules.contains_key(id))
    }
}

/// A member whose name is written in either capitalisation.
fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let members = value.as_object()?;
    members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
