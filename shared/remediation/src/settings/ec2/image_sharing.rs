//! Who may launch instances of an image besides its owner.
//!
//! Source: Amazon EC2 API Reference, `LaunchPermission`, `ModifyImageAttribute`.

use std::collections::BTreeSet;

use demarc_classification::{Change, kinds};
use serde_json::json;

use crate::{
    element::Elements,
    setting::{Call, Effect, Permission, Scope, SettingMeta, Trigger, allow},
    state::{State, StateError},
};

/// `ec2.image-sharing`.
pub static IMAGE_SHARING: SettingMeta = SettingMeta {
    id: "ec2.image-sharing",
    function: "ec2",
    resource: kinds::IMAGE,
    scope: Scope::Resource,
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
    reopens: &[],
    triggers: &[Trigger {
        source: "ec2.amazonaws.com",
        event: "ModifyImageAttribute",
        names: &[&["requestParameters", "imageId"]],
        effect: Effect::Changes,
    }],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 0,
};

/// An image's ARN names no account: the condition does.
const fn on_images(action: &'static str) -> Permission {
    Permission {
        action,
        resource: "arn:${Partition}:ec2:${Region}::image/*",
        condition: Some(("StringEquals", "aws:ResourceAccount", "${Account}")),
    }
}

/// Who may launch instances of an image besides its owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageSharing {
    /// Everybody.
    pub is_public: bool,
    /// Ids of accounts.
    pub accounts: BTreeSet<String>,
    /// ARNs of organizations and of their units.
    pub organizations: BTreeSet<String>,
}

const EVERYBODY: &str = "group all";
const ACCOUNT: &str = "account ";
const ORGANIZATION: &str = "organization ";

impl ImageSharing {
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

impl State for ImageSharing {
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
        let said = |way: &str| {
            let groups = ["requestParameters", "launchPermission", way, "group"];
            change.texts(&groups).iter().any(|group| group == "all")
        };
        (!said("add") || self.is_public) && (!said("remove") || !self.is_public)
    }
}
