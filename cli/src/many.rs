//! `demarc undo --since`: many plans, one after the other.

use serde_json::json;

use crate::{
    Status,
    answer::{JournaledPlan, Undone},
    arguments::{Global, Undo},
    discovery::Session,
    error::Error,
    function::Function,
    operator::Operator,
    plans::{Filter, of_operator, since_text},
    show::{columns, count, print, print_json, progress::Progress},
    undo::text,
};

/// Takes back every plan that is meant and in force, the latest first. One that is refused does not
/// end it: the rest is taken back all the same, and what stays refused is said.
pub(crate) async fn undo(
    global: &Global,
    session: &Session,
    wanted: &Undo,
    filter: &Filter,
) -> Result<Status, Error> {
    let functions = wanted.function.map_or_else(|| Function::ALL.to_vec(), |one| vec![one]);
    let operators = session.operators(global, &functions)?;
    let mut meant: Vec<(&Operator<'_>, JournaledPlan)> = Vec::new();
    for operator in &operators {
        let plans = of_operator(operator, filter).await?;
        let undoable = plans.into_iter().map(|(plan, _)| plan).filter(is_undoable);
        meant.extend(undoable.map(|plan| (operator, plan)));
    }
    meant.sort_by(|(_, a), (_, b)| b.plan.cmp(&a.plan));
    let (all, mut progress) = (meant.len(), Progress::new());
    let mut refusals = Vec::new();
    // One plan may stand in another's way: what was refused is tried again once others are back.
    loop {
        let before = meant.len();
        let mut left = Vec::new();
        refusals.clear();
        for (operator, plan) in meant {
            progress.say(&format!("undoing {all} plans: {}", plan.plan));
            match one(global, operator, &plan, wanted, &mut progress).await {
                Ok(()) => {}
                Err(error) if error.ends_all() => return Err(error),
                Err(error) => {
                    refusals.push(error);
                    left.push((operator, plan));
                }
            }
        }
        meant = left;
        if wanted.dry_run || meant.is_empty() || meant.len() == before {
            break;
        }
    }
    progress.clear();
    refusals.iter().for_each(Error::print);
    if !global.json {
        print(&summary(wanted.dry_run, all - meant.len(), meant.len(), filter))?;
    }
    Ok(if meant.is_empty() { Status::Done } else { Status::Partly })
}

/// An undo is no plan to take back here: whoever means that names it.
fn is_undoable(plan: &JournaledPlan) -> bool {
    plan.in_force && plan.undoes.is_none()
}

async fn one(
    global: &Global,
    operator: &Operator<'_>,
    plan: &JournaledPlan,
    wanted: &Undo,
    progress: &mut Progress,
) -> Result<(), Error> {
    let request = json!({ "undo": {
        "plan": plan.plan, "reason": wanted.reason, "dry_run": wanted.dry_run,
    }});
    let answer = operator.ask(&request).await?;
    let undone: Undone = operator.read(&answer)?;
    progress.clear();
    match global.json {
        true => print_json(&answer),
        false => print(&text(&undone, wanted.dry_run, columns())),
    }
}

fn summary(dry_run: bool, done: usize, refused: usize, filter: &Filter) -> String {
    let verb = if dry_run { "would be taken back" } else { "taken back" };
    let since = since_text(filter.since);
    let end = if dry_run { "\ndry run: nothing was written" } else { "" };
    let done = count(done as u64, "plan");
    match refused {
        0 => format!("{done} since {since} {verb}{end}\n"),
        _ => format!("{done} since {since} {verb}, {refused} refused: see above{end}\n"),
    }
}
