//! `demarc plans`

use std::fmt::Write;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::{json, value::RawValue};

use crate::{
    Status,
    answer::{JournaledPlan, PlanPage},
    arguments::Global,
    discovery::Session,
    error::Error,
    exempt::time,
    function::Function,
    operator::Operator,
    show::{
        BOLD, clean, columns, count, facts, moment, print, print_json, progress::Progress, use_of,
    },
};

/// Options of `plans`.
#[derive(Args, Debug)]
pub(crate) struct Plans {
    /// Those that were made since: a day, a time, or so long ago (`24h`)
    #[arg(long, value_name = "TIME", value_parser = since, default_value = "24h")]
    pub(crate) since: Timestamp,
    /// Only this control's
    #[arg(long, value_name = "ID")]
    pub(crate) control: Option<String>,
    /// Only what put right changes of this user or role, by its ARN
    #[arg(long, value_name = "ARN")]
    pub(crate) actor: Option<String>,
    /// Only what this function guards; may be given more than once
    #[arg(long = "function", value_name = "FUNCTION")]
    pub(crate) functions: Vec<Function>,
}

/// Which plans are meant.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(crate) since: Timestamp,
    pub(crate) control: Option<String>,
    pub(crate) actor: Option<String>,
}

/// A moment in the past: a time, or how long ago it was.
pub(crate) fn since(text: &str) -> Result<Timestamp, String> {
    let ago = || {
        let ago: SignedDuration = text.parse().ok()?;
        Timestamp::now().checked_sub(ago.abs()).ok()
    };
    time(text).or_else(|_| {
        ago().ok_or_else(|| "write `24h`, `2027-01-31` or `2027-01-31T12:00:00Z`".to_owned())
    })
}

/// Lists what the operators have, the latest first.
pub(crate) async fn run(
    global: &Global,
    session: &Session,
    wanted: &Plans,
) -> Result<Status, Error> {
    let all = wanted.functions.is_empty();
    let functions = if all { Function::ALL.to_vec() } else { wanted.functions.clone() };
    let filter = Filter {
        since: wanted.since,
        control: wanted.control.clone(),
        actor: wanted.actor.clone(),
    };
    let mut status = Status::Done;
    let mut plans = Vec::new();
    for operator in session.operators(global, &functions)? {
        match of_operator(&operator, &filter).await {
            Ok(found) => plans.extend(found),
            Err(error) => status = error.passed_over()?,
        }
    }
    plans.sort_by(|(a, _), (b, _)| b.plan.cmp(&a.plan));
    if global.json {
        plans.iter().try_for_each(|(_, raw)| print_json(raw.get()))?;
        return Ok(status);
    }
    for (plan, _) in &plans {
        print(&block(plan, columns()))?;
    }
    print(&format!("{} since {}\n", count(plans.len() as u64, "plan"), since_text(wanted.since)))?;
    Ok(status)
}

pub(crate) fn since_text(since: Timestamp) -> String {
    moment(u64::try_from(since.as_millisecond()).unwrap_or(0))
}

/// Every plan that is meant, page by page.
pub(crate) async fn of_operator(
    operator: &Operator<'_>,
    filter: &Filter,
) -> Result<Vec<(JournaledPlan, Box<RawValue>)>, Error> {
    let mut progress = Progress::new();
    let mut found = Vec::new();
    let mut token = None;
    loop {
        progress.say(&format!(
            "reading the journal of {}: {}",
            operator.function().as_str(),
            count(found.len() as u64, "plan")
        ));
        let asked = json!({ "plans": {
            "since": filter.since.as_second(), "control": filter.control, "actor": filter.actor,
            "token": token,
        }});
        let page: PlanPage = operator.read(&operator.ask(&asked).await?)?;
        for raw in page.plans {
            found.push((operator.read(raw.get())?, raw));
        }
        if page.next.is_none() || page.next == token {
            progress.clear();
            return Ok(found);
        }
        token = page.next;
    }
}

fn block(plan: &JournaledPlan, columns: usize) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "{BOLD}{}{BOLD:#}  {}  {}",
        clean(&plan.plan),
        clean(&plan.control),
        clean(&plan.stage)
    );
    let who = plan.caller.as_ref().or(plan.actor.as_ref()).cloned().unwrap_or_default();
    let what = plan.undoes.as_ref().map_or("wrong", |_| "because");
    let taken_back = plan.undoes.as_ref().map(|id| format!("plan {id}"));
    let told = [
        ("when", Some(moment(plan.at))),
        ("resource", Some(format!("{} {}", plan.resource.kind, plan.resource.id))),
        ("by", Some(who).filter(|who| !who.is_empty())),
        ("undoes", taken_back),
        (what, Some(plan.detail.clone())),
        ("in use", plan.evidence.as_ref().map(use_of)),
        ("not undone", plan.not_undone.clone()),
        ("contested", plan.contested.then(|| "it had been put right again and again".to_owned())),
    ];
    let told = told.into_iter().filter_map(|(label, words)| Some((label, words?)));
    facts(&mut text, told, columns);
    text.push('\n');
    text
}
