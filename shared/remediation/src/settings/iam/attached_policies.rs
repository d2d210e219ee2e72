//! Which managed policies a user, a role or a group has.
//!
//! Source: IAM API Reference, `ListAttachedUserPolicies`, `ListAttachedRolePolicies`,
//! `ListAttachedGroupPolicies`.

use std::collections::BTreeSet;

use demarc_classification::Change;
use serde_json::json;

use crate::{
    element::Elements,
    setting::{Call, SettingMeta},
    state::{State, StateError},
};

use super::{
    GROUP, OF_GROUPS, OF_ROLES, OF_USERS, ROLE, USER, changes, on_groups, on_roles, on_users,
};

/// `iam.user-policies`.
pub static USER_POLICIES: SettingMeta = SettingMeta {
    id: "iam.user-policies",
    reads: &[Call {
        operation: "iam:ListAttachedUserPolicies",
        permissions: &[on_users("iam:ListAttachedUserPolicies")],
    }],
    closes: &[Call {
        operation: "iam:DetachUserPolicy",
        permissions: &[on_users("iam:DetachUserPolicy")],
    }],
    reopens: &[Call {
        operation: "iam:AttachUserPolicy",
        permissions: &[on_users("iam:AttachUserPolicy")],
    }],
    triggers: &[changes("AttachUserPolicy", USER), changes("DetachUserPolicy", USER)],
    ..OF_USERS
};

/// `iam.role-policies`.
pub static ROLE_POLICIES: SettingMeta = SettingMeta {
    id: "iam.role-policies",
    reads: &[Call {
        operation: "iam:ListAttachedRolePolicies",
        permissions: &[on_roles("iam:ListAttachedRolePolicies")],
    }],
    closes: &[Call {
        operation: "iam:DetachRolePolicy",
        permissions: &[on_roles("iam:DetachRolePolicy")],
    }],
    reopens: &[Call {
        operation: "iam:AttachRolePolicy",
        permissions: &[on_roles("iam:AttachRolePolicy")],
    }],
    triggers: &[changes("AttachRolePolicy", ROLE), changes("DetachRolePolicy", ROLE)],
    ..OF_ROLES
};

/// `iam.group-policies`.
pub static GROUP_POLICIES: SettingMeta = SettingMeta {
    id: "iam.group-policies",
    reads: &[Call {
        operation: "iam:ListAttachedGroupPolicies",
        permissions: &[on_groups("iam:ListAttachedGroupPolicies")],
    }],
    closes: &[Call {
        operation: "iam:DetachGroupPolicy",
        permissions: &[on_groups("iam:DetachGroupPolicy")],
    }],
    reopens: &[Call {
        operation: "iam:AttachGroupPolicy",
        permissions: &[on_groups("iam:AttachGroupPolicy")],
    }],
    triggers: &[changes("AttachGroupPolicy", GROUP), changes("DetachGroupPolicy", GROUP)],
    ..OF_GROUPS
};

/// ARNs of the managed policies that are attached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttachedPolicies(pub BTreeSet<String>);

impl AttachedPolicies {
    /// Whether AWS's own policy for administrators is among them.
    #[must_use]
    pub fn administrator(&self) -> Option<&str> {
        let is_it = |arn: &&String| arn.ends_with(":iam::aws:policy/AdministratorAccess");
        self.0.iter().find(is_it).map(String::as_str)
    }

    /// The others.
    #[must_use]
    pub fn without(&self, arn: &str) -> Self {
        Self(self.0.iter().filter(|policy| *policy != arn).cloned().collect())
    }
}

impl State for AttachedPolicies {
    fn elements(&self) -> Elements {
        self.0.iter().map(|arn| (arn.clone(), json!(true))).collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        Ok(Self(elements.iter().map(|element| element.id.clone()).collect()))
    }

    fn shows(&self, change: &Change) -> bool {
        let said = change.texts(&["requestParameters", "policyArn"]);
        said.iter().all(|arn| self.0.contains(arn) == change.name.starts_with("Attach"))
    }
}
