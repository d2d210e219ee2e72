//! `ec2.security-group-use`: read only.

use aws_sdk_ec2::Client;
use demarc_harness::{
    Error, Observed, Setting,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::security_group_use::{SECURITY_GROUP_USE, SecurityGroupUse as State},
    },
};

use super::network_interfaces;

/// How much a security group is used.
pub(crate) struct SecurityGroupUse(pub Client);

impl Setting for SecurityGroupUse {
    type State = State;
    const META: &'static SettingMeta = &SECURITY_GROUP_USE;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let network_interfaces = network_interfaces(&self.0, "group-id", &resource.id).await?;
        Ok(Some(Observed::of(State { network_interfaces })))
    }
}
