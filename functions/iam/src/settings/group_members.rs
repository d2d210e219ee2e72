//! `iam.group-members`: read only.

use std::collections::BTreeSet;

use aws_sdk_iam::Client;
use demarc_harness::{
    Error, Found, Observed, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::iam::group_members::{GROUP_MEMBERS, GroupMembers as State},
    },
};

use super::{NO_SUCH_ENTITY, PAGE};

/// Who is in a group.
pub(crate) struct GroupMembers(pub Client);

impl Setting for GroupMembers {
    type State = State;
    const META: &'static SettingMeta = &GROUP_MEMBERS;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let mut members = BTreeSet::new();
        let mut marker = None;
        loop {
            let call = self.0.get_group().group_name(&resource.id).max_items(PAGE);
            let answer = call.set_marker(marker).send().await;
            let answer = answer.map_err(failed("iam:GetGroup", &resource.id));
            let Found::Here(answer) = Found::sort(answer, &[], NO_SUCH_ENTITY)? else {
                return Ok(None);
            };
            members.extend(answer.users().iter().map(|user| user.user_name().to_owned()));
            marker = answer.marker().map(str::to_owned);
            if marker.is_none() {
                return Ok(Some(Observed::of(State(members))));
            }
        }
    }
}
