//! `iam.managed-policy` and `iam.managed-policy-use`

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::{
    Client,
    types::{Policy, PolicyScopeType, PolicyVersion},
};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::iam::managed_policy::{
            MANAGED_POLICY, MANAGED_POLICY_USE, ManagedPolicy as State, ManagedPolicyUse as Use,
        },
    },
};
use futures_util::future::try_join_all;
use serde_json::Value;

use super::{NO_SUCH_ENTITY, PAGE, arn, parsed};

/// The versions of a managed policy.
pub(crate) struct ManagedPolicy(pub Client);

/// To what a managed policy is attached.
pub(crate) struct ManagedPolicyUse(pub Client);

impl Setting for ManagedPolicy {
    type State = State;
    const META: &'static SettingMeta = &MANAGED_POLICY;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        let call = self.0.list_policies().scope(PolicyScopeType::Local).max_items(PAGE);
        let answer = call.set_marker(token).send().await;
        let answer = answer.map_err(failed("iam:ListPolicies", "the account"))?;
        let arns = answer.policies().iter().filter_map(Policy::arn);
        let ids = arns.filter_map(|arn| Some(Resource::from_arn(arn, "", "")?.id)).collect();
        Ok(Page { ids, next: answer.marker().map(str::to_owned) })
    }

    /// A policy has five versions at most, which is one page (IAM User Guide, "IAM and AWS STS
    /// quotas").
    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let answer = self.0.list_policy_versions().policy_arn(arn(resource)?).send().await;
        let answer = answer.map_err(failed("iam:ListPolicyVersions", &resource.id));
        let Found::Here(answer) = Found::sort(answer, &[], NO_SUCH_ENTITY)? else {
            return Ok(None);
        };
        let default = answer.versions().iter().find(|version| version.is_default_version());
        let Some(default) = default.and_then(PolicyVersion::version_id) else { return Ok(None) };
        let ids = answer.versions().iter().filter_map(PolicyVersion::version_id);
        let versions = try_join_all(ids.map(|id| self.version(resource, id))).await?;
        let versions: BTreeMap<String, Value> = versions.into_iter().flatten().collect();
        Ok(Some(Observed::of(State { default: default.to_owned(), versions })))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<State>,
        to: &State,
    ) -> Result<(), Error> {
        let call = self.0.set_default_policy_version().policy_arn(arn(resource)?);
        let answer = call.version_id(&to.default).send().await;
        answer.map_err(failed("iam:SetDefaultPolicyVersion", &resource.id))?;
        Ok(())
    }
}

impl ManagedPolicy {
    /// `None` for one that was deleted since it was listed.
    async fn version(
        &self,
        resource: &Resource,
        id: &str,
    ) -> Result<Option<(String, Value)>, Error> {
        let call = self.0.get_policy_version().policy_arn(arn(resource)?).version_id(id);
        let answer = call.send().await.map_err(failed("iam:GetPolicyVersion", &resource.id));
        let Found::Here(answer) = Found::sort(answer, &[], NO_SUCH_ENTITY)? else {
            return Ok(None);
        };
        let document = answer.policy_version().and_then(PolicyVersion::document);
        Ok(Some((id.to_owned(), parsed(document.unwrap_or_default())?)))
    }
}

impl Setting for ManagedPolicyUse {
    type State = Use;
    const META: &'static SettingMeta = &MANAGED_POLICY_USE;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Use>>, Error> {
        let mut names = BTreeSet::new();
        let mut marker = None;
        loop {
            let call = self.0.list_entities_for_policy().policy_arn(arn(resource)?).max_items(PAGE);
            let answer = call.set_marker(marker).send().await;
            let answer = answer.map_err(failed("iam:ListEntitiesForPolicy", &resource.id));
            let Found::Here(answer) = Found::sort(answer, &[], NO_SUCH_ENTITY)? else {
                return Ok(None);
            };
            let users = answer.policy_users().iter().map(|user| ("user", user.user_name()));
            let roles = answer.policy_roles().iter().map(|role| ("role", role.role_name()));
            let groups = answer.policy_groups().iter().map(|group| ("group", group.group_name()));
            let all = users.chain(roles).chain(groups);
            names.extend(all.filter_map(|(kind, name)| Some(format!("{kind} {}", name?))));
            marker = answer.marker().map(str::to_owned);
            if marker.is_none() {
                return Ok(Some(Observed::of(Use(names))));
            }
        }
    }
}
