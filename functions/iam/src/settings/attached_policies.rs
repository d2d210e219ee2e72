//! `iam.user-policies`, `iam.role-policies`, `iam.group-policies`

use std::collections::BTreeSet;

use aws_sdk_iam::{Client, types::AttachedPolicy};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::iam::attached_policies::{
            AttachedPolicies, GROUP_POLICIES, ROLE_POLICIES, USER_POLICIES,
        },
    },
};

use super::{NO_SUCH_ENTITY, PAGE, groups, roles, users};

/// The SDK has the same calls for users, roles and groups under names of their own.
macro_rules! attached {
    (
        $(#[$doc:meta])*
        $name:ident, $meta:expr, $all:ident, $read:ident, $named:ident,
        $list:ident = $lists:literal, $detach:ident = $detaches:literal,
        $attach:ident = $attaches:literal
    ) => {
        $(#[$doc])*
        pub(crate) struct $name(pub Client);

        impl Setting for $name {
            type State = AttachedPolicies;
            const META: &'static SettingMeta = $meta;

            async fn list(&self, token: Option<String>) -> Result<Page, Error> {
                $all(&self.0, token).await
            }

            async fn read(
                &self,
                resource: &Resource,
            ) -> Result<Option<Observed<AttachedPolicies>>, Error> {
                Ok($read(&self.0, resource).await?.map(Observed::of))
            }

            /// Detached before attached: every prefix is at least as safe as before.
            async fn write(
                &self,
                resource: &Resource,
                from: &Observed<AttachedPolicies>,
                to: &AttachedPolicies,
            ) -> Result<(), Error> {
                for arn in from.state.0.difference(&to.0) {
                    let call = self.0.$detach().$named(&resource.id).policy_arn(arn);
                    call.send().await.map_err(failed($detaches, &resource.id))?;
                }
                for arn in to.0.difference(&from.state.0) {
                    let call = self.0.$attach().$named(&resource.id).policy_arn(arn);
                    call.send().await.map_err(failed($attaches, &resource.id))?;
                }
                Ok(())
            }
        }

        /// The policies; `None` where there is nobody of that name.
        pub(super) async fn $read(
            client: &Client,
            resource: &Resource,
        ) -> Result<Option<AttachedPolicies>, Error> {
            let mut arns = BTreeSet::new();
            let mut marker = None;
            loop {
                let call = client.$list().$named(&resource.id).max_items(PAGE);
                let answer = call.set_marker(marker).send().await;
                let answer = answer.map_err(failed($lists, &resource.id));
                let Found::Here(answer) = Found::sort(answer, &[], NO_SUCH_ENTITY)? else {
                    return Ok(None);
                };
                arns.extend(answer.attached_policies().iter().filter_map(arn));
                marker = answer.marker().map(str::to_owned);
                if marker.is_none() {
                    return Ok(Some(AttachedPolicies(arns)));
                }
            }
        }
    };
}

attached!(
    /// A user's managed policies.
    UserPolicies, &USER_POLICIES, users, of_user, user_name,
    list_attached_user_policies = "iam:ListAttachedUserPolicies",
    detach_user_policy = "iam:DetachUserPolicy",
    attach_user_policy = "iam:AttachUserPolicy"
);

attached!(
    /// A role's managed policies.
    RolePolicies, &ROLE_POLICIES, roles, of_role, role_name,
    list_attached_role_policies = "iam:ListAttachedRolePolicies",
    detach_role_policy = "iam:DetachRolePolicy",
    attach_role_policy = "iam:AttachRolePolicy"
);

attached!(
    /// A group's managed policies.
    GroupPolicies, &GROUP_POLICIES, groups, of_group, group_name,
    list_attached_group_policies = "iam:ListAttachedGroupPolicies",
    detach_group_policy = "iam:DetachGroupPolicy",
    attach_group_policy = "iam:AttachGroupPolicy"
);

fn arn(policy: &AttachedPolicy) -> Option<String> {
    policy.policy_arn().map(str::to_owned)
}
