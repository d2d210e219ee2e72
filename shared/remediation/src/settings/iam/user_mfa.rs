//! Whether a user that may sign in to the console needs MFA for what it does there.
//!
//! Source: IAM API Reference, `ListMFADevices`, `LoginProfile`; IAM User Guide, "AWS global condition
//! context keys", `aws:MultiFactorAuthPresent`.

use demarc_classification::Change;
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Permission, SettingMeta},
    state::{State, StateError, fields, from_fields},
};

use super::{OF_USERS, USER, changes, on_users, user_console::OF_PROFILE};

/// The stack's policy that denies everything but enrolment to whoever signed in without MFA.
pub const POLICY: &str = "arn:${Partition}:iam::${Account}:policy${RolePath}${Stack}-require-mfa";

/// Attaching this one policy, which takes from a user more than it gives.
const ATTACH: Permission = Permission {
    condition: Some(("StringEquals", "iam:PolicyARN", POLICY)),
    ..on_users("iam:AttachUserPolicy")
};

/// `iam.user-mfa`.
pub static USER_MFA: SettingMeta = SettingMeta {
    id: "iam.user-mfa",
    reads: &[
        Call { operation: "iam:ListMFADevices", permissions: &[on_users("iam:ListMFADevices")] },
        Call { operation: "iam:GetLoginProfile", permissions: &[on_users("iam:GetLoginProfile")] },
        Call {
            operation: "iam:ListAttachedUserPolicies",
            permissions: &[on_users("iam:ListAttachedUserPolicies")],
        },
    ],
    closes: &[Call { operation: "iam:AttachUserPolicy", permissions: &[ATTACH] }],
    reopens: &[Call {
        operation: "iam:DetachUserPolicy",
        permissions: &[on_users("iam:DetachUserPolicy")],
    }],
    triggers: &[
        changes("CreateLoginProfile", OF_PROFILE),
        changes("DeactivateMFADevice", USER),
        changes("AttachUserPolicy", USER),
        changes("DetachUserPolicy", USER),
    ],
    ..OF_USERS
};

/// A user's second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mfa {
    /// Whether the user has a console password (a login profile).
    pub password: bool,
    /// Whether it has an MFA device.
    pub device: bool,
    /// Whether the stack's policy is attached to it.
    pub required: bool,
}

impl State for Mfa {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        match change.name.as_str() {
            "CreateLoginProfile" => self.password,
            _ => true,
        }
    }
}
