//! The controls. One control is one file, which reads like its own specification.

use crate::{
    control::AnyControl,
    setting::SettingMeta,
    settings::{
        ec2::{
            ebs_encryption::EBS_ENCRYPTION,
            instance_metadata::INSTANCE_METADATA,
            metadata_defaults::METADATA_DEFAULTS,
            network_acl_entries::{NETWORK_ACL_ENTRIES, NETWORK_ACL_USE},
            network_use::{SECURITY_GROUP_USE, SUBNET_USE},
            security_group_name::SECURITY_GROUP_NAME,
            security_group_rules::{SECURITY_GROUP_EGRESS, SECURITY_GROUP_INGRESS},
            serial_console::SERIAL_CONSOLE,
            sharing::{IMAGE_SHARING, SNAPSHOT_SHARING},
            sharing_block::{IMAGE_BLOCK, SNAPSHOT_BLOCK},
            subnet_addresses::SUBNET_ADDRESSES,
            transit_gateway_acceptance::TRANSIT_GATEWAY_ACCEPTANCE,
            vpc_flow_logs::VPC_FLOW_LOGS,
        },
        iam::{
            access_keys::USER_ACCESS_KEYS,
            attached_policies::{GROUP_POLICIES, ROLE_POLICIES, USER_POLICIES},
            boundaries::{ROLE_BOUNDARY, USER_BOUNDARY},
            group_members::GROUP_MEMBERS,
            inline_policies::{GROUP_INLINE_POLICIES, ROLE_INLINE_POLICIES, USER_INLINE_POLICIES},
            managed_policy::{MANAGED_POLICY, MANAGED_POLICY_USE},
            password_policy::PASSWORD_POLICY,
            role_trust::ROLE_TRUST,
            role_use::ROLE_USE,
        },
        rds::INSTANCE_PUBLIC_ACCESS,
        s3::{
            bucket_acl::BUCKET_ACL,
            bucket_encryption::BUCKET_ENCRYPTION,
            bucket_exposure::BUCKET_EXPOSURE,
            bucket_lifecycle::BUCKET_LIFECYCLE,
            bucket_logging::BUCKET_LOGGING,
            bucket_policy::BUCKET_POLICY,
            bucket_versioning::BUCKET_VERSIONING,
            bucket_website::BUCKET_WEBSITE,
            public_access_block::{OF_ACCOUNT, OF_BUCKET},
        },
        tags::{
            BUCKET_TAGS, EC2_INSTANCE_TAGS, IMAGE_TAGS, INSTANCE_TAGS, MANAGED_POLICY_TAGS,
            NETWORK_ACL_TAGS, ROLE_TAGS, SECURITY_GROUP_TAGS, SNAPSHOT_TAGS, SUBNET_TAGS,
            TRANSIT_GATEWAY_TAGS, USER_TAGS, VPC_TAGS,
        },
    },
};

pub mod ec2;
pub mod iam;
pub mod rds;
pub mod s3;

