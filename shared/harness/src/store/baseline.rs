//! Last known good states, for what can vanish.

use std::collections::BTreeMap;

use demarc_remediation::{classification::Resource, element::Elements, setting::SettingMeta};

use super::{
    Store, codec, is_condition,
    item::{b, bytes_of, key, n, number_of, s, text_of},
};
use crate::{Error, failed};

/// What is known of a setting's past.
#[derive(Clone, Debug, PartialEq)]
pub enum Past {
    /// The setting's resources are still being listed for the first time.
    Enrolling,
    /// Never seen compliant.
    Never,
    /// Last known good.
    Known {
        /// The state.
        state: Elements,
        /// Since when it is a violation that nothing put right, in milliseconds since 1970.
        broken_at: Option<u64>,
    },
}

impl Store {
    /// The last known good state of a setting.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn past(&self, meta: &'static SettingMeta, setting: &str) -> Result<Past, Error> {
        let item = self.journal_item(format!("baseline#{setting}"), "state").await?;
        let body = |item| Some((item, bytes_of(item, "body")?));
        if let Some((item, packed)) = item.as_ref().and_then(body) {
            let broken_at = number_of(item, "broken_at");
            return Ok(Past::Known { state: codec::unpack(setting, packed)?, broken_at });
        }
        Ok(if self.is_enrolled(meta).await? { Past::Never } else { Past::Enrolling })
    }

    async fn is_enrolled(&self, meta: &'static SettingMeta) -> Result<bool, Error> {
        if self.remember(|memory| memory.enrolled.contains(meta.id)) {
            return Ok(true);
        }
        let item = self.journal_item(format!("enrolled#{}", meta.id), "complete").await?;
        if item.is_some() {
            self.remember(|memory| memory.enrolled.insert(meta.id));
        }
        Ok(item.is_some())
    }

    /// Notes that every resource with this setting has been listed once.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn set_enrolled(&self, meta: &'static SettingMeta) -> Result<(), Error> {
        let item = key(format!("enrolled#{}", meta.id), "complete");
        self.client
            .put_item()
            .table_name(&self.journal)
            .set_item(Some(item))
            .send()
            .await
            .map_err(failed("dynamodb:PutItem", meta.id))?;
        Ok(())
    }

    /// Keeps a compliant state as last known good, where it is another than the one kept, and
    /// which container each member belongs to.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn keep_good(
        &self,
        setting: &str,
        state: &Elements,
        members: &BTreeMap<String, Resource>,
    ) -> Result<(), Error> {
        let text = codec::text(state)?;
        let names: String = members.keys().map(|id| format!("|{id}")).collect();
        let hash = codec::chain(&names, &text);
        let kept = self.remember(|memory| memory.baselines.get(setting) == Some(&hash));
        if kept {
            return Ok(());
        }
        if self.put_baseline(setting, &text, &hash).await? {
            self.index(members).await?;
        }
        self.remember(|memory| memory.baselines.insert(setting.to_owned(), hash));
        Ok(())
    }

    /// Notes which container each member belongs to.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn index(&self, members: &BTreeMap<String, Resource>) -> Result<(), Error> {
        for (member, container) in members {
            self.put_member(member, container).await?;
        }
        Ok(())
    }

    /// Whether the stored one was another.
    async fn put_baseline(&self, setting: &str, text: &str, hash: &str) -> Result<bool, Error> {
        let mut item = key(format!("baseline#{setting}"), "state");
        item.insert("body".into(), b(codec::pack(setting, text)?));
        item.insert("hash".into(), s(hash));
        let answer = self
            .client
            .put_item()
            .table_name(&self.journal)
            .set_item(Some(item))
            .condition_expression(
                "attribute_not_exists(pk) OR #hash <> :hash OR attribute_exists(broken_at)",
            )
            .expression_attribute_names("#hash", "hash")
            .expression_attribute_values(":hash", s(hash))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(e) if is_condition(&e) => Ok(false),
            Err(e) => Err(failed("dynamodb:PutItem", setting)(e)),
        }
    }

    /// Notes since when a setting with a baseline is a violation that nothing put right.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn note_broken(&self, setting: &str) -> Result<(), Error> {
        self.remember(|memory| memory.baselines.remove(setting));
        self.client
            .update_item()
            .table_name(&self.journal)
            .set_key(Some(key(format!("baseline#{setting}"), "state")))
            .update_expression("SET broken_at = if_not_exists(broken_at, :now)")
            .expression_attribute_values(":now", n(self.clock.now()))
            .send()
            .await
            .map_err(failed("dynamodb:UpdateItem", setting))?;
        Ok(())
    }

    async fn put_member(&self, member: &str, container: &Resource) -> Result<(), Error> {
        let mut item = key(format!("member#{member}"), "container");
        item.insert("container".into(), s(&container.id));
        self.client
            .put_item()
            .table_name(&self.journal)
            .set_item(Some(item))
            .send()
            .await
            .map_err(failed("dynamodb:PutItem", member))?;
        Ok(())
    }

    /// The id of the container that a member was last seen in.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn container_of(&self, member: &Resource) -> Result<Option<String>, Error> {
        let item = self.journal_item(format!("member#{}", member.key()), "container").await?;
        Ok(item.as_ref().and_then(|item| text_of(item, "container")).map(str::to_owned))
    }

    pub(super) async fn journal_item(
        &self,
        pk: String,
        sk: &str,
    ) -> Result<Option<super::item::Item>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.journal)
            .set_key(Some(key(pk.as_str(), sk)))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("dynamodb:GetItem", &pk))?;
        Ok(answer.item)
    }
}
