//! Whom the account's owner knows: with whom things may be shared, and who may do everything.

use serde::{Deserialize, Serialize};

/// Accounts and organizations that things may be shared with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Known {
    /// Ids of accounts. The account itself is always known.
    pub accounts: Vec<String>,
    /// Ids of organizations (`o-a1b2c3d4e5`).
    pub organizations: Vec<String>,
    /// Names of other accounts' buckets: what names a bucket often does not say whose it is.
    pub buckets: Vec<String>,
}

impl Known {
    /// Whether an account, by its id, is known.
    #[must_use]
    pub fn has_account(&self, id: &str) -> bool {
        self.accounts.iter().any(|known| known == id)
    }

    /// Whether an organization, by its id, is known.
    #[must_use]
    pub fn has_organization(&self, id: &str) -> bool {
        self.organizations.iter().any(|known| known == id)
    }

    /// Whether another account's bucket, by its name, is known.
    #[must_use]
    pub fn has_bucket(&self, name: &str) -> bool {
        self.buckets.iter().any(|known| known == name)
    }

    pub(super) fn fault(&self) -> Option<String> {
        if let Some(name) = self.buckets.iter().find(|name| name.contains([':', '/', '*'])) {
            return Some(format!("`buckets` has `{name}`: give a bucket's name, and no ARN"));
        }
        if let Some(id) = self.accounts.iter().find(|id| !is_account(id)) {
            return Some(format!("`accounts` has `{id}`: an account's id is twelve digits"));
        }
        let id = self.organizations.iter().find(|id| !id.starts_with("o-"))?;
        Some(format!("`organizations` has `{id}`: an organization's id starts with `o-`"))
    }
}

/// Whether a text is an account's id.
#[must_use]
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Users, roles and groups, by name, that may do everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Administrators {
    /// Names of users.
    pub users: Vec<String>,
    /// Names of roles.
    pub roles: Vec<String>,
    /// Names of groups.
    pub groups: Vec<String>,
}

impl Administrators {
    pub(super) fn fault(&self) -> Option<String> {
        let mut names = self.users.iter().chain(&self.roles).chain(&self.groups);
        let name = names.find(|name| name.contains(['*', '?', '/', ':']))?;
        Some(format!("`{name}` is no name: give names in full, without path and account"))
    }
}
