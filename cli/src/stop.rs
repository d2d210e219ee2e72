//! `demarc stop` and `demarc resume`

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    Status,
    answer::Switched,
    arguments::{Because, Global},
    discovery::Session,
    error::Error,
    function::Function,
    operator::Operator,
    show::{BOLD, print, print_json},
};

/// Whoever stops is in a hurry: an operator that does not answer is left for the next.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// Throws the kill switch, which all functions of the region share, through the first operator
/// that does it.
pub(crate) async fn run(
    global: &Global,
    session: &Session,
    stop: bool,
    because: &Because,
) -> Result<Status, Error> {
    let name = if stop { "stop" } else { "resume" };
    let request = json!({ name: { "reason": because.reason } });
    let mut operators = session.operators(global, &Function::ALL)?.into_iter().peekable();
    while let Some(operator) = operators.next() {
        match switch(&operator, &request, stop).await {
            Ok(answer) if global.json => {
                print_json(&answer)?;
                return Ok(Status::Done);
            }
            Ok(_) => {
                print(&text(&operator, stop))?;
                return Ok(Status::Done);
            }
            Err(error) if error.ends_all() || operators.peek().is_none() => return Err(error),
            Err(error) => error.print(),
        }
    }
    Ok(Status::Partly)
}

/// Asks, and makes sure that the answer says what was asked for.
async fn switch(operator: &Operator<'_>, request: &Value, stop: bool) -> Result<String, Error> {
    let answered = tokio::time::timeout(ANSWER_WITHIN, operator.ask(request)).await;
    let answer = answered.unwrap_or_else(|_| Err(operator.silent(ANSWER_WITHIN)))?;
    let switched: Switched = operator.read(&answer)?;
    match switched.stopped == stop {
        true => Ok(answer),
        false => Err(operator.puzzling(&"it says the opposite of what was asked for")),
    }
}

fn text(operator: &Operator<'_>, stop: bool) -> String {
    let place = operator.region().unwrap_or("the stack's region");
    match stop {
        true => format!(
            "{BOLD}stopped{BOLD:#} in {place}: nothing more is put right, `undo` works; end it with `demarc resume --reason TEXT`\n"
        ),
        false => format!(
            "{BOLD}resumed{BOLD:#} in {place}: `demarc scan` shows what is to be put right\n"
        ),
    }
}
