//! `iam.user-tags`, `iam.role-tags`, `iam.managed-policy-tags`: read only.

use aws_sdk_iam::{Client, types::Tag};
use demarc_harness::{
    Error, Found, Observed, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::tags::{MANAGED_POLICY_TAGS, ROLE_TAGS, Tags, USER_TAGS},
    },
};

use super::{NO_SUCH_ENTITY, arn};

/// A user's tags.
pub(crate) struct UserTags(pub Client);

impl Setting for UserTags {
    type State = Tags;
    const META: &'static SettingMeta = &USER_TAGS;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Tags>>, Error> {
        let answer = self.0.list_user_tags().user_name(&resource.id).send().await;
        let answer = answer.map_err(failed("iam:ListUserTags", &resource.id));
        Ok(of(Found::sort(answer, &[], NO_SUCH_ENTITY)?.map(|answer| answer.tags)))
    }
}

/// A role's tags.
pub(crate) struct RoleTags(pub Client);

impl Setting for RoleTags {
    type State = Tags;
    const META: &'static SettingMeta = &ROLE_TAGS;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Tags>>, Error> {
        let answer = self.0.list_role_tags().role_name(&resource.id).send().await;
        let answer = answer.map_err(failed("iam:ListRoleTags", &resource.id));
        Ok(of(Found::sort(answer, &[], NO_SUCH_ENTITY)?.map(|answer| answer.tags)))
    }
}

/// A managed policy's tags.
pub(crate) struct PolicyTags(pub Client);

impl Setting for PolicyTags {
    type State = Tags;
    const META: &'static SettingMeta = &MANAGED_POLICY_TAGS;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Tags>>, Error> {
        let answer = self.0.list_policy_tags().policy_arn(arn(resource)?).send().await;
        let answer = answer.map_err(failed("iam:ListPolicyTags", &resource.id));
        Ok(of(Found::sort(answer, &[], NO_SUCH_ENTITY)?.map(|answer| answer.tags)))
    }
}

fn of(tags: Found<Vec<Tag>>) -> Option<Observed<Tags>> {
    let tags = tags.map(|tags| {
        let each = tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned()));
        Tags(each.collect())
    });
    tags.or(Tags::default).map(Observed::of)
}
