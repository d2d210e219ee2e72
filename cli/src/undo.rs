//! `demarc undo`

use std::fmt::Write;

use serde_json::{Value, json};

use crate::{
    Status,
    answer::{Undone, UndoneView},
    arguments::{self, Global},
    discovery::Session,
    error::Error,
    function::Function,
    many,
    operator::Operator,
    plans::Filter,
    show::{BOLD, DIM, clean, columns, diff, facts, moment, print, print_json, restores},
};

/// Takes back a plan or an incident.
pub(crate) async fn run(
    global: &Global,
    session: &Session,
    undo: &arguments::Undo,
) -> Result<Status, Error> {
    if let Some(since) = undo.since {
        let filter = Filter { since, control: undo.control.clone(), actor: undo.actor.clone() };
        return many::undo(global, session, undo, &filter).await;
    }
    let operators = match undo.function {
        Some(function) => vec![session.operator(global, function)?],
        None => session.operators(global, &Function::ALL)?,
    };
    let (operator, answer) = first_that_knows(&operators, &request(undo)).await?;
    let undone: Undone = operator.read(&answer)?;
    if global.json {
        print_json(&answer)?;
    } else {
        print(&text(&undone, undo.dry_run, columns()))?;
        if undo.dry_run {
            print("dry run: nothing was written\n")?;
        }
    }
    match undone.stopped_at {
        None => Ok(Status::Done),
        Some(plan) => {
            let because = undone.because.unwrap_or_default();
            Error::Message(format!(
                "stopped at plan {plan}: {because}\n  what was put back before stays so; do what the message says, and undo the incident again"
            ))
            .print();
            Ok(Status::Partly)
        }
    }
}

fn request(undo: &arguments::Undo) -> Value {
    let mut request = json!({ "reason": undo.reason, "dry_run": undo.dry_run });
    for (name, value) in [("plan", &undo.plan), ("incident", &undo.incident)] {
        if let (Some(value), Some(fields)) = (value, request.as_object_mut()) {
            fields.insert(name.to_owned(), json!(value));
        }
    }
    json!({ "undo": request })
}

/// Whose plan it is, nobody knows before: each operator is asked, until one does not answer that
/// the plan is another's.
pub(crate) async fn first_that_knows<'a>(
    operators: &'a [Operator<'a>],
    request: &Value,
) -> Result<(&'a Operator<'a>, String), Error> {
    let mut unknown = None;
    for operator in operators {
        match operator.ask(request).await {
            Ok(answer) => return Ok((operator, answer)),
            Err(error) if error.is_anothers() => unknown = Some(error),
            Err(error) => return Err(error),
        }
    }
    let asked: Vec<&str> = operators.iter().map(|o| o.function().as_str()).collect();
    let asked = asked.join("`, `");
    let last = unknown.map_or_else(String::new, |error| error.to_string());
    Err(Error::Message(format!(
        "none of the operators that were asked (`{asked}`) has it; the last one: {last}\n  \
         check the id, the region (`--region`) and the stack (`--stack`)"
    )))
}

pub(crate) fn text(undone: &Undone, dry_run: bool, columns: usize) -> String {
    let mut text = String::new();
    for view in &undone.undone {
        one(&mut text, view, dry_run, columns);
    }
    text
}

fn one(text: &mut String, view: &UndoneView, dry_run: bool, columns: usize) {
    let UndoneView { plan, control, resource, .. } = view;
    let done = if dry_run { "would undo" } else { "undone" };
    // Writing to a string does not fail, here and below.
    let _ = writeln!(text, "{BOLD}{done} {}{BOLD:#}  {}", clean(plan), clean(control));
    let place = format!("{} {} in {}", resource.kind, resource.account, resource.region);
    let _ =
        writeln!(text, "  {BOLD}{}{BOLD:#}  {DIM}{}{DIM:#}", clean(&resource.id), clean(&place));
    text.push_str(&diff::render(&view.delta, "  ", columns));
    facts(text, told(view, dry_run), columns);
    text.push('\n');
}

fn told(view: &UndoneView, dry_run: bool) -> Vec<(&'static str, String)> {
    let mut facts = vec![("restores", restores(&view.restores))];
    match view.exempt_until {
        Some(until) => facts.push(("left alone", format!("until {}", moment(until)))),
        None if dry_run => {}
        None => facts.push(("left alone", "no: an undo of an undo exempts nothing".to_owned())),
    }
    if let Some(plan) = &view.undo_plan {
        facts.push(("undo plan", format!("{plan}, which can be undone itself")));
    }
    facts
}
