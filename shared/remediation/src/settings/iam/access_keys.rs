//! A user's access keys.
//!
//! Source: IAM API Reference, `AccessKeyMetadata`, `UpdateAccessKey`.

use std::collections::BTreeMap;

use demarc_classification::Change;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    element::Elements,
    setting::{Call, SettingMeta},
    state::{State, StateError},
};

use super::{OF_USERS, changes, on_users};

/// Whoever makes a key for itself does not say for whom.
const OF_KEY: &[&[&str]] =
    &[&["requestParameters", "userName"], &["responseElements", "accessKey", "userName"]];

/// `iam.user-access-keys`.
pub static USER_ACCESS_KEYS: SettingMeta = SettingMeta {
    id: "iam.user-access-keys",
    reads: &[Call {
        operation: "iam:ListAccessKeys",
        permissions: &[on_users("iam:ListAccessKeys")],
    }],
    // UpdateAccessKey closes and opens alike; no condition key tells the two apart.
    closes: &[Call {
        operation: "iam:UpdateAccessKey",
        permissions: &[on_users("iam:UpdateAccessKey")],
    }],
    triggers: &[changes("CreateAccessKey", OF_KEY), changes("UpdateAccessKey", OF_KEY)],
    baseline: true,
    ..OF_USERS
};

/// Whether a key can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It can.
    Active,
    /// It is kept, and refused.
    Inactive,
}

/// Access keys by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessKeys(pub BTreeMap<String, Status>);

impl AccessKeys {
    /// Ids of the keys that can be used.
    pub fn active(&self) -> impl Iterator<Item = &str> {
        let active = self.0.iter().filter(|(_, status)| **status == Status::Active);
        active.map(|(id, _)| id.as_str())
    }
}

impl State for AccessKeys {
    fn elements(&self) -> Elements {
        self.0.iter().map(|(id, status)| (id.clone(), json!(status))).collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        let key = |(id, value): (&str, &serde_json::Value)| {
            let status = serde_json::from_value(value.clone());
            Ok((id.to_owned(), status.map_err(|e| StateError::new(e.to_string()))?))
        };
        elements.iter().map(|e| key((&e.id, &e.value))).collect::<Result<_, _>>().map(Self)
    }

    fn shows(&self, change: &Change) -> bool {
        let made = change.texts(&["responseElements", "accessKey", "accessKeyId"]);
        made.iter().all(|id| self.0.contains_key(id))
    }
}
