//! `ec2.security-group-use`: read only.

use aws_sdk_ec2::Client;
use demarc_harness::{
    Error, Observed, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::security_group_use::{SECURITY_GROUP_USE, SecurityGroupUse as State},
    },
};

use super::filter;

/// Enough to tell "none" from "some", and to say how many.
const SOME: i32 = 50;

/// How much a security group is used.
pub(crate) struct SecurityGroupUse(pub Client);

impl Setting for SecurityGroupUse {
    type State = State;
    const META: &'static SettingMeta = &SECURITY_GROUP_USE;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let answer = self
            .0
            .describe_network_interfaces()
            .filters(filter("group-id", &resource.id))
            .max_results(SOME)
            .send()
            .await
            .map_err(failed("ec2:DescribeNetworkInterfaces", &resource.id))?;
        let count = u64::try_from(answer.network_interfaces().len()).unwrap_or(u64::MAX);
        Ok(Some(Observed::of(State { network_interfaces: count })))
    }
}
