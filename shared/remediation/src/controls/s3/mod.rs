//! Controls of buckets and of the account's S3.

pub mod access_logging_on;
pub mod account_blocks_public_access;
pub mod acl_grants_no_public_access;
pub mod block_public_access;
pub mod default_encryption_keeps_its_key;
pub mod deleting_versions_needs_mfa;
pub mod event_notifications_on;
pub mod log_buckets_keep_their_objects;
pub mod objects_have_a_lifecycle;
pub mod policy_grants_no_public_access;
pub mod policy_grants_only_to_known_accounts;
pub mod replicates_only_to_known_accounts;
pub mod requires_tls;
pub mod versioning;
