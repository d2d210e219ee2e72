//! The `control` table: read here; written only through the operator.

use std::sync::Arc;

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use demarc_remediation::{
    configuration::{Configuration, Enforcement},
    controls::CATALOGUE,
};
use serde::{Deserialize, Serialize};

use super::{
    FRESH_MILLIS, Store, codec,
    item::{Item, key, n, number_of, s, text_of},
};
use crate::{Error, failed};

const CONFIGURATION: &str = "configuration";
const SWITCHES: u8 = 16;

/// The configuration as it is stored.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// TOML.
    pub text: String,
    /// Grows with each change; 0 where there is none.
    pub version: u64,
}

/// A mode as an operator set it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ModeChange {
    /// The control.
    pub control: String,
    /// Its mode and ceiling.
    pub enforcement: Enforcement,
    /// Who set it: the ARN that IAM names.
    pub caller: String,
    /// Why.
    pub reason: String,
    /// When, in milliseconds since 1970.
    pub at: u64,
}

impl Store {
    /// The configuration, at most a minute old.
    ///
    /// # Errors
    /// The table cannot be read. A document that is not valid is no error: it means observe, and
    /// an alarm line in the log.
    pub async fn configuration(&self) -> Result<Arc<Configuration>, Error> {
        let now = self.clock.now();
        let kept = self.remember(|memory| memory.configuration.clone());
        if let Some((read_at, configuration)) = kept
            && now < read_at + FRESH_MILLIS
        {
            return Ok(configuration);
        }
        let configuration = Arc::new(self.read_configuration().await?);
        self.remember(|memory| memory.configuration = Some((now, Arc::clone(&configuration))));
        Ok(configuration)
    }

