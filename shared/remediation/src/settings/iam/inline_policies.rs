//! The policies that stand in a user, a role or a group itself.
//!
//! Source: IAM API Reference, `ListUserPolicies`, `GetUserPolicy`, and the same of roles and
//! groups.

use std::collections::BTreeMap;

use demarc_classification::Change;
use serde_json::Value;

use crate::{
    element::Elements,
    policy::allows_everything,
    setting::{Call, SettingMeta},
    state::{State, StateError},
};

use super::{
    GROUP, OF_GROUPS, OF_ROLES, OF_USERS, ROLE, USER, changes, on_groups, on_roles, on_users,
};

/// `iam.user-inline-policies`.
pub static USER_INLINE_POLICIES: SettingMeta = SettingMeta {
    id: "iam.user-inline-policies",
    reads: &[
        Call {
            operation: "iam:ListUserPolicies",
            permissions: &[on_users("iam:ListUserPolicies")],
        },
        Call { operation: "iam:GetUserPolicy", permissions: &[on_users("iam:GetUserPolicy")] },
    ],
    closes: &[Call {
        operation: "iam:DeleteUserPolicy",
        permissions: &[on_users("iam:DeleteUserPolicy")],
    }],
    reopens: &[Call {
        operation: "iam:PutUserPolicy",
        permissions: &[on_users("iam:PutUserPolicy")],
    }],
    triggers: &[changes("PutUserPolicy", USER), changes("DeleteUserPolicy", USER)],
    ..OF_USERS
};

/// `iam.role-inline-policies`.
pub static ROLE_INLINE_POLICIES: SettingMeta = SettingMeta {
    id: "iam.role-inline-policies",
    reads: &[
        Call {
            operation: "iam:ListRolePolicies",
            permissions: &[on_roles("iam:ListRolePolicies")],
        },
        Call { operation: "iam:GetRolePolicy", permissions: &[on_roles("iam:GetRolePolicy")] },
    ],
    closes: &[Call {
        operation: "iam:DeleteRolePolicy",
        permissions: &[on_roles("iam:DeleteRolePolicy")],
    }],
    reopens: &[Call {
        operation: "iam:PutRolePolicy",
        permissions: &[on_roles("iam:PutRolePolicy")],
    }],
    triggers: &[changes("PutRolePolicy", ROLE), changes("DeleteRolePolicy", ROLE)],
    ..OF_ROLES
};

/// `iam.group-inline-policies`.
pub static GROUP_INLINE_POLICIES: SettingMeta = SettingMeta {
    id: "iam.group-inline-policies",
    reads: &[
        Call {
            operation: "iam:ListGroupPolicies",
            permissions: &[on_groups("iam:ListGroupPolicies")],
        },
        Call { operation: "iam:GetGroupPolicy", permissions: &[on_groups("iam:GetGroupPolicy")] },
    ],
    closes: &[Call {
        operation: "iam:DeleteGroupPolicy",
        permissions: &[on_groups("iam:DeleteGroupPolicy")],
    }],
    reopens: &[Call {
        operation: "iam:PutGroupPolicy",
        permissions: &[on_groups("iam:PutGroupPolicy")],
    }],
    triggers: &[changes("PutGroupPolicy", GROUP), changes("DeleteGroupPolicy", GROUP)],
    ..OF_GROUPS
};

/// Documents by the policies' names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InlinePolicies(pub BTreeMap<String, Value>);

impl InlinePolicies {
    /// Names of those that allow everything on everything.
    pub fn full_access(&self) -> impl Iterator<Item = &str> {
        let full = self.0.iter().filter(|(_, document)| allows_everything(document));
        full.map(|(name, _)| name.as_str())
    }

    /// Those that do not.
    #[must_use]
    pub fn limited(&self) -> Self {
        let limited = self.0.iter().filter(|(_, document)| !allows_everything(document));
        Self(limited.map(|(name, document)| (name.clone(), document.clone())).collect())
    }
}

impl State for InlinePolicies {
    fn elements(&self) -> Elements {
        self.0.iter().map(|(name, document)| (name.clone(), document.clone())).collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        Ok(Self(elements.iter().map(|e| (e.id.clone(), e.value.clone())).collect()))
    }

    fn shows(&self, change: &Change) -> bool {
        let said = change.texts(&["requestParameters", "policyName"]);
        said.iter().all(|name| self.0.contains_key(name) == change.name.starts_with("Put"))
    }
}
