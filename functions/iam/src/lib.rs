//! Reading and writing the settings of AWS Identity and Access Management.
#![forbid(unsafe_code)]

mod settings;

use aws_sdk_iam::Client;
use demarc_harness::{Environment, Function, Sdk, failed};

use settings::{
    AccessKeys, GroupInlinePolicies, GroupMembers, GroupPolicies, ManagedPolicy, ManagedPolicyUse,
    PasswordPolicy, PolicyTags, RoleBoundary, RoleInlinePolicies, RolePolicies, RoleTags,
    RoleTrust, RoleUse, RolesAnywhereProfile, TrustAnchor, UserBoundary, UserConsole,
    UserInlinePolicies, UserMfa, UserPolicies, UserTags,
};

/// The function: its settings, bound to their client.
pub async fn function(sdk: Sdk, environment: Environment) -> Function {
    let config =
        aws_sdk_iam::config::Builder::from(&sdk.config).interceptor(sdk.calls.clone()).build();
    let iam = Client::from_conf(config);
    let anywhere = aws_sdk_rolesanywhere::config::Builder::from(&sdk.config)
        .interceptor(sdk.calls.clone())
        .build();
    let anywhere = aws_sdk_rolesanywhere::Client::from_conf(anywhere);
    let warm = iam.clone();
    Function::new("iam", move || {
        let iam = warm.clone();
        Box::pin(async move {
            let page = iam.list_users().max_items(1).send().await;
            page.map(|_| ()).map_err(failed("iam:ListUsers", "the account"))
        })
    })
    .bind(PasswordPolicy(iam.clone()))
    .bind(RoleTrust(iam.clone()))
    .bind(RoleUse(iam.clone()))
    .bind(UserPolicies(iam.clone()))
    .bind(RolePolicies(iam.clone()))
    .bind(GroupPolicies(iam.clone()))
    .bind(GroupMembers(iam.clone()))
    .bind(UserInlinePolicies(iam.clone()))
    .bind(RoleInlinePolicies(iam.clone()))
    .bind(GroupInlinePolicies(iam.clone()))
    .bind(ManagedPolicy(iam.clone()))
    .bind(ManagedPolicyUse(iam.clone()))
    .bind(AccessKeys(iam.clone()))
    .bind(UserBoundary(iam.clone()))
    .bind(RoleBoundary(iam.clone()))
    .bind(TrustAnchor(anywhere.clone()))
    .bind(RolesAnywhereProfile(anywhere))
    .bind(UserConsole(iam.clone()))
    .bind(UserMfa { client: iam.clone(), policy: environment.mfa_policy })
    .bind(UserTags(iam.clone()))
    .bind(RoleTags(iam.clone()))
    .bind(PolicyTags(iam))
}
