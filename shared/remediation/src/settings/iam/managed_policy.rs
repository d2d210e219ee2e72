//! A managed policy of the account: its versions, and which of them is in force.
//!
//! Source: IAM User Guide, "Versioning IAM policies"; IAM API Reference, `PolicyVersion`,
//! `SetDefaultPolicyVersion`, `ListEntitiesForPolicy`.

use std::collections::{BTreeMap, BTreeSet};

use demarc_classification::{Change, kinds};
use serde_json::Value;

use crate::{
    element::Elements,
    setting::{Call, SettingMeta, allow},
    state::{State, StateError},
    verdict::Evidence,
};

use super::{IAM, changes, creates, on_policies};

const POLICY: &[&[&str]] = &[&["requestParameters", "policyArn"]];
const MADE: &[&[&str]] = &[&["responseElements", "policy", "arn"]];

/// `iam.managed-policy`.
pub static MANAGED_POLICY: SettingMeta = SettingMeta {
    id: "iam.managed-policy",
    resource: kinds::MANAGED_POLICY,
    reads: &[
        Call {
            operation: "iam:ListPolicyVersions",
            permissions: &[on_policies("iam:ListPolicyVersions")],
        },
        Call {
            operation: "iam:GetPolicyVersion",
            permissions: &[on_policies("iam:GetPolicyVersion")],
        },
    ],
    lists: &[Call {
        operation: "iam:ListPolicies",
        permissions: &[allow("iam:ListPolicies", "*")],
    }],
    // SetDefaultPolicyVersion closes and opens alike; no condition key tells the two apart.
    closes: &[Call {
        operation: "iam:SetDefaultPolicyVersion",
        permissions: &[on_policies("iam:SetDefaultPolicyVersion")],
    }],
    triggers: &[
        changes("CreatePolicyVersion", POLICY),
        changes("SetDefaultPolicyVersion", POLICY),
        creates("CreatePolicy", MADE),
    ],
    ..IAM
};

/// `iam.managed-policy-use`. Context only.
pub static MANAGED_POLICY_USE: SettingMeta = SettingMeta {
    id: "iam.managed-policy-use",
    resource: kinds::MANAGED_POLICY,
    reads: &[Call {
        operation: "iam:ListEntitiesForPolicy",
        permissions: &[on_policies("iam:ListEntitiesForPolicy")],
    }],
    applies_within_seconds: 0,
    ..IAM
};

const IN_FORCE: &str = "default";

/// A policy's versions (`v1`, five at most) by their ids, and which is in force.
#[derive(Clone, Debug, PartialEq)]
pub struct ManagedPolicy {
    /// The version in force.
    pub default: String,
    /// All versions.
    pub versions: BTreeMap<String, Value>,
}

impl ManagedPolicy {
    /// The document in force.
    #[must_use]
    pub fn document(&self) -> Option<&Value> {
        self.versions.get(&self.default)
    }

    /// The other versions, the newest first.
    #[must_use]
    pub fn others(&self) -> Vec<(&str, &Value)> {
        let others = self.versions.iter().filter(|(id, _)| **id != self.default);
        let mut others: Vec<_> = others.map(|(id, document)| (id.as_str(), document)).collect();
        let number = |id: &str| id.trim_start_matches('v').parse::<u64>().unwrap_or_default();
        others.sort_by_key(|(id, _)| std::cmp::Reverse(number(id)));
        others
    }
}

impl State for ManagedPolicy {
    fn elements(&self) -> Elements {
        let versions = self.versions.iter().map(|(id, document)| (id.clone(), document.clone()));
        let default = (IN_FORCE.to_owned(), Value::from(self.default.as_str()));
        versions.chain([default]).collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        let mut default = None;
        let mut versions = BTreeMap::new();
        for element in elements.iter() {
            if element.id == IN_FORCE {
                default = element.value.as_str().map(str::to_owned);
            } else {
                versions.insert(element.id.clone(), element.value.clone());
            }
        }
        let default = default.ok_or_else(|| StateError::new("no version is in force"))?;
        Ok(Self { default, versions })
    }

    fn shows(&self, change: &Change) -> bool {
        let made = change.texts(&["responseElements", "policyVersion", "versionId"]);
        let set = match change.name.as_str() {
            "SetDefaultPolicyVersion" => change.texts(&["requestParameters", "versionId"]),
            _ => Vec::new(),
        };
        made.iter().all(|id| self.versions.contains_key(id))
            && set.iter().all(|id| *id == self.default)
    }
}

/// To what a policy is attached: `user alice`, `role deploy`, `group developers`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManagedPolicyUse(pub BTreeSet<String>);

impl ManagedPolicyUse {
    /// What it says of the use of what the policy allows.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        if self.0.is_empty() {
            return Evidence::Unused("the policy is attached to nothing".to_owned());
        }
        let names: Vec<&str> = self.0.iter().map(String::as_str).collect();
        Evidence::Used(format!("the policy is attached to {}", names.join(", ")))
    }
}

impl State for ManagedPolicyUse {
    fn elements(&self) -> Elements {
        self.0.iter().map(|name| (name.clone(), Value::from(true))).collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        Ok(Self(elements.iter().map(|element| element.id.clone()).collect()))
    }
}
