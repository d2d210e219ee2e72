//! Approving a plan that waits for a person.

use demarc_remediation::classification::Evaluate;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Caller,
    look::{classified, own_control, readings, task},
    mode::reason,
    undo::is_actor,
};
use crate::{
    Error, Outcome, Pipeline,
    pipeline::{Approved, Task},
    store::{Waiting, WaitingEnd},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Approve {
    /// The plan that waits.
    plan: String,
    /// Why; it stands in the journal.
    reason: String,
    /// Only say what would be done.
    #[serde(default)]
    dry_run: bool,
}

/// Every plan that waits for this operator.
pub(super) async fn list(pipeline: &Pipeline) -> Result<Value, Error> {
    let mut waiting = pipeline.store.waiting().await?;
    waiting.retain(|plan| pipeline.function.setting(&plan.setting).is_ok());
    Ok(json!({ "waiting": waiting }))
}

/// Applies a plan that waits, where the judgement still holds and comes to the same delta.
pub(super) async fn approve(
    pipeline: &Pipeline,
    wanted: &Approve,
    caller: &Caller,
) -> Result<Value, Error> {
    let reason = reason(&wanted.reason)?;
    let waiting = find(pipeline, &wanted.plan).await?;
    if is_actor(waiting.actor.as_ref(), caller) {
        return Err(Error::Refused(format!(
            "`{}` made the change that plan {} would put right: somebody else has to approve it",
            caller.arn, waiting.id
        )));
    }
    let request = Evaluate { resource: waiting.resource.id.clone(), ..Evaluate::default() };
    let classification = classified(request);
    let approved = Approved { caller: caller.arn.clone(), reason, delta: waiting.delta.clone() };
    let setting = pipeline.function.setting(&waiting.setting)?;
    let resource = waiting.resource.clone();
    let task = Task {
        controls: vec![own_control(pipeline, &waiting.control)?],
        incident: waiting.incident.clone(),
        approved: Some(approved),
        ..task(pipeline, setting, resource, &classification)
    };
    apply(pipeline, &task, &waiting, wanted.dry_run).await
}

async fn apply(
    pipeline: &Pipeline,
    task: &Task<'_>,
    waiting: &Waiting,
    dry_run: bool,
) -> Result<Value, Error> {
    let configuration = pipeline.store.configuration().await?;
    let Some(readings) = readings(pipeline, task).await? else {
        return Err(Error::Refused(format!("there is no `{}` any more", waiting.resource.id)));
    };
    let exemptions = pipeline.store.exemptions(&task.key()).await?;
    let exempt = &exemptions.elements;
    let folded = pipeline.judge(task, &task.controls, &readings, &configuration, exempt);
    if folded.applied().next().is_none() {
        return Err(Error::Refused(format!(
            "plan {} is no longer what `{}` would do about `{}`: it is put right, exempt, off, or has changed; look at it with `demarc scan`",
            waiting.id, waiting.control, waiting.resource.id
        )));
    }
    if dry_run {
        return Ok(json!({ "approved": waiting, "reports": [], "dry_run": true }));
    }
    let remediated = pipeline.remediate(task, readings, &configuration, exemptions);
    let reports = Box::pin(remediated).await?;
    let done =
        |outcome: &Outcome| matches!(outcome, Outcome::Remediated | Outcome::Applying { .. });
    if reports.iter().any(|report| done(&report.outcome)) {
        pipeline.store.end_waiting(waiting, &approved_by(task)).await?;
    }
    Ok(json!({ "approved": waiting, "reports": reports, "dry_run": false }))
}

fn approved_by(task: &Task<'_>) -> WaitingEnd {
    let (caller, reason) = task
        .approved
        .as_ref()
        .map(|approved| (approved.caller.clone(), approved.reason.clone()))
        .unwrap_or_default();
    WaitingEnd::Approved { caller, reason }
}

async fn find(pipeline: &Pipeline, id: &str) -> Result<Waiting, Error> {
    let waiting = pipeline.store.waiting().await?.into_iter().find(|plan| plan.id == id);
    let Some(waiting) = waiting else {
        return Err(Error::NoSuchPlan(format!(
            "no plan `{id}` waits for approval in this region: it expired, or was approved; `demarc approve` lists those that wait"
        )));
    };
    if pipeline.function.setting(&waiting.setting).is_err() {
        return Err(Error::NoSuchPlan(format!(
            "no plan `{id}` waits for the operator of `{}`: it is of `{}`, ask that operator",
            pipeline.function.name, waiting.control
        )));
    }
    Ok(waiting)
}
