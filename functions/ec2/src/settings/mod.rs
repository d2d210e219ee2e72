//! Reading and writing each setting.

mod image_sharing;
mod instance_metadata;
mod network_acl;
mod network_use;
mod region;
mod security_group_name;
mod security_group_rules;
mod snapshot_sharing;
mod subnet_addresses;
mod tags;
mod traffic_mirror_sessions;
mod transit_gateway_acceptance;
mod vpc_flow_logs;

use aws_sdk_ec2::types::Filter;

pub(crate) use image_sharing::ImageSharing;
pub(crate) use instance_metadata::InstanceMetadata;
pub(crate) use network_acl::{NetworkAclEntries, NetworkAclUse};
pub(crate) use network_use::{SecurityGroupUse, SubnetUse};
pub(crate) use region::{
    EbsEncryption, ImageBlock, MetadataDefaults, SerialConsole, SnapshotBlock,
};
pub(crate) use security_group_name::SecurityGroupName;
pub(crate) use security_group_rules::{INBOUND, OUTBOUND, SecurityGroupRules};
pub(crate) use snapshot_sharing::SnapshotSharing;
pub(crate) use subnet_addresses::SubnetAddresses;
pub(crate) use tags::Tags;
pub(crate) use traffic_mirror_sessions::TrafficMirrorSessions;
pub(crate) use transit_gateway_acceptance::TransitGatewayAcceptance;
pub(crate) use vpc_flow_logs::VpcFlowLogs;

const PAGE: i32 = 100;

fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}
