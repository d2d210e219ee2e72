//! Exemptions, in `control`, and when they end, in `journal`.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::update_item::UpdateItemError,
    types::{Put, TransactWriteItem},
};
use demarc_remediation::{classification::Resource, journal::setting_key, plan::ExemptElement};
use serde::{Deserialize, Serialize};

use super::{
    Store, codec,
    control::{put, same_version},
    item::{Item, b, bytes_of, key, n, number_of, s, text_of},
};
use crate::{Error, failed};

const ENDINGS: &str = "endings";
/// How long before its end an exemption is announced to end, in milliseconds: a day.
const ANNOUNCED_MILLIS: u64 = 24 * 3_600_000;
/// How long it is kept that an exemption is over, in milliseconds: 30 days.
const KEPT_MILLIS: u64 = 30 * 24 * 3_600_000;

/// A setting's exemptions with the version that a claim checks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exemptions {
    /// `None` where the setting never had any.
    pub version: Option<u64>,
    /// The exempt elements, expired ones among them.
    pub elements: Vec<ExemptElement>,
}

/// The end of an exemption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// The setting's id.
    pub setting: String,
    /// The resource.
    pub resource: Resource,
    /// The control that leaves it alone.
    pub control: String,
    /// When it was written, in milliseconds since 1970.
    pub from: u64,
    /// When it ends, in milliseconds since 1970.
    pub until: u64,
    /// Who is accountable.
    pub owner: String,
    /// Why it was written.
    pub justification: String,
    /// What was done about its end.
    #[serde(skip)]
    pub noted: Option<Noted>,
}

/// What was done about the end of an exemption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It was announced.
    Announced,
    /// The resource was sent to be evaluated.
    Over,
}

impl Noted {
    fn as_str(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Over => "over",
        }
    }
}

impl Ending {
    /// The setting's key.
    #[must_use]
    pub fn key(&self) -> String {
        setting_key(&self.setting, &self.resource)
    }

    /// Whether it is to be announced at `now`, in milliseconds since 1970: once, a day before. One
    /// that was written for a day or less is not: whoever wrote it knows.
    #[must_use]
    pub fn is_announced_at(&self, now: u64) -> bool {
        let at = self.until.saturating_sub(ANNOUNCED_MILLIS);
        self.noted.is_none() && self.from < at && at <= now
    }

    fn sk(&self) -> String {
        format!("{:020}#{}", self.until, self.key())
    }
}

/// A setting's exemptions as they are to be, and the end of what is new.
#[derive(Clone, Debug, PartialEq)]
pub struct Exempting {
    /// All that are in force afterwards.
    pub elements: Vec<ExemptElement>,
    /// When what is new ends, or when what was in force has ended; `None`: neither is the case.
    pub ending: Option<Ending>,
}

