//! `demarc approve`

use std::fmt::Write;

use clap::Args;
use serde_json::json;

use crate::{
    Status,
    answer::{Approved, WaitingPlan, WaitingPlans},
    arguments::Global,
    discovery::Session,
    error::Error,
    function::Function,
    show::{
        BOLD, DIM, clean, columns, diff, facts, moment, of_safety, print, print_json, restores,
        use_of,
    },
    undo::first_that_knows,
};

/// Options of `approve`.
#[derive(Args, Debug)]
pub(crate) struct Approve {
    /// The plan to apply; without it those that wait are listed
    #[arg(requires = "reason")]
    pub(crate) plan: Option<String>,
    /// Why; it stands in the journal
    #[arg(long, requires = "plan", value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Only say what would be done
    #[arg(long, requires = "plan")]
    pub(crate) dry_run: bool,
    /// The function that the plan is of; without it each operator is asked
    #[arg(long, value_name = "FUNCTION")]
    pub(crate) function: Option<Function>,
}

/// Lists the plans that wait, or has one applied.
pub(crate) async fn run(
    global: &Global,
    session: &Session,
    wanted: &Approve,
) -> Result<Status, Error> {
    match (&wanted.plan, &wanted.reason) {
        (Some(plan), Some(reason)) => apply(global, session, wanted, plan, reason).await,
        _ => list(global, session, wanted.function).await,
    }
}

async fn list(
    global: &Global,
    session: &Session,
    function: Option<Function>,
) -> Result<Status, Error> {
    let asked = function.map_or_else(|| Function::ALL.to_vec(), |function| vec![function]);
    let mut status = Status::Done;
    let mut text = String::new();
    for operator in session.operators(global, &asked)? {
        let answer = match operator.ask(&json!({ "waiting": {} })).await {
            Ok(answer) => answer,
            Err(error) => {
                status = error.passed_over()?;
                continue;
            }
        };
        let listed: WaitingPlans = operator.read(&answer)?;
        for raw in &listed.waiting {
            let plan: WaitingPlan = operator.read(raw.get())?;
            text.push_str(&block(&plan, columns()));
            if global.json {
                print_json(raw.get())?;
            }
        }
    }
    if !global.json {
        let nothing = "no plan waits for a person\n".to_owned();
        print(if text.is_empty() { &nothing } else { &text })?;
    }
    Ok(status)
}

async fn apply(
    global: &Global,
    session: &Session,
    wanted: &Approve,
    plan: &str,
    reason: &str,
) -> Result<Status, Error> {
    let operators = match wanted.function {
        Some(function) => vec![session.operator(global, function)?],
        None => session.operators(global, &Function::ALL)?,
    };
    let request =
        json!({ "approve": { "plan": plan, "reason": reason, "dry_run": wanted.dry_run } });
    let (operator, answer) = first_that_knows(&operators, &request).await?;
    let approved: Approved = operator.read(&answer)?;
    match global.json {
        true => print_json(&answer)?,
        false => print(&outcome(&approved, wanted.dry_run, columns()))?,
    }
    let done = |outcome: &str| matches!(outcome, "remediated" | "applying");
    let all_done = approved.reports.iter().all(|report| done(&report.outcome));
    Ok(if all_done { Status::Done } else { Status::Partly })
}

fn outcome(approved: &Approved, dry_run: bool, columns: usize) -> String {
    let mut text = block(&approved.approved, columns);
    if dry_run {
        text.push_str("dry run: nothing was written\n");
    }
    for report in &approved.reports {
        // Writing to a string does not fail, here and below.
        let _ =
            writeln!(text, "{BOLD}{}{BOLD:#}: {}", clean(&report.outcome), clean(&report.because));
        if let Some(rest) = &report.not_undone {
            let _ = writeln!(text, "  not undone: {}", clean(rest));
        }
        if let Some(id) = report.plan.as_ref().and_then(|plan| plan.id.as_ref()) {
            let _ = writeln!(text, "  {DIM}take it back with `demarc undo {}`{DIM:#}", clean(id));
        }
    }
    text
}

fn block(plan: &WaitingPlan, columns: usize) -> String {
    let WaitingPlan { id, control, resource, safety, .. } = plan;
    let mut text = String::new();
    let (safety, style) = (clean(safety), of_safety(safety));
    let _ =
        writeln!(text, "{BOLD}{}{BOLD:#}  {}  {style}{safety}{style:#}", clean(id), clean(control));
    let place = format!("{} {} in {}", resource.kind, resource.account, resource.region);
    let _ =
        writeln!(text, "  {BOLD}{}{BOLD:#}  {DIM}{}{DIM:#}", clean(&resource.id), clean(&place));
    text.push_str(&diff::render(&plan.delta, "  ", columns));
    let told = [
        ("wrong", Some(plan.detail.clone())),
        ("in use", plan.evidence.as_ref().map(use_of)),
        ("waits", Some(plan.because.clone())),
        ("until", Some(moment(plan.until))),
        ("an undo", Some(format!("restores {}", restores(&plan.undo)))),
    ];
    let told = told.into_iter().filter_map(|(label, words)| Some((label, words?)));
    facts(&mut text, told, columns);
    text.push('\n');
    text
}
