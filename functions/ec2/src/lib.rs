//! Reading and writing the settings of Amazon EC2 and VPC.
#![forbid(unsafe_code)]

mod settings;

use aws_sdk_ec2::Client;
use demarc_harness::{Environment, Function, Sdk, failed};

use settings::{
    EbsEncryption, INBOUND, ImageBlock, ImageSharing, InstanceMetadata, MetadataDefaults,
    NetworkAclEntries, NetworkAclUse, OUTBOUND, SecurityGroupName, SecurityGroupRules,
    SecurityGroupUse, SerialConsole, SnapshotBlock, SnapshotSharing, SubnetAddresses, SubnetUse,
    Tags, TrafficMirrorSessions, TransitGatewayAcceptance, VpcFlowLogs,
};

/// The function: its settings, bound to their client.
pub async fn function(sdk: Sdk, _: Environment) -> Function {
    let config =
        aws_sdk_ec2::config::Builder::from(&sdk.config).interceptor(sdk.calls.clone()).build();
    let ec2 = Client::from_conf(config);
    let warm = ec2.clone();
    let function = Function::new("ec2", move || {
        let ec2 = warm.clone();
        Box::pin(async move {
            let page = ec2.describe_vpcs().max_results(5).send().await;
            page.map(|_| ()).map_err(failed("ec2:DescribeVpcs", "the account"))
        })
    })
    .bind(SecurityGroupRules::<INBOUND>(ec2.clone()))
    .bind(SecurityGroupRules::<OUTBOUND>(ec2.clone()))
    .bind(SecurityGroupName(ec2.clone()))
    .bind(SecurityGroupUse(ec2.clone()))
    .bind(NetworkAclEntries(ec2.clone()))
    .bind(NetworkAclUse(ec2.clone()))
    .bind(InstanceMetadata(ec2.clone()))
    .bind(TrafficMirrorSessions(ec2.clone()))
    .bind(TransitGatewayAcceptance(ec2.clone()))
    .bind(VpcFlowLogs(ec2.clone()))
    .bind(SubnetAddresses(ec2.clone()))
    .bind(SubnetUse(ec2.clone()))
    .bind(SnapshotSharing(ec2.clone()))
    .bind(ImageSharing(ec2.clone()))
    .bind(EbsEncryption(ec2.clone()))
    .bind(SnapshotBlock(ec2.clone()))
    .bind(ImageBlock(ec2.clone()))
    .bind(SerialConsole(ec2.clone()))
    .bind(MetadataDefaults(ec2.clone()));
    Tags::of_each_kind(&ec2).fold(function, Function::bind)
}
