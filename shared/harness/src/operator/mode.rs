//! Modes and the kill switch.

use demarc_remediation::{
    configuration::{Enforcement, Mode},
    verdict::Safety,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Caller, look::own_control};
use crate::{Error, Pipeline, store::ModeChange};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetMode {
    control: String,
    mode: Mode,
    #[serde(default)]
    ceiling: Option<Safety>,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Because {
    reason: String,
}

pub(super) async fn set(
    pipeline: &Pipeline,
    wanted: &SetMode,
    caller: &Caller,
) -> Result<Value, Error> {
    own_control(pipeline, &wanted.control)?;
    let present = pipeline.store.configuration().await?.enforcement(&wanted.control);
    let change = ModeChange {
        control: wanted.control.clone(),
        enforcement: Enforcement {
            mode: wanted.mode,
            ceiling: wanted.ceiling.unwrap_or(present.ceiling),
            ..present
        },
        caller: caller.arn.clone(),
        reason: reason(&wanted.reason)?,
        at: pipeline.clock.now(),
    };
    pipeline.store.set_mode(&change).await?;
    Ok(json!({ "mode": change, "in_force_within_seconds": 60 }))
}

pub(super) async fn list(pipeline: &Pipeline) -> Result<Value, Error> {
    let configuration = pipeline.store.configuration().await?;
    let modes: Vec<Value> = pipeline
        .function
        .controls()
        .map(|control| {
            let meta = control.meta();
            json!({ "control": meta.id, "title": meta.title, "enforcement": configuration.enforcement(meta.id) })
        })
        .collect();
    Ok(json!({
        "modes": modes,
        "scopes": configuration.scopes,
        "freezes": configuration.freezes,
    }))
}

pub(super) async fn stop(
    pipeline: &Pipeline,
    stopped: bool,
    because: &Because,
    caller: &Caller,
) -> Result<Value, Error> {
    let reason = reason(&because.reason)?;
    pipeline.store.set_stopped(stopped, &caller.arn, &reason).await?;
    Ok(json!({ "stopped": stopped }))
}

pub(super) fn reason(text: &str) -> Result<String, Error> {
    match text.trim() {
        "" => Err(Error::Refused("a reason is needed: it stands in the journal".to_owned())),
        reason => Ok(reason.to_owned()),
    }
}
