//! What IAM asks of the passwords of the account's users.
//!
//! Source: IAM API Reference, `PasswordPolicy`, `UpdateAccountPasswordPolicy`.

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Scope, SettingMeta, allow},
    state::{State, StateError, fields, from_fields},
};

use super::{IAM, changes};

/// `iam.account-password-policy`.
pub static PASSWORD_POLICY: SettingMeta = SettingMeta {
    id: "iam.account-password-policy",
    resource: kinds::ACCOUNT,
    scope: Scope::Account,
    reads: &[Call {
        operation: "iam:GetAccountPasswordPolicy",
        permissions: &[allow("iam:GetAccountPasswordPolicy", "*")],
    }],
    closes: &[Call {
        operation: "iam:UpdateAccountPasswordPolicy",
        permissions: &[allow("iam:UpdateAccountPasswordPolicy", "*")],
    }],
    reopens: &[Call {
        operation: "iam:DeleteAccountPasswordPolicy",
        permissions: &[allow("iam:DeleteAccountPasswordPolicy", "*")],
    }],
    triggers: &[
        changes("UpdateAccountPasswordPolicy", &[]),
        changes("DeleteAccountPasswordPolicy", &[]),
    ],
    ..IAM
};

/// The policy; the absent one has no field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct PasswordPolicy {
    /// Characters that a password has at least.
    pub minimum_password_length: Option<i32>,
    /// Whether it has a symbol.
    pub require_symbols: Option<bool>,
    /// Whether it has a number.
    pub require_numbers: Option<bool>,
    /// Whether it has an upper-case letter.
    pub require_uppercase_characters: Option<bool>,
    /// Whether it has a lower-case letter.
    pub require_lowercase_characters: Option<bool>,
    /// Whether users may change their own.
    pub allow_users_to_change_password: Option<bool>,
    /// Days until it expires; none where it never does.
    pub max_password_age: Option<i32>,
    /// How many former ones are not taken again.
    pub password_reuse_prevention: Option<i32>,
    /// That whoever let it expire needs an administrator; none where that is not so.
    pub hard_expiry: Option<bool>,
}

impl State for PasswordPolicy {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        if change.name == "DeleteAccountPasswordPolicy" || *self == Self::default() {
            return (change.name == "DeleteAccountPasswordPolicy") == (*self == Self::default());
        }
        let said = |name: &str| change.texts(&["requestParameters", name]).into_iter().next();
        let is_flag = |name: &str, value: Option<bool>| {
            value.unwrap_or_default() == (said(name).as_deref() == Some("true"))
        };
        let length = self.minimum_password_length.map(|length| length.to_string());
        let is_length = said("minimumPasswordLength").is_none_or(|said| length == Some(said));
        is_length
            && is_flag("requireSymbols", self.require_symbols)
            && is_flag("requireNumbers", self.require_numbers)
            && is_flag("requireUppercaseCharacters", self.require_uppercase_characters)
            && is_flag("requireLowercaseCharacters", self.require_lowercase_characters)
    }
}
