//! Whether trust anchors and profiles of IAM Roles Anywhere are in force.
//!
//! Source: IAM Roles Anywhere API Reference, `TrustAnchorDetail`, `ProfileDetail`.

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Effect, Permission, Scope, SettingMeta, Trigger, allow},
    state::{State, StateError, fields, from_fields},
};

/// `iam.trust-anchor`.
pub static TRUST_ANCHOR: SettingMeta = SettingMeta {
    id: "iam.trust-anchor",
    resource: kinds::TRUST_ANCHOR,
    reads: &[Call {
        operation: "rolesanywhere:GetTrustAnchor",
        permissions: &[on_anchors("rolesanywhere:GetTrustAnchor")],
    }],
    lists: &[Call {
        operation: "rolesanywhere:ListTrustAnchors",
        permissions: &[allow("rolesanywhere:ListTrustAnchors", "*")],
    }],
    closes: &[Call {
        operation: "rolesanywhere:DisableTrustAnchor",
        permissions: &[on_anchors("rolesanywhere:DisableTrustAnchor")],
    }],
    reopens: &[Call {
        operation: "rolesanywhere:EnableTrustAnchor",
        permissions: &[on_anchors("rolesanywhere:EnableTrustAnchor")],
    }],
    triggers: &[
        changes("CreateTrustAnchor", &[&["responseElements", "trustAnchor", "trustAnchorId"]]),
        changes("EnableTrustAnchor", &[&["requestParameters", "trustAnchorId"]]),
        changes("DisableTrustAnchor", &[&["requestParameters", "trustAnchorId"]]),
    ],
    ..ROLES_ANYWHERE
};

/// `iam.roles-anywhere-profile`.
pub static ROLES_ANYWHERE_PROFILE: SettingMeta = SettingMeta {
    id: "iam.roles-anywhere-profile",
    resource: kinds::ROLES_ANYWHERE_PROFILE,
    reads: &[Call {
        operation: "rolesanywhere:GetProfile",
        permissions: &[on_profiles("rolesanywhere:GetProfile")],
    }],
    lists: &[Call {
        operation: "rolesanywhere:ListProfiles",
        permissions: &[allow("rolesanywhere:ListProfiles", "*")],
    }],
    closes: &[Call {
        operation: "rolesanywhere:DisableProfile",
        permissions: &[on_profiles("rolesanywhere:DisableProfile")],
    }],
    reopens: &[Call {
        operation: "rolesanywhere:EnableProfile",
        permissions: &[on_profiles("rolesanywhere:EnableProfile")],
    }],
    triggers: &[
        changes("CreateProfile", &[&["responseElements", "profile", "profileId"]]),
        changes("EnableProfile", &[&["requestParameters", "profileId"]]),
        changes("DisableProfile", &[&["requestParameters", "profileId"]]),
    ],
    ..ROLES_ANYWHERE
};

/// Unlike IAM itself the service is in each region for itself.
const ROLES_ANYWHERE: SettingMeta = SettingMeta {
    id: "",
    function: "iam",
    resource: "",
    scope: Scope::Resource,
    reads: &[],
    lists: &[],
    closes: &[],
    reopens: &[],
    triggers: &[],
    undone_after: &[],
    baseline: true,
    applies_within_seconds: 0,
};

const fn changes(event: &'static str, names: &'static [&'static [&'static str]]) -> Trigger {
    Trigger { source: "rolesanywhere.amazonaws.com", event, names, effect: Effect::Changes }
}

const fn on_anchors(action: &'static str) -> Permission {
    allow(action, "arn:${Partition}:rolesanywhere:${Region}:${Account}:trust-anchor/*")
}

const fn on_profiles(action: &'static str) -> Permission {
    allow(action, "arn:${Partition}:rolesanywhere:${Region}:${Account}:profile/*")
}

/// Whether something is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enabled {
    /// Whether it is.
    pub enabled: bool,
}

impl State for Enabled {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        let created = |kind: &str| change.texts(&["requestParameters", "enabled"]) == [kind];
        match change.name.as_str() {
            name if name.starts_with("Enable") => self.enabled,
            name if name.starts_with("Disable") => !self.enabled,
            _ => created("true") == self.enabled,
        }
    }
}
