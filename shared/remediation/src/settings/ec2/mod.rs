//! Settings of EC2 and VPC.

pub mod ebs_encryption;
pub mod image_block;
pub mod image_sharing;
pub mod metadata_defaults;
pub mod security_group_ingress;
pub mod security_group_use;
pub mod serial_console;
pub mod snapshot_block;
pub mod snapshot_sharing;
pub mod subnet_addresses;
pub mod subnet_use;
pub mod vpc_flow_logs;

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Effect, Scope, SettingMeta, Trigger, allow},
    state::{State, StateError, fields, from_fields},
};

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

/// A setting of the whole region; what was good before makes it safe to put back.
const fn region(
    id: &'static str,
    reads: &'static [Call],
    closes: &'static [Call],
    reopens: &'static [Call],
    triggers: &'static [Trigger],
) -> SettingMeta {
    SettingMeta {
        id,
        function: "ec2",
        resource: kinds::ACCOUNT,
        scope: Scope::Region,
        reads,
        lists: &[],
        closes,
        reopens,
        triggers,
        undone_after: &[],
        baseline: true,
        applies_within_seconds: 0,
    }
}

/// What a region lets be shared with everybody, of snapshots or of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sharing {
    /// Whatever its owner says.
    Unblocked,
    /// What is public stays public; nothing more becomes so.
    BlockNewSharing,
    /// Nothing, whatever its owner has said.
    BlockAllSharing,
}

/// A region's block of public sharing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharingBlock {
    /// What may be shared.
    pub state: Sharing,
    /// Whether the organization's declarative policy sets it: then the account cannot.
    pub managed_by_policy: bool,
}

impl State for SharingBlock {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        (self.state == Sharing::Unblocked) == change.name.starts_with("Disable")
    }
}
