//! Who may make volumes of an EBS snapshot besides its owner.
//!
//! Source: Amazon EC2 API Reference, `CreateVolumePermission`, `ModifySnapshotAttribute`.

use std::collections::BTreeSet;

use demarc_classification::{Change, kinds};
use serde_json::json;

use crate::{
    element::Elements,
    setting::{Call, Effect, Permission, Scope, SettingMeta, Trigger, allow},
    state::{State, StateError},
};

/// `ec2.snapshot-sharing`.
pub static SNAPSHOT_SHARING: SettingMeta = SettingMeta {
    id: "ec2.snapshot-sharing",
    function: "ec2",
    resource: kinds::SNAPSHOT,
    scope: Scope::Resource,
    reads: &[Call {
        operation: "ec2:DescribeSnapshotAttribute",
        permissions: &[on_snapshots("ec2:DescribeSnapshotAttribute")],
    }],
    lists: &[Call {
        operation: "ec2:DescribeSnapshots",
        permissions: &[allow("ec2:DescribeSnapshots", "*")],
    }],
    closes: &[Call {
        operation: "ec2:ModifySnapshotAttribute",
        permissions: &[on_snapshots("ec2:ModifySnapshotAttribute")],
    }],
    reopens: &[],
    triggers: &[Trigger {
        source: "ec2.amazonaws.com",
        event: "ModifySnapshotAttribute",
        names: &[&["requestParameters", "snapshotId"]],
        effect: Effect::Changes,
    }],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 0,
};

/// A snapshot's ARN names no account: the condition does.
const fn on_snapshots(action: &'static str) -> Permission {
    Permission {
        action,
        resource: "arn:${Partition}:ec2:${Region}::snapshot/*",
        condition: Some(("StringEquals", "aws:ResourceAccount", "${Account}")),
    }
}

/// Who may make volumes of a snapshot besides its owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapshotSharing {
    /// Everybody.
    pub is_public: bool,
    /// Ids of accounts.
    pub accounts: BTreeSet<String>,
}

impl SnapshotSharing {
    /// What this one gives and another does not.
    #[must_use]
    pub fn beyond(&self, other: &Self) -> Self {
        Self {
            is_public: self.is_public && !other.is_public,
            accounts: self.accounts.difference(&other.accounts).cloned().collect(),
        }
    }
}

const EVERYBODY: &str = "group all";
const ACCOUNT: &str = "account ";

impl State for SnapshotSharing {
    fn elements(&self) -> Elements {
        let everybody = self.is_public.then(|| (EVERYBODY.to_owned(), json!(true)));
        let accounts = self.accounts.iter().map(|id| (format!("{ACCOUNT}{id}"), json!(true)));
        everybody.into_iter().chain(accounts).collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        let mut state = Self::default();
        for element in elements.iter() {
            match element.id.strip_prefix(ACCOUNT) {
                Some(id) => drop(state.accounts.insert(id.to_owned())),
                None if element.id == EVERYBODY => state.is_public = true,
                None => return Err(StateError::new(format!("`{}` is no permission", element.id))),
            }
        }
        Ok(state)
    }

    fn shows(&self, change: &Change) -> bool {
        let said = |way: &str| {
            let groups = ["requestParameters", "createVolumePermission", way, "group"];
            change.texts(&groups).iter().any(|group| group == "all")
        };
        (!said("add") || self.is_public) && (!said("remove") || !self.is_public)
    }
}
