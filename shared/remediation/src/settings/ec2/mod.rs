//! Settings of EC2 and VPC.

pub mod ebs_encryption;
pub mod instance_metadata;
pub mod metadata_defaults;
pub mod network_acl_entries;
pub mod network_use;
pub mod security_group_name;
pub mod security_group_rules;
pub mod serial_console;
pub mod sharing;
pub mod sharing_block;
pub mod subnet_addresses;
pub mod traffic_mirror_sessions;
pub mod transit_gateway_acceptance;
pub mod vpc_flow_logs;

use demarc_classification::kinds;

use crate::setting::{Call, Effect, Scope, SettingMeta, Trigger};

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
