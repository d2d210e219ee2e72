//! One file a setting, or one for the like of users, roles and groups.

mod access_keys;
mod attached_policies;
mod boundaries;
mod group_members;
mod inline_policies;
mod managed_policy;
mod password_policy;
mod role_trust;
mod role_use;
mod roles_anywhere;
mod tags;
mod user_console;
mod user_mfa;

use aws_sdk_iam::{Client, types};
use demarc_harness::{
    Error, Page, failed,
    remediation::{classification::Resource, state::StateError},
};
use serde_json::Value;

pub(crate) use access_keys::AccessKeys;
pub(crate) use attached_policies::{GroupPolicies, RolePolicies, UserPolicies};
pub(crate) use boundaries::{RoleBoundary, UserBoundary};
pub(crate) use group_members::GroupMembers;
pub(crate) use inline_policies::{GroupInlinePolicies, RoleInlinePolicies, UserInlinePolicies};
pub(crate) use managed_policy::{ManagedPolicy, ManagedPolicyUse};
pub(crate) use password_policy::PasswordPolicy;
pub(crate) use role_trust::RoleTrust;
pub(crate) use role_use::RoleUse;
pub(crate) use roles_anywhere::{RolesAnywhereProfile, TrustAnchor};
pub(crate) use tags::{PolicyTags, RoleTags, UserTags};
pub(crate) use user_console::UserConsole;
pub(crate) use user_mfa::UserMfa;

/// There is no such user, role, group, policy or configuration.
const NO_SUCH_ENTITY: &[&str] = &["NoSuchEntity"];
/// The most that a listing gives at once.
const PAGE: i32 = 1_000;

async fn users(client: &Client, token: Option<String>) -> Result<Page, Error> {
    let answer = client.list_users().max_items(PAGE).set_marker(token).send().await;
    let answer = answer.map_err(failed("iam:ListUsers", "the account"))?;
    let ids = answer.users().iter().map(types::User::user_name);
    Ok(Page { ids: ids.map(str::to_owned).collect(), next: answer.marker().map(str::to_owned) })
}

/// Roles that AWS itself made are left out: only the service or IAM Identity Center changes them.
async fn roles(client: &Client, token: Option<String>) -> Result<Page, Error> {
    let answer = client.list_roles().max_items(PAGE).set_marker(token).send().await;
    let answer = answer.map_err(failed("iam:ListRoles", "the account"))?;
    let own = answer.roles().iter().filter(|role| !is_of_aws(role.path()));
    let ids = own.map(|role| role.role_name().to_owned());
    Ok(Page { ids: ids.collect(), next: answer.marker().map(str::to_owned) })
}

async fn groups(client: &Client, token: Option<String>) -> Result<Page, Error> {
    let answer = client.list_groups().max_items(PAGE).set_marker(token).send().await;
    let answer = answer.map_err(failed("iam:ListGroups", "the account"))?;
    let ids = answer.groups().iter().map(types::Group::group_name);
    Ok(Page { ids: ids.map(str::to_owned).collect(), next: answer.marker().map(str::to_owned) })
}

/// Whether a path is one under which only AWS makes roles.
fn is_of_aws(path: &str) -> bool {
    path.starts_with("/aws-service-role/") || path.starts_with("/aws-reserved/")
}

/// A policy document as IAM writes it: percent-encoded (IAM API Reference, "Role").
fn decoded(document: &str) -> Result<String, Error> {
    let decoded = percent_encoding::percent_decode_str(document).decode_utf8();
    decoded.map(Into::into).map_err(|e| StateError::new(e.to_string()).into())
}

/// A policy document in its form as JSON.
fn parsed(document: &str) -> Result<Value, Error> {
    let document = decoded(document)?;
    serde_json::from_str(&document).map_err(|e| StateError::new(e.to_string()).into())
}

/// A policy is known by path and name; IAM's calls take its ARN.
fn arn(resource: &Resource) -> Result<String, Error> {
    resource.arn().ok_or_else(|| Error::Internal(format!("`{}` has no ARN", resource.id)))
}
