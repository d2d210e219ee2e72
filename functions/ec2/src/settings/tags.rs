//! Tags of EC2's resources, which one call reads whatever the kind: read only.

use aws_sdk_ec2::Client;
use demarc_harness::{
    AnySetting, BoxFuture, Error, Observed, failed,
    remediation::{
        classification::Resource,
        element::Elements,
        setting::SettingMeta,
        settings::tags::{TAGS, Tags as State},
        state::State as _,
    },
};

use super::filter;

/// The tags of one kind of resource.
pub(crate) struct Tags {
    ec2: Client,
    meta: &'static SettingMeta,
}

impl Tags {
    /// Of each kind whose tags a scope of the configuration may ask for.
    pub(crate) fn of_each_kind(ec2: &Client) -> impl Iterator<Item = Self> {
        let own = TAGS.iter().filter(|meta| meta.function == "ec2");
        own.map(|meta| Self { ec2: ec2.clone(), meta })
    }
}

impl AnySetting for Tags {
    fn meta(&self) -> &'static SettingMeta {
        self.meta
    }

    /// A resource has 50 tags at most, which is one page ("Tag your Amazon EC2 resources"). One that
    /// is not there has none: whether it is, its own setting tells.
    fn read<'a>(
        &'a self,
        resource: &'a Resource,
    ) -> BoxFuture<'a, Result<Option<Observed<Elements>>, Error>> {
        Box::pin(async move {
            let answer = self
                .ec2
                .describe_tags()
                .filters(filter("resource-id", &resource.id))
                .send()
                .await
                .map_err(failed("ec2:DescribeTags", &resource.id))?;
            let tags = answer.tags().iter().filter_map(|tag| Some((tag.key()?, tag.value()?)));
            let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
            Ok(Some(Observed::of(State(tags).elements())))
        })
    }
}
