//! `rds.instance-tags`: read only.

use aws_sdk_rds::Client;
use demarc_harness::{
    Error, Found, Observed, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::tags::{INSTANCE_TAGS, Tags},
    },
};

use crate::instance_public_access::GONE;

/// An instance's tags.
pub(crate) struct InstanceTags(pub Client);

impl Setting for InstanceTags {
    type State = Tags;
    const META: &'static SettingMeta = &INSTANCE_TAGS;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Tags>>, Error> {
        let Resource { region, account, id, .. } = resource;
        let arn = format!("arn:{}:rds:{region}:{account}:db:{id}", resource.partition());
        let answer = self
            .0
            .list_tags_for_resource()
            .resource_name(arn)
            .send()
            .await
            .map_err(failed("rds:ListTagsForResource", id));
        let tags = Found::sort(answer, &[], GONE)?.map(|answer| {
            let tags = answer.tag_list().iter();
            let tags = tags.filter_map(|tag| Some((tag.key()?, tag.value().unwrap_or_default())));
            Tags(tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
        });
        Ok(tags.or(Tags::default).map(Observed::of))
    }
}
