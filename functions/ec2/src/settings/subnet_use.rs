//! `ec2.subnet-use`: read only.

use aws_sdk_ec2::Client;
use demarc_harness::{
    Error, Observed, Setting,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::subnet_use::{SUBNET_USE, SubnetUse as State},
    },
};

use super::network_interfaces;

/// How much a subnet is used.
pub(crate) struct SubnetUse(pub Client);

impl Setting for SubnetUse {
    type State = State;
    const META: &'static SettingMeta = &SUBNET_USE;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let network_interfaces = network_interfaces(&self.0, "subnet-id", &resource.id).await?;
        Ok(Some(Observed::of(State { network_interfaces })))
    }
}
