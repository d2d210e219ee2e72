//! The permissions boundary of a user or a role.
//!
//! Source: IAM User Guide, "Permissions boundaries for IAM entities"; IAM API Reference,
//! `PutUserPermissionsBoundary`, `PutRolePermissionsBoundary`.

use demarc_classification::Change;
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, SettingMeta},
    state::{State, StateError, fields, from_fields},
};

use super::{OF_ROLES, OF_USERS, ROLE, USER, changes, on_roles, on_users};

/// `iam.user-boundary`.
pub static USER_BOUNDARY: SettingMeta = SettingMeta {
    id: "iam.user-boundary",
    reads: &[Call { operation: "iam:GetUser", permissions: &[on_users("iam:GetUser")] }],
    closes: &[Call {
        operation: "iam:PutUserPermissionsBoundary",
        permissions: &[on_users("iam:PutUserPermissionsBoundary")],
    }],
    reopens: &[Call {
        operation: "iam:DeleteUserPermissionsBoundary",
        permissions: &[on_users("iam:DeleteUserPermissionsBoundary")],
    }],
    triggers: &[
        changes("DeleteUserPermissionsBoundary", USER),
        changes("PutUserPermissionsBoundary", USER),
    ],
    baseline: true,
    ..OF_USERS
};

/// `iam.role-boundary`.
pub static ROLE_BOUNDARY: SettingMeta = SettingMeta {
    id: "iam.role-boundary",
    reads: &[Call { operation: "iam:GetRole", permissions: &[on_roles("iam:GetRole")] }],
    closes: &[Call {
        operation: "iam:PutRolePermissionsBoundary",
        permissions: &[on_roles("iam:PutRolePermissionsBoundary")],
    }],
    reopens: &[Call {
        operation: "iam:DeleteRolePermissionsBoundary",
        permissions: &[on_roles("iam:DeleteRolePermissionsBoundary")],
    }],
    triggers: &[
        changes("DeleteRolePermissionsBoundary", ROLE),
        changes("PutRolePermissionsBoundary", ROLE),
    ],
    baseline: true,
    ..OF_ROLES
};

/// A permissions boundary.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Boundary {
    /// The ARN of the managed policy beyond which nothing is allowed.
    pub policy: Option<String>,
}

impl Boundary {
    /// The policy, where it bounds anything: AWS's administrator policy does not.
    #[must_use]
    pub fn bounds(&self) -> Option<&str> {
        self.policy.as_deref().filter(|arn| !arn.ends_with(":iam::aws:policy/AdministratorAccess"))
    }
}

impl State for Boundary {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        let said = change.texts(&["requestParameters", "permissionsBoundary"]);
        self.policy.as_ref() == said.first()
    }
}
