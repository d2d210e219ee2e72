//! Settings of EC2 and VPC.

pub mod ebs_encryption;
pub mod security_group_ingress;
pub mod security_group_use;
pub mod snapshot_sharing;
pub mod subnet_addresses;
pub mod subnet_use;
pub mod vpc_flow_logs;

use crate::setting::{Call, Effect, Trigger, allow};

const DESCRIBE_SUBNETS: &[Call] =
    &[Call { operation: "ec2:DescribeSubnets", permissions: &[allow("ec2:DescribeSubnets", "*")] }];

const DESCRIBE_NETWORK_INTERFACES: &[Call] = &[Call {
    operation: "ec2:DescribeNetworkInterfaces",
    permissions: &[allow("ec2:DescribeNetworkInterfaces", "*")],
}];

const fn created_subnet(event: &'static str) -> Trigger {
    Trigger {
        source: "ec2.amazonaws.com",
        event,
        names: &[&["responseElements", "subnet", "subnetId"]],
        effect: Effect::Creates,
    }
}

/// An event about a setting of the whole region.
const fn of_region(event: &'static str) -> Trigger {
    Trigger { source: "ec2.amazonaws.com", event, names: &[], effect: Effect::Changes }
}