/// Every control, in the order in which controls of one setting are folded.
pub const CATALOGUE: &[&dyn AnyControl] = &[
    &s3::account_blocks_public_access::AccountBlocksPublicAccess,
    &s3::block_public_access::BlockPublicAccess,
    &s3::policy_grants_no_public_access::PolicyGrantsNoPublicAccess,
    &s3::policy_grants_only_to_known_accounts::PolicyGrantsOnlyToKnownAccounts,
    &s3::requires_tls::RequiresTls,
    &s3::acl_grants_no_public_access::AclGrantsNoPublicAccess,
    &s3::versioning::Versioning,
    &s3::default_encryption_keeps_its_key::DefaultEncryptionKeepsItsKey,
    &s3::access_logging_on::AccessLoggingOn,
    &s3::log_buckets_keep_their_objects::LogBucketsKeepTheirObjects,
    &ec2::security_groups_close_admin_ports::SecurityGroupsCloseAdminPorts,
    &ec2::security_groups_close_high_risk_ports::SecurityGroupsCloseHighRiskPorts,
    &ec2::default_groups_let_nothing_in::DefaultGroupsLetNothingIn,
    &ec2::default_groups_let_nothing_out::DefaultGroupsLetNothingOut,
    &ec2::network_acls_close_admin_ports::NetworkAclsCloseAdminPorts,
    &rds::instances_not_public::InstancesNotPublic,
    &ec2::vpc_flow_logs_on::VpcFlowLogsOn,
    &ec2::subnets_give_no_public_address::SubnetsGiveNoPublicAddress,
    &ec2::snapshots_not_public::SnapshotsNotPublic,
    &ec2::snapshots_shared_only_with_known_accounts::SnapshotsSharedOnlyWithKnownAccounts,
    &ec2::images_not_public::ImagesNotPublic,
    &ec2::images_shared_only_with_known_accounts::ImagesSharedOnlyWithKnownAccounts,
    &ec2::ebs_volumes_encrypted_by_default::EbsVolumesEncryptedByDefault,
    &ec2::region_blocks_public_snapshots::RegionBlocksPublicSnapshots,
    &ec2::region_blocks_public_images::RegionBlocksPublicImages,
    &ec2::serial_console_off::SerialConsoleOff,
    &ec2::new_instances_require_imdsv2::NewInstancesRequireImdsv2,
    &ec2::instances_require_imdsv2::InstancesRequireImdsv2,
    &ec2::transit_gateways_accept_nothing_unasked::TransitGatewaysAcceptNothingUnasked,
    &iam::passwords_are_strong::PasswordsAreStrong,
    &iam::roles_trust_only_known_accounts::RolesTrustOnlyKnownAccounts,
    &iam::users_have_no_administrator_policy::UsersHaveNoAdministratorPolicy,
    &iam::roles_have_no_administrator_policy::RolesHaveNoAdministratorPolicy,
    &iam::groups_have_no_administrator_policy::GroupsHaveNoAdministratorPolicy,
    &iam::users_have_no_full_access_inline_policy::UsersHaveNoFullAccessInlinePolicy,
    &iam::roles_have_no_full_access_inline_policy::RolesHaveNoFullAccessInlinePolicy,
    &iam::groups_have_no_full_access_inline_policy::GroupsHaveNoFullAccessInlinePolicy,
    &iam::policies_allow_not_everything::PoliciesAllowNotEverything,
    &iam::access_keys_made_by_their_users::AccessKeysMadeByTheirUsers,
    &iam::users_keep_their_permissions_boundary::UsersKeepTheirPermissionsBoundary,
    &iam::roles_keep_their_permissions_boundary::RolesKeepTheirPermissionsBoundary,
];

/// Every setting: what a control judges, and what is only looked at besides.
pub const SETTINGS: &[&SettingMeta] = &[
    &OF_ACCOUNT,
    &OF_BUCKET,
    &BUCKET_EXPOSURE,
    &BUCKET_POLICY,
    &BUCKET_ACL,
    &BUCKET_VERSIONING,
    &BUCKET_ENCRYPTION,
    &BUCKET_LOGGING,
    &BUCKET_LIFECYCLE,
    &BUCKET_WEBSITE,
    &BUCKET_TAGS,
    &SECURITY_GROUP_INGRESS,
    &SECURITY_GROUP_EGRESS,
    &SECURITY_GROUP_NAME,
    &SECURITY_GROUP_USE,
    &SECURITY_GROUP_TAGS,
    &NETWORK_ACL_ENTRIES,
    &NETWORK_ACL_USE,
    &NETWORK_ACL_TAGS,
    &INSTANCE_METADATA,
    &EC2_INSTANCE_TAGS,
    &TRANSIT_GATEWAY_ACCEPTANCE,
    &TRANSIT_GATEWAY_TAGS,
    &INSTANCE_PUBLIC_ACCESS,
    &INSTANCE_TAGS,
    &VPC_FLOW_LOGS,
    &VPC_TAGS,
    &SUBNET_ADDRESSES,
    &SUBNET_USE,
    &SUBNET_TAGS,
    &SNAPSHOT_SHARING,
    &SNAPSHOT_TAGS,
    &IMAGE_SHARING,
    &IMAGE_TAGS,
    &EBS_ENCRYPTION,
    &SNAPSHOT_BLOCK,
    &IMAGE_BLOCK,
    &SERIAL_CONSOLE,
    &METADATA_DEFAULTS,
    &PASSWORD_POLICY,
    &ROLE_TRUST,
    &ROLE_USE,
    &ROLE_TAGS,
    &USER_POLICIES,
    &ROLE_POLICIES,
    &GROUP_POLICIES,
    &GROUP_MEMBERS,
    &USER_INLINE_POLICIES,
    &ROLE_INLINE_POLICIES,
    &GROUP_INLINE_POLICIES,
    &MANAGED_POLICY,
    &MANAGED_POLICY_USE,
    &MANAGED_POLICY_TAGS,
    &USER_ACCESS_KEYS,
    &USER_BOUNDARY,
    &ROLE_BOUNDARY,
    &USER_TAGS,
];

/// The controls that judge a setting, in catalogue order.
#[must_use]
pub fn of_setting(id: &str) -> Vec<&'static dyn AnyControl> {
    CATALOGUE.iter().copied().filter(|control| control.meta().setting.id == id).collect()
}

/// The control with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static dyn AnyControl> {
    CATALOGUE.iter().copied().find(|control| control.meta().id == id)
}
