//! Plans that wait for a person's approval, in `journal` under a key of their own.

use demarc_remediation::{
    classification::{Actor, Resource},
    element::Delta,
    journal::setting_key,
    verdict::{Safety, Undo},
};
use serde::{Deserialize, Serialize};

use super::{
    Store, codec, is_condition,
    item::{Item, b, bytes_of, key, n, s},
};
use crate::{Error, failed};

const APPROVALS: &str = "approvals";

/// How long a plan waits: a week. Whoever looks at the setting after that puts up a new one.
pub const WAITS_MILLIS: u64 = 7 * 24 * 3_600_000;

/// A plan that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// Its id, a ULID: never that of a plan that was applied.
    pub id: String,
    /// The incident that it belongs to.
    pub incident: String,
    /// The control.
    pub control: String,
    /// The setting's id.
    pub setting: String,
    /// The resource.
    pub resource: Resource,
    /// What would change.
    pub delta: Delta,
    /// What is wrong.
    pub detail: String,
    /// What it may break.
    pub safety: Safety,
    /// What its undo would restore.
    pub undo: Undo,
    /// Why it waits.
    pub because: String,
    /// Who made the violation, where that is known: they do not approve it.
    pub actor: Option<Actor>,
    /// When it was put up, in milliseconds since 1970.
    pub at: u64,
    /// Until when it can be approved, in milliseconds since 1970.
    pub until: u64,
}

impl Waiting {
    fn sk(&self) -> String {
        format!("{}#{}", setting_key(&self.setting, &self.resource), self.control)
    }
}

impl Store {
    /// Puts a plan up for approval, and gives its id: where the same waits already, that one's.
    ///
    /// # Errors
    /// The journal cannot be written, or the plan is too large for it.
    pub async fn put_up(&self, waiting: &Waiting) -> Result<String, Error> {
        let hash = codec::chain("", &codec::text(&waiting.delta.without_places())?);
        let answer = self
            .client
            .put_item()
            .table_name(&self.journal)
            .set_item(Some(item(waiting, &hash)?))
            .condition_expression(
                "attribute_not_exists(pk) OR #hash <> :hash OR waits_until < :now",
            )
            .expression_attribute_names("#hash", "hash")
            .expression_attribute_values(":hash", s(&hash))
            .expression_attribute_values(":now", n(self.clock.now()))
            .send()
            .await;
        let Err(error) = answer else { return Ok(waiting.id.clone()) };
        if !is_condition(&error) {
            return Err(failed("dynamodb:PutItem", &waiting.resource.id)(error));
        }
        let kept = self.journal_item(APPROVALS.to_owned(), &waiting.sk()).await?;
        match kept.as_ref().and_then(read).transpose()? {
            Some(kept) => Ok(kept.id),
            None => Err(Error::Internal("a waiting plan is there, and not readable".to_owned())),
        }
    }

    /// Every plan that waits, the oldest first; expired and answered ones are left out.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn waiting(&self) -> Result<Vec<Waiting>, Error> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.journal)
            .key_condition_expression("pk = :approvals")
            .expression_attribute_values(":approvals", s(APPROVALS))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut waiting = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(failed("dynamodb:Query", APPROVALS))?;
            waiting.extend(read(&item).transpose()?);
        }
        let now = self.clock.now();
        waiting.retain(|plan| now < plan.until);
        waiting.sort_by_key(|plan| plan.at);
        Ok(waiting)
    }

    /// A plan that was approved waits no longer. One that was put up in its place meanwhile does.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn answered(&self, waiting: &Waiting) -> Result<(), Error> {
        let past = Waiting { until: self.clock.now(), ..waiting.clone() };
        let answer = self
            .client
            .put_item()
            .table_name(&self.journal)
            .set_item(Some(item(&past, "answered")?))
            .condition_expression("id = :id")
            .expression_attribute_values(":id", s(&waiting.id))
            .send()
            .await;
        match answer {
            Err(error) if !is_condition(&error) => {
                Err(failed("dynamodb:PutItem", &waiting.resource.id)(error))
            }
            _ => Ok(()),
        }
    }
}

fn item(waiting: &Waiting, hash: &str) -> Result<Item, Error> {
    let mut item = key(APPROVALS, waiting.sk());
    item.insert("body".into(), b(codec::pack(&waiting.id, &codec::text(waiting)?)?));
    item.insert("id".into(), s(&waiting.id));
    item.insert("hash".into(), s(hash));
    item.insert("waits_until".into(), n(waiting.until));
    // DynamoDB removes it some time after.
    item.insert("expires".into(), n(waiting.until / 1000));
    Ok(item)
}

fn read(item: &Item) -> Option<Result<Waiting, Error>> {
    bytes_of(item, "body").map(|body| codec::unpack(APPROVALS, body))
}
