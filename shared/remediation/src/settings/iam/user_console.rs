//! Whether a user may sign in to the console, and what bounds it.
//!
//! Source: IAM API Reference, `LoginProfile`, `User`; AWS Managed Policy Reference Guide,
//! `AWSDenyAll`.

use demarc_classification::Change;
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, SettingMeta},
    state::{State, StateError, fields, from_fields},
};

use super::{OF_USERS, USER, boundaries::USER_BOUNDARY, changes, on_users};

/// Whoever changes its own password does not say whose.
pub(super) const OF_PROFILE: &[&[&str]] =
    &[&["requestParameters", "userName"], &["responseElements", "loginProfile", "userName"]];

/// `iam.user-console`.
pub static USER_CONSOLE: SettingMeta = SettingMeta {
    id: "iam.user-console",
    reads: &[
        Call { operation: "iam:GetUser", permissions: &[on_users("iam:GetUser")] },
        Call { operation: "iam:GetLoginProfile", permissions: &[on_users("iam:GetLoginProfile")] },
    ],
    closes: USER_BOUNDARY.closes,
    reopens: USER_BOUNDARY.reopens,
    triggers: &[
        changes("CreateLoginProfile", OF_PROFILE),
        changes("PutUserPermissionsBoundary", USER),
        changes("DeleteUserPermissionsBoundary", USER),
    ],
    baseline: true,
    ..OF_USERS
};

/// A user's way into the console.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Console {
    /// Whether it has a password (a login profile).
    pub password: bool,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
}

impl Console {
    /// Whether the boundary lets the user do nothing at all.
    #[must_use]
    pub fn is_contained(&self) -> bool {
        self.boundary.as_deref().is_some_and(denies_all)
    }
}

/// Whether it is AWS's policy that denies everything.
pub(crate) fn denies_all(arn: &str) -> bool {
    arn.ends_with(":iam::aws:policy/AWSDenyAll")
}

impl State for Console {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        let said = change.texts(&["requestParameters", "permissionsBoundary"]);
        match change.name.as_str() {
            "CreateLoginProfile" => self.password,
            _ => self.boundary.as_ref() == said.first(),
        }
    }
}
