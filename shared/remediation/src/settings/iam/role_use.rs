//! Where a role stands, and when it was used last. Context only.
//!
//! Source: IAM API Reference, `Role`, `RoleLastUsed`.

use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, SettingMeta},
    state::{State, StateError, fields, from_fields},
    verdict::Evidence,
};

use super::{OF_ROLES, on_roles};

/// `iam.role-use`.
pub static ROLE_USE: SettingMeta = SettingMeta {
    id: "iam.role-use",
    reads: &[Call { operation: "iam:GetRole", permissions: &[on_roles("iam:GetRole")] }],
    lists: &[],
    applies_within_seconds: 0,
    ..OF_ROLES
};

/// A role's path and last use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct RoleUse {
    /// The path, with a slash at both ends.
    pub path: String,
    /// When it was used last, as far as IAM kept it (400 days).
    pub last_used: Option<String>,
}

impl RoleUse {
    /// Whether IAM Identity Center keeps the role: only it can change it.
    #[must_use]
    pub fn is_identity_centers(&self) -> bool {
        self.path.starts_with("/aws-reserved/sso.amazonaws.com/")
    }

    /// What the last use tells of the use of what the role may do. IAM tells it up to four hours
    /// later (IAM User Guide, "Refine permissions using last accessed information"), so that none
    /// is no sign that nobody does.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        match &self.last_used {
            Some(at) => Evidence::Used(format!("the role was used last at {at}")),
            None => Evidence::NoneAvailable,
        }
    }
}

impl State for RoleUse {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }
}
