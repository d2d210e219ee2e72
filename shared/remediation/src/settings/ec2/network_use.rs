//! How much a security group or a subnet is used now. Context only: nothing of it is ever written from
//! here.
//!
//! Source: Amazon EC2 API Reference, `DescribeNetworkInterfaces`, filters `group-id` and `subnet-id`.

use demarc_classification::kinds;
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Scope, SettingMeta, allow},
    state::{State, StateError, fields, from_fields},
    verdict::Evidence,
};

/// `ec2.security-group-use`.
pub static SECURITY_GROUP_USE: SettingMeta = of("ec2.security-group-use", kinds::SECURITY_GROUP);

/// `ec2.subnet-use`.
pub static SUBNET_USE: SettingMeta = of("ec2.subnet-use", kinds::SUBNET);

const READS: &[Call] = &[Call {
    operation: "ec2:DescribeNetworkInterfaces",
    permissions: &[allow("ec2:DescribeNetworkInterfaces", "*")],
}];

const fn of(id: &'static str, resource: &'static str) -> SettingMeta {
    SettingMeta {
        id,
        function: "ec2",
        resource,
        scope: Scope::Resource,
        reads: READS,
        lists: &[],
        closes: &[],
        reopens: &[],
        triggers: &[],
        undone_after: &[],
        baseline: false,
        applies_within_seconds: 0,
    }
}

/// How much something of a network is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkUse {
    /// Network interfaces that have the group or are in the subnet; of many, as many as the first
    /// page holds.
    pub network_interfaces: u64,
}

impl NetworkUse {
    /// What it says of whether something is used: `has the group` of one network interface, `have the
    /// group` of many.
    #[must_use]
    pub fn evidence(&self, one: &str, many: &str) -> Evidence {
        match self.network_interfaces {
            0 => Evidence::Unused(format!("no network interface {one}")),
            1 => Evidence::Used(format!("a network interface {one}")),
            count => Evidence::Used(format!("{count} network interfaces {many}")),
        }
    }
}

impl State for NetworkUse {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }
}
