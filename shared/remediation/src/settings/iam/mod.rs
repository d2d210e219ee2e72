//! Settings of AWS Identity and Access Management (IAM), and of IAM Roles Anywhere.

pub mod access_keys;
pub mod attached_policies;
pub mod boundaries;
pub mod group_members;
pub mod inline_policies;
pub mod managed_policy;
pub mod password_policy;
pub mod role_trust;
pub mod role_use;
pub mod roles_anywhere;
pub mod user_console;
pub mod user_mfa;

use demarc_classification::kinds;

use crate::setting::{Call, Effect, Permission, Scope, SettingMeta, Trigger, allow};

/// IAM answers from many copies, of which some show a change some seconds later than others (IAM
/// User Guide, "Changes that I make are not always immediately visible").
const SETTLES_WITHIN_SECONDS: u64 = 60;

const USER: &[&[&str]] = &[&["requestParameters", "userName"]];
const ROLE: &[&[&str]] = &[&["requestParameters", "roleName"]];
const GROUP: &[&[&str]] = &[&["requestParameters", "groupName"]];

const LISTS_USERS: &[Call] =
    &[Call { operation: "iam:ListUsers", permissions: &[allow("iam:ListUsers", "*")] }];
const LISTS_ROLES: &[Call] =
    &[Call { operation: "iam:ListRoles", permissions: &[allow("iam:ListRoles", "*")] }];
const LISTS_GROUPS: &[Call] =
    &[Call { operation: "iam:ListGroups", permissions: &[allow("iam:ListGroups", "*")] }];

/// What all settings of IAM have in common.
const IAM: SettingMeta = SettingMeta {
    id: "",
    function: "iam",
    resource: "",
    scope: Scope::Global,
    reads: &[],
    lists: &[],
    closes: &[],
    reopens: &[],
    triggers: &[],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: SETTLES_WITHIN_SECONDS,
};

const OF_USERS: SettingMeta = SettingMeta { resource: kinds::USER, lists: LISTS_USERS, ..IAM };
const OF_ROLES: SettingMeta = SettingMeta { resource: kinds::ROLE, lists: LISTS_ROLES, ..IAM };
const OF_GROUPS: SettingMeta = SettingMeta { resource: kinds::GROUP, lists: LISTS_GROUPS, ..IAM };

const fn changes(event: &'static str, names: &'static [&'static [&'static str]]) -> Trigger {
    Trigger { source: "iam.amazonaws.com", event, names, effect: Effect::Changes }
}

const fn creates(event: &'static str, names: &'static [&'static [&'static str]]) -> Trigger {
    Trigger { source: "iam.amazonaws.com", event, names, effect: Effect::Creates }
}

pub(crate) const fn on_users(action: &'static str) -> Permission {
    allow(action, "arn:${Partition}:iam::${Account}:user/*")
}

pub(crate) const fn on_roles(action: &'static str) -> Permission {
    allow(action, "arn:${Partition}:iam::${Account}:role/*")
}

pub(crate) const fn on_policies(action: &'static str) -> Permission {
    allow(action, "arn:${Partition}:iam::${Account}:policy/*")
}

const fn on_groups(action: &'static str) -> Permission {
    allow(action, "arn:${Partition}:iam::${Account}:group/*")
}
