//! `ec2.subnet-addresses`

use aws_sdk_ec2::{
    Client,
    types::{AttributeBooleanValue, Subnet},
};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::subnet_addresses::{SUBNET_ADDRESSES, SubnetAddresses as State},
    },
};

use super::PAGE;

const GONE: &[&str] = &["InvalidSubnetID.NotFound", "InvalidSubnetId.Malformed"];

/// What a subnet gives new network interfaces.
pub(crate) struct SubnetAddresses(pub Client);

impl Setting for SubnetAddresses {
    type State = State;
    const META: &'static SettingMeta = &SUBNET_ADDRESSES;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        let answer = self
            .0
            .describe_subnets()
            .max_results(PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(failed("ec2:DescribeSubnets", "the account"))?;
        let ids = answer.subnets().iter().filter_map(Subnet::subnet_id);
        Ok(Page {
            ids: ids.map(str::to_owned).collect(),
            next: answer.next_token().map(str::to_owned),
        })
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let answer = self
            .0
            .describe_subnets()
            .subnet_ids(&resource.id)
            .send()
            .await
            .map_err(failed("ec2:DescribeSubnets", &resource.id));
        let Found::Here(answer) = Found::sort(answer, &[], GONE)? else { return Ok(None) };
        // One that another account shares is that account's to change.
        let is_own = |subnet: &&Subnet| subnet.owner_id() == Some(resource.account.as_str());
        let subnet = answer.subnets().iter().find(is_own);
        let state = subnet.map(|subnet| State {
            map_public_ip_on_launch: subnet.map_public_ip_on_launch().unwrap_or_default(),
        });
        Ok(state.map(Observed::of))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<State>,
        to: &State,
    ) -> Result<(), Error> {
        let value = AttributeBooleanValue::builder().value(to.map_public_ip_on_launch).build();
        self.0
            .modify_subnet_attribute()
            .subnet_id(&resource.id)
            .map_public_ip_on_launch(value)
            .send()
            .await
            .map_err(failed("ec2:ModifySubnetAttribute", &resource.id))?;
        Ok(())
    }
}
