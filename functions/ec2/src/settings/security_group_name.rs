//! `ec2.security-group-name`: read only.

use aws_sdk_ec2::{Client, types::SecurityGroup};
use demarc_harness::{
    Error, Found, Observed, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::security_group_name::{SECURITY_GROUP_NAME, SecurityGroupName as State},
    },
};

use super::security_group_rules::GONE;

/// What a security group is called.
pub(crate) struct SecurityGroupName(pub Client);

impl Setting for SecurityGroupName {
    type State = State;
    const META: &'static SettingMeta = &SECURITY_GROUP_NAME;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let call = self.0.describe_security_groups().group_ids(&resource.id);
        let answer = call.send().await.map_err(failed("ec2:DescribeSecurityGroups", &resource.id));
        let Found::Here(answer) = Found::sort(answer, &[], GONE)? else { return Ok(None) };
        let name = answer.security_groups().first().and_then(SecurityGroup::group_name);
        Ok(name.map(|name| Observed::of(State { name: name.to_owned() })))
    }
}
