//! `iam.user-access-keys`

use std::collections::BTreeMap;

use aws_sdk_iam::{Client, types::StatusType};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::iam::access_keys::{AccessKeys as State, Status, USER_ACCESS_KEYS},
    },
};

use super::{NO_SUCH_ENTITY, users};

/// A user's access keys.
pub(crate) struct AccessKeys(pub Client);

impl Setting for AccessKeys {
    type State = State;
    const META: &'static SettingMeta = &USER_ACCESS_KEYS;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        users(&self.0, token).await
    }

    /// A user has two keys at most, which is one page (IAM User Guide, "IAM and AWS STS quotas").
    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let answer = self.0.list_access_keys().user_name(&resource.id).send().await;
        let answer = answer.map_err(failed("iam:ListAccessKeys", &resource.id));
        let Found::Here(answer) = Found::sort(answer, &[], NO_SUCH_ENTITY)? else {
            return Ok(None);
        };
        let mut keys = BTreeMap::new();
        for key in answer.access_key_metadata() {
            let status = match key.status() {
                Some(StatusType::Active) => Status::Active,
                _ => Status::Inactive,
            };
            keys.extend(key.access_key_id().map(|id| (id.to_owned(), status)));
        }
        Ok(Some(Observed::of(State(keys))))
    }

    async fn write(
        &self,
        resource: &Resource,
        from: &Observed<State>,
        to: &State,
    ) -> Result<(), Error> {
        for (id, status) in &to.0 {
            if from.state.0.get(id) == Some(status) {
                continue;
            }
            let status = match status {
                Status::Active => StatusType::Active,
                Status::Inactive => StatusType::Inactive,
            };
            let call = self.0.update_access_key().user_name(&resource.id).access_key_id(id);
            let answer = call.status(status).send().await;
            answer.map_err(failed("iam:UpdateAccessKey", &resource.id))?;
        }
        Ok(())
    }
}
