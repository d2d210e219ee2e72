//! Taking a plan back, on the state as it is now.

mod job;

use demarc_remediation::{
    classification::Actor,
    control::AnyControl,
    controls::CATALOGUE,
    element::{Delta, Edit, Elements},
    verdict::Undo as Restores,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Caller;
use crate::{AnySetting, Error, Observed, Pipeline, store::Plan};
use job::Job;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Undo {
    /// The plan to take back.
    #[serde(default)]
    plan: Option<String>,
    /// Or all plans of an incident, the latest first.
    #[serde(default)]
    incident: Option<String>,
    /// Why; it stands in the journal and in the exemption.
    reason: String,
    /// Only say what would be done.
    #[serde(default)]
    dry_run: bool,
}

pub(super) async fn undo(
    pipeline: &Pipeline,
    undo: &Undo,
    caller: &Caller,
) -> Result<Value, Error> {
    if undo.reason.trim().is_empty() {
        return Err(Error::Refused("a reason is needed: it stands in the journal".to_owned()));
    }
    let plans = match (&undo.plan, &undo.incident) {
        (Some(plan), None) => vec![find(pipeline, plan).await?],
        (None, Some(incident)) => of_incident(pipeline, incident).await?,
        _ => return Err(Error::Refused("name a `plan` or an `incident`".to_owned())),
    };
    let mut undone = Vec::new();
    let mut taken = Vec::new();
    for plan in &plans {
        match one(pipeline, plan, undo, caller, &taken).await {
            Ok(done) => {
                undone.push(done);
                taken.push(plan.entry.plan.as_str());
            }
            Err(error) if undone.is_empty() => return Err(error),
            // What is done stays done: the answer says how far it came, and why not further.
            Err(error) => {
                return Ok(
                    json!({ "undone": undone, "stopped_at": plan.entry.plan, "because": error.to_string() }),
                );
            }
        }
    }
    Ok(json!({ "undone": undone, "dry_run": undo.dry_run }))
}

async fn find(pipeline: &Pipeline, id: &str) -> Result<Plan, Error> {
    let plan = pipeline.store.plan(id).await?;
    plan.ok_or_else(|| {
        Error::NoSuchPlan(format!("there is no plan `{id}` in this region's journal"))
    })
}

/// The incident's plans that are in force, the latest first; of one claim, the last folded first.
async fn of_incident(pipeline: &Pipeline, incident: &str) -> Result<Vec<Plan>, Error> {
    let mut plans = Vec::new();
    for id in pipeline.store.plans_of_incident(incident).await? {
        let plan = find(pipeline, &id).await?;
        let here = pipeline.function.setting(&plan.entry.setting).is_ok();
        if here && plan.undoes().is_none() && in_force(pipeline, &plan).await? {
            plans.push(plan);
        }
    }
    let rank = |id: &str| CATALOGUE.iter().position(|control| control.meta().id == id);
    plans.sort_by_key(|plan| std::cmp::Reverse((plan.entry.at, rank(&plan.entry.control))));
    if plans.is_empty() {
        return Err(Error::NoSuchPlan(format!(
            "incident `{incident}` has no plan of this function that is in force"
        )));
    }
    Ok(plans)
}

/// Whether the plan was written and not taken back.
pub(super) async fn in_force(pipeline: &Pipeline, plan: &Plan) -> Result<bool, Error> {
    Ok(plan.was_written() && undone_by(pipeline, plan).await?.is_none())
}

/// The plan that took this one back.
async fn undone_by(pipeline: &Pipeline, plan: &Plan) -> Result<Option<Plan>, Error> {
    let later = later_plans(pipeline, plan).await?;
    Ok(later.into_iter().find(|p| p.took_back(&plan.entry.plan)))
}

async fn later_plans(pipeline: &Pipeline, plan: &Plan) -> Result<Vec<Plan>, Error> {
    let mut later = Vec::new();
    for id in pipeline.store.plans_of(&plan.entry.key()).await? {
        if id != plan.entry.plan {
            later.extend(pipeline.store.plan(&id).await?);
        }
    }
    later.retain(|p| p.entry.at >= plan.entry.at);
    Ok(later)
}

/// Takes one plan back. Those in `taken` are back already, or would be in a dry run.
async fn one(
    pipeline: &Pipeline,
    plan: &Plan,
    undo: &Undo,
    caller: &Caller,
    taken: &[&str],
) -> Result<Value, Error> {
    let setting = pipeline.function.setting(&plan.entry.setting).map_err(|_| {
        Error::NoSuchPlan(format!(
            "there is no plan `{}` of the function `{}`: it is of `{}`, ask that operator",
            plan.entry.plan, pipeline.function.name, plan.entry.control
        ))
    })?;
    let control = CATALOGUE
        .iter()
        .copied()
        .find(|control| control.meta().id == plan.entry.control)
        .ok_or_else(|| {
            Error::Refused(format!("this release has no control `{}`", plan.entry.control))
        })?;
    permitted(plan, caller)?;
    unblocked(pipeline, plan, setting, taken).await?;
    let observed = current(setting, plan).await?;
    let delta = way_back(pipeline, plan, control, &observed.state, taken).await?;
    if undo.dry_run {
        return Ok(view(plan, None, &delta, None));
    }
    let job = Job { pipeline, plan, setting, control, undo, caller };
    job.run(observed, delta).await
}

/// Who opened something does not reopen it after it was closed.
fn permitted(plan: &Plan, caller: &Caller) -> Result<(), Error> {
    if is_actor(plan.entry.actor.as_ref(), caller) {
        return Err(Error::Refused(format!(
            "`{}` made the change that plan {} put right: somebody else has to undo it",
            caller.arn, plan.entry.plan
        )));
    }
    if !plan.was_written() {
        return Err(Error::Refused(format!(
            "plan {} is {}: there is nothing to take back",
            plan.entry.plan,
            plan.stage().as_str()
        )));
    }
    Ok(())
}

/// Whether the caller is the actor, or a session of the actor's role.
pub(super) fn is_actor(actor: Option<&Actor>, caller: &Caller) -> bool {
    let same_arn = actor.and_then(|a| a.arn.as_deref()) == Some(caller.arn.as_str());
    let same_role = actor
        .and_then(|a| a.role.as_deref())
        .zip(role_name(&caller.arn))
        // A session name is chosen by whoever assumes the role, except through Identity Center.
        .is_some_and(|(role, name)| {
            !name.starts_with("AWSReservedSSO_") && role.rsplit('/').next() == Some(name)
        });
    same_arn || same_role
}

fn role_name(arn: &str) -> Option<&str> {
    arn.split(":assumed-role/").nth(1)?.split('/').next()
}

/// A plan of another setting may stand in the way: S3 takes no public policy back while the block
/// is on.
async fn unblocked(
    pipeline: &Pipeline,
    plan: &Plan,
    setting: &dyn AnySetting,
    taken: &[&str],
) -> Result<(), Error> {
    for id in pipeline.store.plans_of_incident(&plan.entry.incident).await? {
        if taken.contains(&id.as_str()) {
            continue;
        }
        let other = find(pipeline, &id).await?;
        let blocks = setting.meta().undone_after.contains(&other.entry.setting.as_str());
        if blocks && other.undoes().is_none() && in_force(pipeline, &other).await? {
            return Err(Error::Refused(format!(
                "plan {} (`{}`) stands in the way: undo it first, or undo the incident `{}`",
                other.entry.plan, other.entry.control, plan.entry.incident
            )));
        }
    }
    Ok(())
}

async fn current(setting: &dyn AnySetting, plan: &Plan) -> Result<Observed<Elements>, Error> {
    let observed = setting
        .read(&plan.entry.resource)
        .await?
        .ok_or_else(|| Error::Refused(format!("`{}` is no more", plan.entry.resource.id)))?;
    match &observed.busy {
        Some(busy) => Err(Error::Refused(format!("{busy}: try again later"))),
        None => Ok(observed),
    }
}

/// What turns the current state into the one before the plan, for the plan's own elements.
async fn way_back(
    pipeline: &Pipeline,
    plan: &Plan,
    control: &dyn AnyControl,
    now: &Elements,
    taken: &[&str],
) -> Result<Delta, Error> {
    let delta = &plan.entry.delta;
    let mut later = later_plans(pipeline, plan).await?;
    later.retain(|p| !taken.contains(&p.entry.plan.as_str()));
    if let Some(undone) = later.iter().find(|p| p.took_back(&plan.entry.plan)) {
        return Err(Error::Refused(format!(
            "plan {} was undone already, by plan {}",
            plan.entry.plan, undone.entry.plan
        )));
    }
    let by = standing(&later, delta).map(|p| {
        format!("plan {} (`{}`) came later: undo it first", p.entry.plan, p.entry.control)
    });
    let unmet = delta.unmet(now);
    if let (true, Some(by)) = (unmet.is_empty(), &by) {
        return Err(Error::Refused(format!("plan {} is not the last: {by}", plan.entry.plan)));
    }
    if !unmet.is_empty() && !is_half_back(delta, now) {
        let by = by.map_or_else(String::new, |by| format!("; {by}"));
        let difference = serde_json::to_string(&unmet).unwrap_or_default();
        return Err(Error::Refused(format!(
            "what plan {} wrote has changed since{by}: {difference}",
            plan.entry.plan
        )));
    }
    let wanted = control.reach(now, &delta.invert().apply(now))?;
    let back = Delta::between(now, &wanted);
    if back.is_empty() {
        let why = match &plan.entry.undo {
            Restores::Equivalent(text) | Restores::None(text) => text.as_str(),
            Restores::Exact => "the state is already what it was",
        };
        return Err(Error::Refused(format!("there is nothing to take back: {why}")));
    }
    Ok(back)
}

/// Whether each element is as the plan left it or as it was before, and some are still as the plan
/// left them: what a former undo did not finish. Nobody else's change is lost then.
fn is_half_back(delta: &Delta, now: &Elements) -> bool {
    let is = |edit: &Edit, value: &Option<Value>| now.get(&edit.id) == value.as_ref();
    delta.edits().all(|edit| is(edit, &edit.after) || is(edit, &edit.before))
        && delta.edits().any(|edit| is(edit, &edit.after))
}

/// The last of the later remediations in force that shares an element: only in reverse are they
/// taken back.
fn standing<'a>(later: &'a [Plan], delta: &Delta) -> Option<&'a Plan> {
    let undone = |p: &Plan| later.iter().any(|u| u.took_back(&p.entry.plan));
    later.iter().rev().find(|p| {
        p.was_written()
            && p.undoes().is_none()
            && !undone(p)
            && p.entry.delta.shares_element_with(delta)
    })
}

fn view(plan: &Plan, by: Option<&str>, delta: &Delta, exempt_until: Option<u64>) -> Value {
    json!({
        "plan": plan.entry.plan,
        "control": plan.entry.control,
        "resource": plan.entry.resource,
        "undo_plan": by,
        "delta": delta,
        "restores": plan.entry.undo,
        "exempt_until": exempt_until,
    })
}
