//! `ec2.security-group-use` and `ec2.subnet-use`: read only.

use aws_sdk_ec2::Client;
use demarc_harness::{
    Error, Observed, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::network_use::{NetworkUse, SECURITY_GROUP_USE, SUBNET_USE},
    },
};

use super::filter;

/// Enough to tell "none" from "some", and to say how many.
const SOME: i32 = 50;

/// How much a security group is used.
pub(crate) struct SecurityGroupUse(pub Client);

/// How much a subnet is used.
pub(crate) struct SubnetUse(pub Client);

impl Setting for SecurityGroupUse {
    type State = NetworkUse;
    const META: &'static SettingMeta = &SECURITY_GROUP_USE;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<NetworkUse>>, Error> {
        used(&self.0, "group-id", &resource.id).await
    }
}

impl Setting for SubnetUse {
    type State = NetworkUse;
    const META: &'static SettingMeta = &SUBNET_USE;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<NetworkUse>>, Error> {
        used(&self.0, "subnet-id", &resource.id).await
    }
}

async fn used(
    ec2: &Client,
    name: &str,
    value: &str,
) -> Result<Option<Observed<NetworkUse>>, Error> {
    let answer = ec2
        .describe_network_interfaces()
        .filters(filter(name, value))
        .max_results(SOME)
        .send()
        .await
        .map_err(failed("ec2:DescribeNetworkInterfaces", value))?;
    let count = u64::try_from(answer.network_interfaces().len()).unwrap_or(u64::MAX);
    Ok(Some(Observed::of(NetworkUse { network_interfaces: count })))
}
