//! The inbound entries of a network ACL, and how much it is used.
//!
//! Source: Amazon EC2 API Reference, `NetworkAclEntry`; Amazon VPC User Guide, "Network ACL rules".

use std::collections::BTreeMap;

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::security_group_rules::Rule;
use crate::{
    element::Elements,
    setting::{Call, Effect, Scope, SettingMeta, Trigger, allow},
    state::{State, StateError, fields, from_fields},
};

const ACLS: &str = "arn:${Partition}:ec2:${Region}:${Account}:network-acl/*";

/// `ec2.network-acl-entries`.
pub static NETWORK_ACL_ENTRIES: SettingMeta = SettingMeta {
    id: "ec2.network-acl-entries",
    lists: DESCRIBE,
    closes: &[Call {
        operation: "ec2:DeleteNetworkAclEntry",
        permissions: &[allow("ec2:DeleteNetworkAclEntry", ACLS)],
    }],
    reopens: &[Call {
        operation: "ec2:CreateNetworkAclEntry",
        permissions: &[allow("ec2:CreateNetworkAclEntry", ACLS)],
    }],
    triggers: &[
        changed("CreateNetworkAclEntry"),
        changed("ReplaceNetworkAclEntry"),
        changed("DeleteNetworkAclEntry"),
    ],
    ..NETWORK_ACL_USE
};

/// `ec2.network-acl-use`. Context only.
pub static NETWORK_ACL_USE: SettingMeta = SettingMeta {
    id: "ec2.network-acl-use",
    function: "ec2",
    resource: kinds::NETWORK_ACL,
    scope: Scope::Resource,
    reads: DESCRIBE,
    lists: &[],
    closes: &[],
    reopens: &[],
    triggers: &[],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 0,
};

const DESCRIBE: &[Call] = &[Call {
    operation: "ec2:DescribeNetworkAcls",
    permissions: &[allow("ec2:DescribeNetworkAcls", "*")],
}];

const fn changed(event: &'static str) -> Trigger {
    Trigger {
        source: "ec2.amazonaws.com",
        event,
        names: &[&["requestParameters", "networkAclId"]],
        effect: Effect::Changes,
    }
}

/// What an entry does with the traffic that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It lets it through.
    Allow,
    /// It stops it.
    Deny,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it does.
    pub action: Action,
    /// With which traffic; the source is a range.
    pub traffic: Rule,
}

/// The inbound entries of a network ACL by their numbers: the lowest that is about a packet decides.
/// The last one, which denies everything else and cannot be changed, is not among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkAclEntries(pub BTreeMap<i32, Entry>);

impl State for NetworkAclEntries {
    fn elements(&self) -> Elements {
        self.0.iter().map(|(number, entry)| (number.to_string(), json!(entry))).collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        let entry = |(id, value): (&str, &serde_json::Value)| {
            let number = id.parse().map_err(|_| StateError::new(format!("no number: `{id}`")))?;
            let entry = serde_json::from_value(value.clone());
            Ok((number, entry.map_err(|e| StateError::new(e.to_string()))?))
        };
        elements.iter().map(|e| entry((&e.id, &e.value))).collect::<Result<_, _>>().map(Self)
    }

    fn shows(&self, change: &Change) -> bool {
        let is_outbound = change.texts(&["requestParameters", "egress"]) == ["true"];
        let said = change.texts(&["requestParameters", "ruleNumber"]);
        let numbers = said.iter().filter_map(|number| number.parse().ok());
        let is_there = change.name != "DeleteNetworkAclEntry";
        is_outbound || numbers.into_iter().all(|n: i32| self.0.contains_key(&n) == is_there)
    }
}

/// How much a network ACL is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkAclUse {
    /// Whether it is its VPC's default, which every new subnet gets.
    pub is_default: bool,
    /// Subnets that have it.
    pub subnets: u64,
}

impl State for NetworkAclUse {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }
}
