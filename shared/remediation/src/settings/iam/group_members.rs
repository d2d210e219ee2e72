//! Who is in a group. Context only.
//!
//! Source: IAM API Reference, `GetGroup`.

use std::collections::BTreeSet;

use serde_json::json;

use crate::{
    element::Elements,
    setting::{Call, SettingMeta},
    state::{State, StateError},
    verdict::Evidence,
};

use super::{OF_GROUPS, on_groups};

/// `iam.group-members`.
pub static GROUP_MEMBERS: SettingMeta = SettingMeta {
    id: "iam.group-members",
    reads: &[Call { operation: "iam:GetGroup", permissions: &[on_groups("iam:GetGroup")] }],
    lists: &[],
    applies_within_seconds: 0,
    ..OF_GROUPS
};

/// Names of the users in a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupMembers(pub BTreeSet<String>);

impl GroupMembers {
    /// What they tell of the use of what the group may do.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        match self.0.len() {
            0 => Evidence::Unused("the group has no member".to_owned()),
            1 => Evidence::Used("the group has a member".to_owned()),
            many => Evidence::Used(format!("the group has {many} members")),
        }
    }
}

impl State for GroupMembers {
    fn elements(&self) -> Elements {
        self.0.iter().map(|name| (name.clone(), json!(true))).collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        Ok(Self(elements.iter().map(|element| element.id.clone()).collect()))
    }
}