    /// Reads the kill switch and writes down when, under the function's own key.
    ///
    /// # Errors
    /// One of the tables does not answer.
    pub async fn beat(&self, function: &str) -> Result<(), Error> {
        self.client
            .get_item()
            .table_name(&self.control)
            .set_key(Some(kill_switch_key(function)))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("dynamodb:GetItem", &self.control))?;
        let mut item = key(format!("heartbeat#{function}"), "last");
        item.insert("at".into(), n(self.clock.now()));
        self.client
            .put_item()
            .table_name(&self.journal)
            .set_item(Some(item))
            .send()
            .await
            .map_err(failed("dynamodb:PutItem", &self.journal))?;
        Ok(())
    }

    async fn read_configuration(&self) -> Result<Configuration, Error> {
        let answer = self
            .client
            .query()
            .table_name(&self.control)
            .key_condition_expression("pk = :configuration")
            .expression_attribute_values(":configuration", s(CONFIGURATION))
            .send()
            .await
            .map_err(failed("dynamodb:Query", &self.control))?;
        let items = answer.items();
        let document = items.iter().find(|i| text_of(i, "sk") == Some("document"));
        let text = document.and_then(|item| text_of(item, "body")).unwrap_or_default();
        let known: Vec<&str> = CATALOGUE.iter().map(|control| control.meta().id).collect();
        let mut configuration = match Configuration::parse(text, &known) {
            Ok(configuration) => configuration,
            Err(error) => {
                crate::report::alarm("configuration", &error.to_string());
                return Ok(Configuration::default());
            }
        };
        configuration.stack = self.environment.enforcement;
        configuration.stack_settle_seconds = self.environment.settle_seconds;
        for change in items.iter().filter_map(mode_of) {
            configuration.by_hand.insert(change.control, change.enforcement);
        }
        Ok(configuration)
    }

    /// The stored configuration document, as it stands.
    ///
    /// # Errors
    /// The table cannot be read.
    pub async fn document(&self) -> Result<Option<Document>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.control)
            .set_key(Some(key(CONFIGURATION, "document")))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("dynamodb:GetItem", CONFIGURATION))?;
        Ok(answer.item().map(|item| Document {
            text: text_of(item, "body").unwrap_or_default().to_owned(),
            version: number_of(item, "version").unwrap_or(0),
        }))
    }

    /// Replaces the configuration document by its next version, journaled with who did it and why.
    /// `false` where another version came between.
    ///
    /// # Errors
    /// The transaction failed for another reason; nothing is changed then.
    pub async fn set_document(
        &self,
        document: &Document,
        caller: &str,
        reason: &str,
    ) -> Result<bool, Error> {
        let mut item = key(CONFIGURATION, "document");
        item.insert("body".into(), s(&document.text));
        item.insert("version".into(), n(document.version));
        let mut entry = key(CONFIGURATION, format!("{:020}", document.version));
        entry.insert("body".into(), s(&document.text));
        entry.insert("caller".into(), s(caller));
        entry.insert("reason".into(), s(reason));
        entry.insert("at".into(), n(self.clock.now()));
        // Each version is journaled once, so that two who replace the same one cannot both do it.
        let writes = vec![
            put(&self.control, item, None)?,
            put(&self.journal, entry, Some("attribute_not_exists(pk)"))?,
        ];
        let held = self.transact(&writes).await?.is_none();
        self.remember(|memory| memory.configuration = None);
        Ok(held)
    }

    /// Sets a control's mode, journaled with who did it and why.
    ///
    /// # Errors
    /// The transaction failed; nothing is changed then.
    pub async fn set_mode(&self, change: &ModeChange) -> Result<(), Error> {
        let text = codec::text(change)?;
        let mut item = key(CONFIGURATION, format!("mode#{}", change.control));
        item.insert("body".into(), s(&text));
        let mut entry = key(format!("mode#{}", change.control), format!("{:020}", change.at));
        entry.insert("body".into(), s(&text));
        self.write_together(vec![
            put(&self.control, item, None)?,
            put(&self.journal, entry, Some("attribute_not_exists(pk)"))?,
        ])
        .await?;
        self.remember(|memory| memory.configuration = None);
        Ok(())
    }

    /// Stops every remediation of the account and region, or lets them go on. Journaled.
    ///
    /// # Errors
    /// The transaction failed; nothing is changed then.
    pub async fn set_stopped(
        &self,
        stopped: bool,
        caller: &str,
        reason: &str,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let mut writes = Vec::new();
        for copy in 0..SWITCHES {
            let mut item = key(format!("kill-switch#{copy}"), "switch");
            item.insert("stopped".into(), AttributeValue::Bool(stopped));
            writes.push(put(&self.control, item, None)?);
        }
        let mut entry = key("kill-switch", format!("{now:020}"));
        entry.insert("stopped".into(), AttributeValue::Bool(stopped));
        entry.insert("caller".into(), s(caller));
        entry.insert("reason".into(), s(reason));
        writes.push(put(&self.journal, entry, Some("attribute_not_exists(pk)"))?);
        self.write_together(writes).await
    }

    async fn write_together(&self, writes: Vec<TransactWriteItem>) -> Result<(), Error> {
        self.client
            .transact_write_items()
            .set_transact_items(Some(writes))
            .send()
            .await
            .map_err(failed("dynamodb:TransactWriteItems", &self.control))?;
        Ok(())
    }
}

/// The copy of the kill switch that the claims of a setting check: sixteen copies, so that none is
/// a hot item.
pub(super) fn kill_switch_key(setting: &str) -> Item {
    let copy = setting.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    key(format!("kill-switch#{}", copy % SWITCHES), "switch")
}

/// The condition that an item still has the version that was seen, and its values.
pub(super) fn same_version(seen: Option<u64>) -> (&'static str, Option<Item>) {
    match seen {
        None => ("attribute_not_exists(pk)", None),
        Some(version) => {
            ("version = :version", Some(Item::from([(":version".to_owned(), n(version))])))
        }
    }
}

pub(super) fn put(
    table: &str,
    item: Item,
    condition: Option<&str>,
) -> Result<TransactWriteItem, Error> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .set_condition_expression(condition.map(Into::into))
        .build()
        .map_err(|e| Error::Internal(e.to_string()))?;
    Ok(TransactWriteItem::builder().put(put).build())
}

fn mode_of(item: &Item) -> Option<ModeChange> {
    let body = text_of(item, "sk")?.strip_prefix("mode#").and(text_of(item, "body"))?;
    match serde_json::from_str(body) {
        Ok(change) => Some(change),
        Err(error) => {
            crate::report::alarm(
                "configuration",
                &format!("a stored mode is not readable: {error}"),
            );
            None
        }
    }
}
