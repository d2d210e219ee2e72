//! Looking at a resource for a person who asks: what scan, exempt and approve have in common.

use std::collections::BTreeMap;

use demarc_remediation::{
    classification::{Classification, Evaluate, Identities, Input, Request, Resource, classify},
    configuration::{Configuration, Enforcement, Mode},
    control::AnyControl,
    controls::CATALOGUE,
};

use crate::{
    AnySetting, Error, Pipeline,
    pipeline::{Readings, Task},
};

/// The control of that id, where it is this operator's.
pub(super) fn own_control(pipeline: &Pipeline, id: &str) -> Result<&'static dyn AnyControl, Error> {
    if let Some(control) = pipeline.function.controls().find(|c| c.meta().id == id) {
        return Ok(control);
    }
    let elsewhere = CATALOGUE.iter().find(|c| c.meta().id == id);
    Err(Error::Refused(elsewhere.map_or_else(
        || format!("there is no control `{id}`"),
        |c| format!("`{id}` belongs to the operator of `{}`", c.meta().setting.function),
    )))
}

/// The configuration with every control enforced, under its own ceiling.
pub(super) fn what_if(configuration: &Configuration, pipeline: &Pipeline) -> Configuration {
    let mut enforced = configuration.clone();
    let controls: BTreeMap<String, Enforcement> = pipeline
        .function
        .controls()
        .map(|control| {
            let id = control.meta().id;
            let present = configuration.enforcement(id);
            let enforced = Enforcement { mode: Mode::Enforce, grace_minutes: 0, ..present };
            (id.to_owned(), enforced)
        })
        .collect();
    enforced.controls = controls;
    enforced.by_hand.clear();
    enforced.freezes.clear();
    for scope in &mut enforced.scopes {
        scope.mode = Some(Mode::Enforce);
        scope.grace_minutes = None;
    }
    enforced
}

/// Whose a resource is that a person asks for.
pub(super) fn classified(request: Evaluate) -> Classification {
    classify(&Input::Request(Request::Evaluate(request)), &Identities::default())
}

/// A look at one setting by all of its controls.
pub(super) fn task<'a>(
    pipeline: &'a Pipeline,
    setting: &'a dyn AnySetting,
    resource: Resource,
    classification: &'a Classification,
) -> Task<'a> {
    Task {
        setting,
        resource: pipeline.placed(setting.meta(), resource),
        controls: pipeline.function.controls_of(setting.meta()).collect(),
        classification,
        change: None,
        cause: None,
        incident: "scan".to_owned(),
        attempt: 0,
        first_seen: None,
        approved: None,
        creates: false,
    }
}

/// Everything that the task's controls judge from; `None` where there is no such resource.
pub(super) async fn readings(
    pipeline: &Pipeline,
    task: &Task<'_>,
) -> Result<Option<Readings>, Error> {
    let Some(mut readings) = pipeline.read(task, &task.controls).await? else { return Ok(None) };
    let meta = task.setting.meta();
    if meta.baseline {
        readings.past = Some(pipeline.store.past(meta, &task.key()).await?);
    }
    Ok(Some(readings))
}
