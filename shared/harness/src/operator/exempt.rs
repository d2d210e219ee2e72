//! Exemptions by hand: what a control finds wrong now is left as it is, until a day.

use demarc_remediation::{
    classification::{Actor, Classification, Evaluate},
    control::AnyControl,
    element::Delta,
    plan::{ExemptElement, Planned},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Caller,
    look::{classified, own_control, readings, task, what_if},
    mode::reason,
    undo::is_actor,
};
use crate::{
    Error, Pipeline,
    pipeline::Task,
    store::{Ending, Exempting, Store},
};

/// Nothing is exempt for longer: 366 days.
const LONGEST_MILLIS: u64 = 366 * 24 * 3_600_000;
const ROUNDS: u32 = 3;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exempt {
    /// An ARN, or an id: the control says of which type.
    resource: String,
    /// The control that is to leave it alone.
    control: String,
    /// The end, in seconds since 1970; without it a present exemption ends now.
    #[serde(default)]
    until: Option<u64>,
    /// Who is accountable; the caller where it is left out.
    #[serde(default)]
    owner: Option<String>,
    /// Why; it stands in the journal and in every report of a skip.
    reason: String,
    /// Only say what would be exempt.
    #[serde(default)]
    dry_run: bool,
}

/// Exempts exactly the elements that the control would change now, with the content that they have
/// now. Whatever comes later is judged.
pub(super) async fn exempt(
    pipeline: &Pipeline,
    wanted: &Exempt,
    caller: &Caller,
) -> Result<Value, Error> {
    let reason = reason(&wanted.reason)?;
    let until = wanted.until.map(|seconds| end(seconds, pipeline.clock.now())).transpose()?;
    let control = own_control(pipeline, &wanted.control)?;
    let request = Evaluate {
        resource: wanted.resource.clone(),
        kind: Some(control.meta().setting.resource.to_owned()),
        ..Evaluate::default()
    };
    let classification = classified(request.clone());
    let task = of(pipeline, &request, control, &classification)?;
    let owner = wanted.owner.as_ref().unwrap_or(&caller.arn);
    for _ in 0..ROUNDS {
        let planned = violation(pipeline, &task).await?;
        let kept = pipeline.store.exemptions(&task.key()).await?;
        let from = pipeline.clock.now();
        if until.is_some() {
            permitted(pipeline, &task, &planned, caller).await?;
        } else if !is_exempt(&kept.elements, &planned.delta, from) {
            let why = format!("`{}` has no such exemption", task.resource.id);
            return Err(Error::Refused(why));
        }
        let ending = Ending {
            setting: task.setting.meta().id.to_owned(),
            resource: task.resource.clone(),
            control: control.meta().id.to_owned(),
            from,
            until: until.unwrap_or(from),
            owner: owner.clone(),
            justification: reason.clone(),
            noted: None,
        };
        let exempting = after(&kept.elements, &planned.delta, ending);
        let answer = json!({
            "resource": task.resource, "control": control.meta().id, "until": until,
            "delta": planned.delta, "detail": planned.detail, "dry_run": wanted.dry_run,
        });
        if wanted.dry_run {
            return Ok(answer);
        }
        let (key, arn) = (task.key(), &caller.arn);
        let store = &pipeline.store;
        if store.set_exemptions(&key, kept.version, &exempting, arn, &reason).await? {
            return Ok(answer);
        }
    }
    Err(Error::Refused(format!("others exempt `{}` at the same time: try again", task.key())))
}

fn end(seconds: u64, now: u64) -> Result<u64, Error> {
    let until = seconds.saturating_mul(1000);
    if until <= now {
        return Err(Error::Refused("the exemption would be over already".to_owned()));
    }
    if until > now + LONGEST_MILLIS {
        let why = "an exemption lasts 366 days at most: ask again when it is over";
        return Err(Error::Refused(why.to_owned()));
    }
    Ok(until)
}

/// The look at that resource by that control alone.
fn of<'a>(
    pipeline: &'a Pipeline,
    request: &Evaluate,
    control: &'static dyn AnyControl,
    classification: &'a Classification,
) -> Result<Task<'a>, Error> {
    let meta = control.meta().setting;
    let environment = &pipeline.environment;
    let resource = request.target(&environment.account, &environment.region);
    let here = resource.filter(|resource| resource.account == environment.account);
    let resource = here.ok_or_else(|| {
        Error::Refused(format!(
            "`{}` is no {} of account {}",
            request.resource, meta.resource, environment.account
        ))
    })?;
    let setting = pipeline.function.setting(meta.id)?;
    Ok(Task { controls: vec![control], ..task(pipeline, setting, resource, classification) })
}

/// What the control would change, were it enforced.
async fn violation(pipeline: &Pipeline, task: &Task<'_>) -> Result<Planned, Error> {
    let configuration = what_if(&*pipeline.store.configuration().await?, pipeline);
    let Some(readings) = readings(pipeline, task).await? else {
        return Err(Error::Refused(format!("there is no `{}` here", task.resource.id)));
    };
    let mut folded = pipeline.judge(task, &task.controls, &readings, &configuration, &[]);
    if folded.planned.is_empty() {
        return Err(Error::Refused(format!(
            "nothing of `{}` is to be exempt: an exemption covers what a control finds wrong now, not what may come",
            task.resource.id
        )));
    }
    Ok(folded.planned.swap_remove(0))
}

fn is_exempt(kept: &[ExemptElement], delta: &Delta, now: u64) -> bool {
    delta.edits().any(|edit| kept.iter().any(|exemption| exemption.covers(edit, now)))
}

/// Whoever made the violation does not exempt it, as far as a plan tells who that was: the one that
/// waits, or the last one that was claimed for the same elements.
async fn permitted(
    pipeline: &Pipeline,
    task: &Task<'_>,
    planned: &Planned,
    caller: &Caller,
) -> Result<(), Error> {
    let (store, control) = (&pipeline.store, planned.control.id);
    let waiting = store.waiting_for(&task.key(), control).await?;
    let mut actor = waiting.and_then(|waiting| waiting.actor);
    if actor.is_none() {
        actor = last_actor(store, task, planned).await?;
    }
    if is_actor(actor.as_ref(), caller) {
        return Err(Error::Refused(format!(
            "`{}` made the change that `{control}` finds wrong: somebody else has to exempt it",
            caller.arn
        )));
    }
    Ok(())
}

async fn last_actor(
    store: &Store,
    task: &Task<'_>,
    planned: &Planned,
) -> Result<Option<Actor>, Error> {
    for id in store.plans_of(&task.key()).await?.iter().rev() {
        let Some(plan) = store.plan(id).await? else { continue };
        let same = plan.entry.control == planned.control.id
            && plan.entry.delta.shares_element_with(&planned.delta);
        if same && plan.entry.actor.is_some() {
            return Ok(plan.entry.actor);
        }
    }
    Ok(None)
}

/// The setting's exemptions afterwards. One that ends at once ends those of the delta's elements.
fn after(kept: &[ExemptElement], delta: &Delta, ending: Ending) -> Exempting {
    let mut elements: Vec<ExemptElement> =
        ExemptElement::beside(kept, delta, ending.from).collect();
    if ending.from < ending.until {
        elements.extend(delta.edits().map(|edit| ExemptElement {
            id: edit.id.clone(),
            value: edit.before.clone(),
            until: ending.until,
            owner: ending.owner.clone(),
            justification: ending.justification.clone(),
        }));
    }
    Exempting { elements, ending: Some(ending) }
}
