//! Whether a subnet gives new network interfaces a public address.
//!
//! Source: Amazon EC2 API Reference, `Subnet` and `ModifySubnetAttribute`.

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Effect, Scope, SettingMeta, Trigger, allow},
    state::{State, StateError, fields, from_fields},
};

/// `ec2.subnet-addresses`.
pub static SUBNET_ADDRESSES: SettingMeta = SettingMeta {
    id: "ec2.subnet-addresses",
    function: "ec2",
    resource: kinds::SUBNET,
    scope: Scope::Resource,
    reads: DESCRIBE_SUBNETS,
    lists: DESCRIBE_SUBNETS,
    closes: &[Call {
        operation: "ec2:ModifySubnetAttribute",
        permissions: &[allow(
            "ec2:ModifySubnetAttribute",
            "arn:${Partition}:ec2:${Region}:${Account}:subnet/*",
        )],
    }],
    reopens: &[],
    triggers: &[
        Trigger {
            source: "ec2.amazonaws.com",
            event: "ModifySubnetAttribute",
            names: &[&["requestParameters", "subnetId"]],
            effect: Effect::Changes,
        },
        created_subnet("CreateSubnet"),
        created_subnet("CreateDefaultSubnet"),
    ],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 0,
};

const DESCRIBE_SUBNETS: &[Call] =
    &[Call { operation: "ec2:DescribeSubnets", permissions: &[allow("ec2:DescribeSubnets", "*")] }];

const fn created_subnet(event: &'static str) -> Trigger {
    Trigger {
        source: "ec2.amazonaws.com",
        event,
        names: &[&["responseElements", "subnet", "subnetId"]],
        effect: Effect::Creates,
    }
}

/// What a subnet gives new network interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubnetAddresses {
    /// `MapPublicIpOnLaunch`: a public IPv4 address.
    pub map_public_ip_on_launch: bool,
}

impl State for SubnetAddresses {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        let said = change.texts(&["requestParameters", "mapPublicIpOnLaunch", "value"]);
        said.first().is_none_or(|said| *said == self.map_public_ip_on_launch.to_string())
    }
}