impl Store {
    /// A setting's exemptions.
    ///
    /// # Errors
    /// The table cannot be read, or the item is not readable.
    pub async fn exemptions(&self, setting: &str) -> Result<Exemptions, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.control)
            .set_key(Some(exemption_key(setting)))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("dynamodb:GetItem", setting))?;
        let Some(item) = answer.item() else { return Ok(Exemptions::default()) };
        let text = text_of(item, "elements").unwrap_or("[]");
        let elements: Vec<ExemptElement> = serde_json::from_str(text).map_err(|e| {
            Error::Internal(format!("the exemptions of `{setting}` are not readable: {e}"))
        })?;
        Ok(Exemptions { version: number_of(item, "version"), elements })
    }

    /// Replaces a setting's exemptions where they still have the version that was seen, journaled
    /// with who did it and why. `false` where another change came between.
    ///
    /// # Errors
    /// The transaction failed for another reason; nothing is changed then.
    pub async fn set_exemptions(
        &self,
        setting: &str,
        seen: Option<u64>,
        exempting: &Exempting,
        caller: &str,
        reason: &str,
    ) -> Result<bool, Error> {
        let version = seen.unwrap_or(0) + 1;
        let mut entry = key(format!("exemption#{setting}"), format!("{version:020}"));
        entry.insert("body".into(), s(&codec::text(&exempting.elements)?));
        entry.insert("caller".into(), s(caller));
        entry.insert("reason".into(), s(reason));
        entry.insert("at".into(), n(self.clock.now()));
        let mut writes = vec![
            self.exemption_put(setting, seen, &exempting.elements)?,
            put(&self.journal, entry, Some("attribute_not_exists(pk)"))?,
        ];
        writes.extend(self.ending_put(exempting)?);
        Ok(self.transact(&writes).await?.is_none())
    }

    /// Replaces a setting's exemptions by their next version.
    pub(super) fn exemption_put(
        &self,
        setting: &str,
        seen: Option<u64>,
        elements: &[ExemptElement],
    ) -> Result<TransactWriteItem, Error> {
        let (condition, values) = same_version(seen);
        let mut item = exemption_key(setting);
        item.insert("version".into(), n(seen.unwrap_or(0) + 1));
        item.insert("elements".into(), s(codec::text(&elements)?));
        let put = Put::builder()
            .table_name(&self.control)
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_values(values)
            .build()
            .map_err(|e| Error::Internal(e.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Writes down when what is exempt now ends, for the settle pass to find.
    pub(super) fn ending_put(
        &self,
        exempting: &Exempting,
    ) -> Result<Option<TransactWriteItem>, Error> {
        let Some(ending) = &exempting.ending else { return Ok(None) };
        let mut item = key(ENDINGS, ending.sk());
        item.insert("body".into(), b(codec::pack(ENDINGS, &codec::text(ending)?)?));
        put(&self.journal, item, None).map(Some)
    }

    /// Every exemption that ends within a day or has ended, the first first; without those that
    /// are [`Noted::Over`].
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn endings(&self) -> Result<Vec<Ending>, Error> {
        let horizon = self.clock.now() + ANNOUNCED_MILLIS;
        let mut pages = self
            .client
            .query()
            .table_name(&self.journal)
            .key_condition_expression("pk = :endings AND sk < :horizon")
            .expression_attribute_values(":endings", s(ENDINGS))
            .expression_attribute_values(":horizon", s(format!("{horizon:020}~")))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut endings = Vec::new();
        while let Some(item) = pages.next().await {
            endings.extend(read(&item.map_err(failed("dynamodb:Query", ENDINGS))?)?);
        }
        endings.retain(|ending| ending.noted != Some(Noted::Over));
        Ok(endings)
    }

    /// Notes what was done about an exemption's end. Where somebody else noted that it is over, it
    /// stays over.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn note_ending(&self, ending: &Ending, noted: Noted) -> Result<(), Error> {
        let expires = (self.clock.now() + KEPT_MILLIS) / 1000;
        let values = [
            (":noted", s(noted.as_str())),
            (":over", s(Noted::Over.as_str())),
            (":expires", n(expires.max(ending.until / 1000))),
        ];
        let answer = self
            .client
            .update_item()
            .table_name(&self.journal)
            .set_key(Some(key(ENDINGS, ending.sk())))
            .update_expression("SET noted = :noted, expires = :expires")
            .condition_expression("attribute_not_exists(noted) OR noted <> :over")
            .set_expression_attribute_values(Some(
                values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            ))
            .send()
            .await;
        match answer {
            Err(error) if !is_noted(&error) => {
                Err(failed("dynamodb:UpdateItem", &ending.resource.id)(error))
            }
            _ => Ok(()),
        }
    }
}

fn is_noted(error: &SdkError<UpdateItemError>) -> bool {
    error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

fn read(item: &Item) -> Result<Option<Ending>, Error> {
    let Some(body) = bytes_of(item, "body") else { return Ok(None) };
    let ending: Ending = codec::unpack(ENDINGS, body)?;
    let noted = match text_of(item, "noted") {
        Some("announced") => Some(Noted::Announced),
        Some(_) => Some(Noted::Over),
        None => None,
    };
    Ok(Some(Ending { noted, ..ending }))
}

pub(super) fn exemption_key(setting: &str) -> Item {
    key(format!("exemption#{setting}"), "exemption")
}
