//! `iam.user-inline-policies`, `iam.role-inline-policies`, `iam.group-inline-policies`

use std::collections::BTreeMap;

use aws_sdk_iam::Client;
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::iam::inline_policies::{
            GROUP_INLINE_POLICIES, InlinePolicies, ROLE_INLINE_POLICIES, USER_INLINE_POLICIES,
        },
    },
};

use super::{NO_SUCH_ENTITY, PAGE, groups, parsed, roles, users};

/// The SDK has the same calls for users, roles and groups under names of their own.
macro_rules! inline {
    (
        $(#[$doc:meta])*
        $name:ident, $meta:expr, $all:ident, $named:ident,
        $list:ident = $lists:literal, $get:ident = $gets:literal,
        $delete:ident = $deletes:literal, $put:ident = $puts:literal
    ) => {
        $(#[$doc])*
        pub(crate) struct $name(pub Client);

        impl $name {
            /// `None` where there is no such identity.
            async fn names(&self, resource: &Resource) -> Result<Option<Vec<String>>, Error> {
                let mut names = Vec::new();
                let mut marker = None;
                loop {
                    let call = self.0.$list().$named(&resource.id).max_items(PAGE);
                    let answer = call.set_marker(marker).send().await;
                    let answer = answer.map_err(failed($lists, &resource.id));
                    let Found::Here(answer) = Found::sort(answer, &[], NO_SUCH_ENTITY)? else {
                        return Ok(None);
                    };
                    names.extend(answer.policy_names().iter().cloned());
                    marker = answer.marker().map(str::to_owned);
                    if marker.is_none() {
                        return Ok(Some(names));
                    }
                }
            }
        }

        impl Setting for $name {
            type State = InlinePolicies;
            const META: &'static SettingMeta = $meta;

            async fn list(&self, token: Option<String>) -> Result<Page, Error> {
                $all(&self.0, token).await
            }

            async fn read(
                &self,
                resource: &Resource,
            ) -> Result<Option<Observed<InlinePolicies>>, Error> {
                let Some(names) = self.names(resource).await? else { return Ok(None) };
                let mut policies = BTreeMap::new();
                for name in names {
                    let call = self.0.$get().$named(&resource.id).policy_name(&name);
                    let answer = call.send().await.map_err(failed($gets, &resource.id));
                    // One that was deleted since it was listed is not there.
                    if let Found::Here(answer) = Found::sort(answer, &[], NO_SUCH_ENTITY)? {
                        policies.insert(name, parsed(answer.policy_document())?);
                    }
                }
                Ok(Some(Observed::of(InlinePolicies(policies))))
            }

            /// Deleted before put: every prefix is at least as safe as before.
            async fn write(
                &self,
                resource: &Resource,
                from: &Observed<InlinePolicies>,
                to: &InlinePolicies,
            ) -> Result<(), Error> {
                for name in from.state.0.keys().filter(|name| !to.0.contains_key(*name)) {
                    let call = self.0.$delete().$named(&resource.id).policy_name(name);
                    call.send().await.map_err(failed($deletes, &resource.id))?;
                }
                for (name, document) in &to.0 {
                    if from.state.0.get(name) == Some(document) {
                        continue;
                    }
                    let call = self.0.$put().$named(&resource.id).policy_name(name);
                    let call = call.policy_document(document.to_string());
                    call.send().await.map_err(failed($puts, &resource.id))?;
                }
                Ok(())
            }
        }
    };
}

inline!(
    /// The policies that stand in a user.
    UserInlinePolicies, &USER_INLINE_POLICIES, users, user_name,
    list_user_policies = "iam:ListUserPolicies",
    get_user_policy = "iam:GetUserPolicy",
    delete_user_policy = "iam:DeleteUserPolicy",
    put_user_policy = "iam:PutUserPolicy"
);

inline!(
    /// The policies that stand in a role.
    RoleInlinePolicies, &ROLE_INLINE_POLICIES, roles, role_name,
    list_role_policies = "iam:ListRolePolicies",
    get_role_policy = "iam:GetRolePolicy",
    delete_role_policy = "iam:DeleteRolePolicy",
    put_role_policy = "iam:PutRolePolicy"
);

inline!(
    /// The policies that stand in a group.
    GroupInlinePolicies, &GROUP_INLINE_POLICIES, groups, group_name,
    list_group_policies = "iam:ListGroupPolicies",
    get_group_policy = "iam:GetGroupPolicy",
    delete_group_policy = "iam:DeleteGroupPolicy",
    put_group_policy = "iam:PutGroupPolicy"
);
