//! `ec2.security-group-tags` and `ec2.vpc-tags`: read only.

use aws_sdk_ec2::Client;
use demarc_harness::{
    Error, Observed, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::tags::{SECURITY_GROUP_TAGS, Tags, VPC_TAGS},
    },
};

use super::filter;

/// A security group's tags.
pub(crate) struct SecurityGroupTags(pub Client);

/// A VPC's tags.
pub(crate) struct VpcTags(pub Client);

impl Setting for SecurityGroupTags {
    type State = Tags;
    const META: &'static SettingMeta = &SECURITY_GROUP_TAGS;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Tags>>, Error> {
        tags(&self.0, resource).await
    }
}

impl Setting for VpcTags {
    type State = Tags;
    const META: &'static SettingMeta = &VPC_TAGS;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Tags>>, Error> {
        tags(&self.0, resource).await
    }
}

/// A resource has 50 tags at most, which is one page ("Tag your Amazon EC2 resources"). One that is
/// not there has none: whether it is, its own setting tells.
async fn tags(ec2: &Client, resource: &Resource) -> Result<Option<Observed<Tags>>, Error> {
    let answer = ec2
        .describe_tags()
        .filters(filter("resource-id", &resource.id))
        .send()
        .await
        .map_err(failed("ec2:DescribeTags", &resource.id))?;
    let tags = answer.tags().iter().filter_map(|tag| Some((tag.key()?, tag.value()?)));
    let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    Ok(Some(Observed::of(Tags(tags))))
}
