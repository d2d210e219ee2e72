//! What was done: the plans in the journal.

use demarc_remediation::controls::find;
use serde::Deserialize;
use serde_json::{Value, json};

use super::undo::in_force;
use crate::{Error, Pipeline, store::Plan};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plans {
    /// Only those that were claimed since, in seconds since 1970.
    since: u64,
    /// Only this control's.
    #[serde(default)]
    control: Option<String>,
    /// Only those that put right what this actor did: the ARN of a user, of a role or of a session.
    #[serde(default)]
    actor: Option<String>,
    /// Where the listing goes on.
    #[serde(default)]
    token: Option<String>,
}

/// A page of this function's plans, and where the next page starts.
pub(super) async fn list(pipeline: &Pipeline, wanted: &Plans) -> Result<Value, Error> {
    let since = wanted.since.saturating_mul(1000);
    let (ids, next) = pipeline.store.plans_since(since, wanted.token.as_deref()).await?;
    let mut plans = Vec::new();
    for id in &ids {
        let plan = pipeline.store.plan(id).await?;
        if let Some(plan) = plan.filter(|plan| is_wanted(pipeline, wanted, plan)) {
            plans.push(view(&plan, in_force(pipeline, &plan).await?));
        }
    }
    Ok(json!({ "plans": plans, "next": next }))
}

fn is_wanted(pipeline: &Pipeline, wanted: &Plans, plan: &Plan) -> bool {
    let of_control = wanted.control.as_ref().is_none_or(|id| *id == plan.entry.control);
    let by_actor = wanted.actor.as_deref().is_none_or(|name| {
        plan.entry.actor.as_ref().is_some_and(|actor| {
            [actor.arn.as_deref(), actor.role.as_deref()].contains(&Some(name))
        })
    });
    of_control && by_actor && pipeline.function.setting(&plan.entry.setting).is_ok()
}

/// What a remediation that was written did not undo.
fn not_undone(plan: &Plan) -> Option<&'static str> {
    let put_right = plan.was_written() && plan.undoes().is_none();
    find(&plan.entry.control).filter(|_| put_right).map(|control| control.meta().outlives)
}

fn view(plan: &Plan, in_force: bool) -> Value {
    let entry = &plan.entry;
    json!({
        "plan": entry.plan,
        "incident": entry.incident,
        "control": entry.control,
        "resource": entry.resource,
        "at": entry.at,
        "stage": plan.stage().as_str(),
        "in_force": in_force,
        "contested": entry.contested,
        "undoes": plan.undoes(),
        "actor": entry.actor.as_ref().map(|actor| actor.name()),
        "caller": entry.caller,
        "detail": entry.detail,
        "evidence": entry.evidence,
        "not_undone": not_undone(plan),
        "delta": entry.delta,
    })
}
