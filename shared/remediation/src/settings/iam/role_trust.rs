//! Whom a role trusts: its trust policy, statement by statement.
//!
//! Source: IAM API Reference, `Role`, `UpdateAssumeRolePolicy`.

use crate::{
    policy::Document,
    setting::{Call, SettingMeta},
};

use super::{OF_ROLES, ROLE, changes, creates, on_roles};

/// `iam.role-trust`.
pub static ROLE_TRUST: SettingMeta = SettingMeta {
    id: "iam.role-trust",
    reads: &[Call { operation: "iam:GetRole", permissions: &[on_roles("iam:GetRole")] }],
    // UpdateAssumeRolePolicy closes and opens alike; no condition key tells the two apart.
    closes: &[Call {
        operation: "iam:UpdateAssumeRolePolicy",
        permissions: &[on_roles("iam:UpdateAssumeRolePolicy")],
    }],
    triggers: &[changes("UpdateAssumeRolePolicy", ROLE), creates("CreateRole", ROLE)],
    ..OF_ROLES
};

/// A role's trust policy.
pub type RoleTrust = Document;
