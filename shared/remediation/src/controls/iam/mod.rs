//! Controls of IAM.

pub mod groups_have_no_administrator_policy;
pub mod groups_have_no_full_access_inline_policy;
pub mod passwords_are_strong;
pub mod roles_have_no_administrator_policy;
pub mod roles_have_no_full_access_inline_policy;
pub mod roles_trust_only_known_accounts;
pub mod users_have_no_administrator_policy;
pub mod users_have_no_full_access_inline_policy;
