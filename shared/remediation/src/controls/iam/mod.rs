//! Controls of IAM.

pub mod access_keys_made_by_their_users;
pub mod console_passwords_given_on_purpose;
pub mod console_users_have_mfa;
pub mod groups_have_no_administrator_policy;
pub mod groups_have_no_full_access_inline_policy;
pub mod passwords_are_strong;
pub mod policies_allow_not_everything;
pub mod roles_anywhere_profiles_put_in_force_on_purpose;
pub mod roles_have_no_administrator_policy;
pub mod roles_have_no_full_access_inline_policy;
pub mod roles_keep_their_permissions_boundary;
pub mod roles_trust_only_known_accounts;
pub mod trust_anchors_put_in_force_on_purpose;
pub mod users_have_no_administrator_policy;
pub mod users_have_no_full_access_inline_policy;
pub mod users_keep_their_permissions_boundary;
