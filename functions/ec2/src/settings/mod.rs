//! Reading and writing each setting.

mod ebs_encryption;
mod image_sharing;
mod region;
mod security_group_ingress;
mod security_group_use;
mod snapshot_sharing;
mod subnet_addresses;
mod subnet_use;
mod tags;
mod vpc_flow_logs;

use aws_sdk_ec2::{Client, types::Filter};
use demarc_harness::{Error, failed};

pub(crate) use ebs_encryption::EbsEncryption;
pub(crate) use image_sharing::ImageSharing;
pub(crate) use region::{ImageBlock, MetadataDefaults, SerialConsole, SnapshotBlock};
pub(crate) use security_group_ingress::SecurityGroupIngress;
pub(crate) use security_group_use::SecurityGroupUse;
pub(crate) use snapshot_sharing::SnapshotSharing;
pub(crate) use subnet_addresses::SubnetAddresses;
pub(crate) use subnet_use::SubnetUse;
pub(crate) use tags::Tags;
pub(crate) use vpc_flow_logs::VpcFlowLogs;

const PAGE: i32 = 100;

/// Enough to tell "none" from "some", and to say how many.
const SOME: i32 = 50;

fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

/// How many network interfaces pass a filter; of many, as many as the first page holds.
async fn network_interfaces(ec2: &Client, name: &str, value: &str) -> Result<u64, Error> {
    let answer = ec2
        .describe_network_interfaces()
        .filters(filter(name, value))
        .max_results(SOME)
        .send()
        .await
        .map_err(failed("ec2:DescribeNetworkInterfaces", value))?;
    Ok(u64::try_from(answer.network_interfaces().len()).unwrap_or(u64::MAX))
}
