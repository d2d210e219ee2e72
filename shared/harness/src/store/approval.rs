//! Plans that wait for a person's approval, in `journal` under a key of their own.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use demarc_remediation::{
    classification::{Actor, Resource},
    element::Delta,
    journal::setting_key,
    verdict::{Evidence, Safety, Undo},
};
use serde::{Deserialize, Serialize};

use super::{
    FRESH_MILLIS, Store, codec,
    control::put,
    is_condition,
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
    /// Whether somebody uses what it would close.
    #[serde(default)]
    pub evidence: Evidence,
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
        place(&setting_key(&self.setting, &self.resource), &self.control)
    }
}

/// How a plan came to wait no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitingEnd {
    /// It was approved and applied.
    Approved {
        /// By whom: the ARN that IAM names.
        caller: String,
        /// Why.
        reason: String,
    },
    /// There is nothing left to approve; the text says why.
    Withdrawn {
        /// What was found.
        because: String,
    },
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
        self.remember(|memory| {
            let known = memory.waiting.as_mut();
            known.map(|(_, plans)| plans.insert(waiting.sk()))
        });
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

    /// The plan of one setting and control that waits, if any.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn waiting_for(
        &self,
        setting: &str,
        control: &str,
    ) -> Result<Option<Waiting>, Error> {
        let item = self.journal_item(APPROVALS.to_owned(), &place(setting, control)).await?;
        let waiting = item.as_ref().and_then(read).transpose()?;
        Ok(waiting.filter(|plan| self.clock.now() < plan.until))
    }

    /// Whether a plan of the setting and control may be waiting: what this sandbox knows is a
    /// minute old at most.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn may_be_waiting(&self, setting: &str, control: &str) -> Result<bool, Error> {
        let now = self.clock.now();
        let place = place(setting, control);
        let known = self.remember(|memory| {
            let (read_at, plans) = memory.waiting.as_ref()?;
            (now < read_at + FRESH_MILLIS).then(|| plans.contains(&place))
        });
        if let Some(waits) = known {
            return Ok(waits);
        }
        let plans: BTreeSet<String> = self.waiting().await?.iter().map(Waiting::sk).collect();
        let waits = plans.contains(&place);
        self.remember(|memory| memory.waiting = Some((now, plans)));
        Ok(waits)
    }

    /// A plan waits no longer, and the journal says why. One that was put up in its place
    /// meanwhile goes on waiting.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn end_waiting(&self, waiting: &Waiting, end: &WaitingEnd) -> Result<(), Error> {
        let now = self.clock.now();
        let past = Waiting { until: now, ..waiting.clone() };
        let same = Put::builder()
            .table_name(&self.journal)
            .set_item(Some(item(&past, "ended")?))
            .condition_expression("id = :id AND waits_until >= :now")
            .expression_attribute_values(":id", s(&waiting.id))
            .expression_attribute_values(":now", n(now))
            .build()
            .map_err(|e| Error::Internal(e.to_string()))?;
        let mut entry = key(format!("approval#{}", waiting.id), format!("{now:020}"));
        entry.insert("body".into(), b(codec::pack(&waiting.id, &codec::text(waiting)?)?));
        entry.insert("end".into(), s(codec::text(end)?));
        let writes = vec![
            TransactWriteItem::builder().put(same).build(),
            put(&self.journal, entry, Some("attribute_not_exists(pk)"))?,
        ];
        self.transact(&writes).await?;
        self.remember(|memory| {
            let known = memory.waiting.as_mut();
            known.map(|(_, plans)| plans.remove(&waiting.sk()))
        });
        Ok(())
    }
}

/// Where the plan of a setting and control waits.
fn place(setting: &str, control: &str) -> String {
    format!("{setting}#{control}")
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
