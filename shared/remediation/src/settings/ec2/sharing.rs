//! Who may make volumes of an EBS snapshot, and launch instances of an image, besides the owner.
//!
//! Source: Amazon EC2 API Reference, `CreateVolumePermission`, `ModifySnapshotAttribute`;
//! `LaunchPermission`, `ModifyImageAttribute`.

use std::collections::BTreeSet;

use demarc_classification::{Change, kinds};
use serde_json::json;

use crate::{
    element::Elements,
    policy::Acquaintances,
    setting::{Call, Effect, Permission, Scope, SettingMeta, Trigger, allow},
    state::{State, StateError},
};

/// `ec2.snapshot-sharing`.
pub static SNAPSHOT_SHARING: SettingMeta = SettingMeta {
    id: "ec2.snapshot-sharing",
    resource: kinds::SNAPSHOT,
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
    triggers: &[modified("ModifySnapshotAttribute", &[&["requestParameters", "snapshotId"]])],
    ..SHARING
};

/// `ec2.image-sharing`.
pub static IMAGE_SHARING: SettingMeta = SettingMeta {
    id: "ec2.image-sharing",
    resource: kinds::IMAGE,
    reads: &[Call {
        operation: "ec2:DescribeImageAttribute",
        permissions: &[on_images("ec2:DescribeImageAttribute")],
    }],
    lists: &[Call {
        operation: "ec2:DescribeImages",
        permissions: &[allow("ec2:DescribeImages", "*")],
    }],
    closes: &[Call {
        operation: "ec2:ModifyImageAttribute",
        permissions: &[on_images("ec2:ModifyImageAttribute")],
    }],
    triggers: &[modified("ModifyImageAttribute", &[&["requestParameters", "imageId"]])],
    ..SHARING
};

const SHARING: SettingMeta = SettingMeta {
    id: "",
    function: "ec2",
    resource: "",
    scope: Scope::Resource,
    reads: &[],
    lists: &[],
    closes: &[],
    reopens: &[],
    triggers: &[],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 0,
};

const fn modified(event: &'static str, names: &'static [&'static [&'static str]]) -> Trigger {
    Trigger { source: "ec2.amazonaws.com", event, names, effect: Effect::Changes }
}

const fn on_snapshots(action: &'static str) -> Permission {
    own(action, "arn:${Partition}:ec2:${Region}::snapshot/*")
}

const fn on_images(action: &'static str) -> Permission {
    own(action, "arn:${Partition}:ec2:${Region}::image/*")
}

/// The ARNs name no account: the condition does.
const fn own(action: &'static str, resource: &'static str) -> Permission {
    let condition = Some(("StringEquals", "aws:ResourceAccount", "${Account}"));
    Permission { action, resource, condition }
}

/// Who has something besides its owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// Everybody.
    pub is_public: bool,
    /// Ids of accounts.
    pub accounts: BTreeSet<String>,
    /// ARNs of organizations and of their units; only images are shared with these.
    pub organizations: BTreeSet<String>,
}

const EVERYBODY: &str = "group all";
const ACCOUNT: &str = "account ";
const ORGANIZATION: &str = "organization ";

impl Shared {
    /// What of it is given to accounts and organizations that are not known.
    #[must_use]
    pub fn to_strangers(&self, us: Acquaintances<'_>) -> Self {
        let is_stranger = |arn: &&String| {
            let organization = arn.split('/').nth(1).unwrap_or_default();
            !us.known.has_organization(organization)
        };
        Self {
            is_public: false,
            accounts: self.accounts.iter().filter(|id| !us.knows(id)).cloned().collect(),
            organizations: self.organizations.iter().filter(is_stranger).cloned().collect(),
        }
    }

    /// What this one gives and another does not.
    #[must_use]
    pub fn beyond(&self, other: &Self) -> Self {
        Self {
            is_public: self.is_public && !other.is_public,
            accounts: self.accounts.difference(&other.accounts).cloned().collect(),
            organizations: self.organizations.difference(&other.organizations).cloned().collect(),
        }
    }
}

impl State for Shared {
    fn elements(&self) -> Elements {
        let everybody = self.is_public.then(|| EVERYBODY.to_owned());
        let accounts = self.accounts.iter().map(|id| format!("{ACCOUNT}{id}"));
        let organizations = self.organizations.iter().map(|arn| format!("{ORGANIZATION}{arn}"));
        let ids = everybody.into_iter().chain(accounts).chain(organizations);
        ids.map(|id| (id, json!(true))).collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        let mut state = Self::default();
        for element in elements.iter() {
            let id = element.id.as_str();
            if let Some(account) = id.strip_prefix(ACCOUNT) {
                state.accounts.insert(account.to_owned());
            } else if let Some(arn) = id.strip_prefix(ORGANIZATION) {
                state.organizations.insert(arn.to_owned());
            } else if id == EVERYBODY {
                state.is_public = true;
            } else {
                return Err(StateError::new(format!("`{id}` is no permission")));
            }
        }
        Ok(state)
    }

    fn shows(&self, change: &Change) -> bool {
        let said = |way: &str, what: &str| {
            let permissions = ["createVolumePermission", "launchPermission"].into_iter();
            let texts =
                permissions.flat_map(|p| change.texts(&["requestParameters", p, way, what]));
            texts.collect::<Vec<String>>()
        };
        let is_shown = |way: &str, is_added: bool| {
            said(way, "group").iter().all(|group| group != "all" || self.is_public == is_added)
                && said(way, "userId").iter().all(|id| self.accounts.contains(id) == is_added)
        };
        is_shown("add", true) && is_shown("remove", false)
    }
}
