//! `demarc config`

use std::io::{IsTerminal, Write};

use serde_json::{Value, json};

use crate::{
    Status,
    answer::{Checked, Configuration, Configured},
    arguments::{Apply, Config, Document, Global},
    discovery::Session,
    error::Error,
    function::Function,
    input,
    operator::Operator,
    show::{BOLD, DIM, clean, diff, print, print_json},
};

/// Shows, checks, compares or replaces the document. All operators share it, so any will do.
pub(crate) async fn run(
    global: &Global,
    session: &Session,
    config: &Config,
) -> Result<Status, Error> {
    // A file that cannot be read is said before anybody is asked.
    let wanted = match config {
        Config::Show => String::new(),
        Config::Check(document) | Config::Diff(document) => input::read(&document.file)?,
        Config::Apply(apply) => input::read(&apply.document.file)?,
    };
    let operators = session.operators(global, &Function::ALL)?;
    match config {
        Config::Show => show(global, &operators).await,
        Config::Check(_) => check(global, &operators, &wanted).await,
        Config::Diff(document) => compare(&operators, document, &wanted).await,
        Config::Apply(apply) => replace(global, &operators, apply, &wanted).await,
    }
}

async fn show(global: &Global, operators: &[Operator<'_>]) -> Result<Status, Error> {
    let (operator, answer) = first_to_answer(operators, &json!({ "configuration": {} })).await?;
    if global.json {
        print_json(&answer)?;
        return Ok(Status::Done);
    }
    let stored: Configuration = operator.read(&answer)?;
    note(&stored);
    let whole = !std::io::stdout().is_terminal();
    print(&if whole { stored.document } else { clean(&stored.document) })?;
    Ok(Status::Done)
}

/// Beside the document, so that standard output is the document and nothing else.
fn note(stored: &Configuration) {
    let text = match stored.version {
        0 => "# no document is stored: the stack's parameters and the defaults hold".to_owned(),
        version => format!("# version {version}"),
    };
    // Nobody misses a note that cannot be written.
    let _ = writeln!(anstream::stderr().lock(), "{DIM}{text}{DIM:#}");
}

async fn check(global: &Global, operators: &[Operator<'_>], wanted: &str) -> Result<Status, Error> {
    let request =
        json!({ "configure": { "document": wanted, "reason": "to check it", "dry_run": true } });
    let (operator, answer) = first_to_answer(operators, &request).await?;
    let checked: Checked = operator.read(&answer)?;
    match (checked.valid, global.json) {
        (false, _) => {
            return Err(operator.puzzling(&"it neither calls the document valid nor says why not"));
        }
        (true, true) => print_json(&answer)?,
        (true, false) => print("valid; nothing was written\n")?,
    }
    Ok(Status::Done)
}

async fn compare(
    operators: &[Operator<'_>],
    document: &Document,
    wanted: &str,
) -> Result<Status, Error> {
    let (_, stored) = read(operators).await?;
    let difference = difference(&stored, document, wanted);
    print(&difference)?;
    Ok(if difference.is_empty() { Status::Done } else { Status::Found })
}

async fn replace(
    global: &Global,
    operators: &[Operator<'_>],
    apply: &Apply,
    wanted: &str,
) -> Result<Status, Error> {
    let (operator, stored) = read(operators).await?;
    let difference = difference(&stored, &apply.document, wanted);
    if stored.version > 0 && difference.is_empty() {
        if !global.json {
            print(&format!("version {} is the same: nothing was written\n", stored.version))?;
        }
        return Ok(Status::Done);
    }
    if !global.json {
        print(&difference)?;
    }
    // Only the operator that was read from is asked: what another would do after a broken
    // connection is to refuse, because the version has changed.
    let answer = operator.ask(&request(&stored, apply, wanted)).await?;
    let configured: Configured = operator.read(&answer)?;
    match global.json {
        true => print_json(&answer)?,
        false => print(&format!(
            "{BOLD}version {}{BOLD:#} replaces version {}; everywhere within {} seconds\n",
            configured.version, stored.version, configured.in_force_within_seconds
        ))?,
    }
    Ok(Status::Done)
}

fn request(stored: &Configuration, apply: &Apply, wanted: &str) -> Value {
    json!({ "configure": {
        "document": wanted,
        "replaces": stored.version,
        "reason": apply.reason,
    }})
}

fn difference(stored: &Configuration, document: &Document, wanted: &str) -> String {
    let name = match document.file.to_string_lossy() {
        name if name == "-" => "standard input".to_owned(),
        name => name.into_owned(),
    };
    diff::texts((&format!("version {}", stored.version), &stored.document), (&name, wanted))
}

async fn read<'a>(
    operators: &'a [Operator<'a>],
) -> Result<(&'a Operator<'a>, Configuration), Error> {
    let (operator, answer) = first_to_answer(operators, &json!({ "configuration": {} })).await?;
    Ok((operator, operator.read(&answer)?))
}

/// Asks one operator after the other, until one answers. A refusal is an answer: the others would
/// refuse as well.
async fn first_to_answer<'a>(
    operators: &'a [Operator<'a>],
    request: &Value,
) -> Result<(&'a Operator<'a>, String), Error> {
    let mut last = None;
    for operator in operators {
        if let Some(error) = last.take() {
            Error::print(&error);
        }
        match operator.ask(request).await {
            Ok(answer) => return Ok((operator, answer)),
            Err(error) if error.ends_all() || error.is_decision() => return Err(error),
            Err(error) => last = Some(error),
        }
    }
    // Callers have at least one operator.
    Err(last.unwrap_or_else(|| Error::Message("no operator is known".to_owned())))
}
