//! How much a security group is used now. Context only: nothing of it is ever written from here.
//!
//! Source: Amazon EC2 API Reference, `DescribeNetworkInterfaces`, filter `group-id`.

use demarc_classification::kinds;
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Scope, SettingMeta},
    state::{State, StateError, fields, from_fields},
    verdict::Evidence,
};

use super::DESCRIBE_NETWORK_INTERFACES;

/// `ec2.security-group-use`.
pub static SECURITY_GROUP_USE: SettingMeta = SettingMeta {
    id: "ec2.security-group-use",
    function: "ec2",
    resource: kinds::SECURITY_GROUP,
    scope: Scope::Resource,
    reads: DESCRIBE_NETWORK_INTERFACES,
    lists: &[],
    closes: &[],
    reopens: &[],
    triggers: &[],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 0,
};

/// How much a security group is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityGroupUse {
    /// Network interfaces that have the group; of many, as many as the first page holds.
    pub network_interfaces: u64,
}

impl SecurityGroupUse {
    /// What it says of whether somebody uses the group's rules.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        match self.network_interfaces {
            0 => Evidence::Unused("no network interface has the group".to_owned()),
            1 => Evidence::Used("a network interface has the group".to_owned()),
            many => Evidence::Used(format!("{many} network interfaces have the group")),
        }
    }
}

impl State for SecurityGroupUse {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }
}
