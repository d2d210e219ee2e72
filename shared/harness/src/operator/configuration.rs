//! The account's configuration: one document, validated as a whole before it is in force.

use demarc_remediation::{configuration::Configuration, controls::CATALOGUE};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Caller, mode::reason};
use crate::{Error, Pipeline, store::Document};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Configure {
    /// The whole document, in TOML.
    document: String,
    /// The version that it replaces, as it was read; nothing is written where another came between.
    #[serde(default)]
    replaces: u64,
    /// Why; it stands in the journal.
    reason: String,
    /// Only say whether it is valid.
    #[serde(default)]
    dry_run: bool,
}

pub(super) async fn show(pipeline: &Pipeline) -> Result<Value, Error> {
    let document = pipeline.store.document().await?.unwrap_or_default();
    Ok(json!({ "document": document.text, "version": document.version }))
}

pub(super) async fn apply(
    pipeline: &Pipeline,
    wanted: &Configure,
    caller: &Caller,
) -> Result<Value, Error> {
    let known: Vec<&str> = CATALOGUE.iter().map(|control| control.meta().id).collect();
    Configuration::parse(&wanted.document, &known)
        .map_err(|error| Error::Refused(error.to_string()))?;
    let reason = reason(&wanted.reason)?;
    if wanted.dry_run {
        return Ok(json!({ "valid": true }));
    }
    let stored = pipeline.store.document().await?.unwrap_or_default().version;
    let document = Document { text: wanted.document.clone(), version: stored + 1 };
    let held = stored == wanted.replaces
        && pipeline.store.set_document(&document, &caller.arn, &reason).await?;
    if !held {
        return Err(Error::Refused(format!(
            "the configuration is not at version {}: read it again, and compare",
            wanted.replaces
        )));
    }
    Ok(json!({ "version": document.version, "in_force_within_seconds": 60 }))
}
