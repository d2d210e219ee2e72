//! `demarc mode`

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde::de::DeserializeOwned;
use serde_json::{Value, json, value::RawValue};

use crate::{
    Status,
    answer::{ControlMode, Freeze, ModeSet, Modes, Scope},
    arguments::{self, Global, ModeName},
    discovery::Session,
    error::Error,
    function::Function,
    operator::Operator,
    show::{BOLD, DIM, clean, colour, of_safety, print, print_json, scopes::scopes_and_freezes},
};

/// Lists the modes, or sets one.
pub(crate) async fn run(
    global: &Global,
    session: &Session,
    mode: &arguments::Mode,
) -> Result<Status, Error> {
    match (&mode.control, mode.mode) {
        (Some(control), Some(name)) => set(global, session, control, name, mode).await,
        _ => list(global, session).await,
    }
}

/// What holds where: the controls of every operator; scopes and freezes once, as all read the same
/// document.
async fn list(global: &Global, session: &Session) -> Result<Status, Error> {
    let mut modes: Vec<ControlMode> = Vec::new();
    let mut document: Option<(Vec<Scope>, Vec<Freeze>)> = None;
    let mut status = Status::Done;
    for operator in session.operators(global, &Function::ALL)? {
        let answer = match operator.ask(&json!({ "modes": {} })).await {
            Ok(answer) => answer,
            Err(error) => {
                status = error.passed_over()?;
                continue;
            }
        };
        let listed: Modes = operator.read(&answer)?;
        modes.extend(read_each::<ControlMode>(&operator, &listed.modes)?);
        let is_first = document.is_none();
        if is_first {
            let scopes = read_each(&operator, &listed.scopes)?;
            document = Some((scopes, read_each(&operator, &listed.freezes)?));
        }
        if global.json {
            listed.modes.iter().try_for_each(|raw| print_json(raw.get()))?;
            if is_first {
                let scopes = listed.scopes.iter().map(|raw| format!("{{\"scope\":{raw}}}"));
                let freezes = listed.freezes.iter().map(|raw| format!("{{\"freeze\":{raw}}}"));
                scopes.chain(freezes).try_for_each(|line| print_json(&line))?;
            }
        }
    }
    if !global.json {
        let (scopes, freezes) = document.unwrap_or_default();
        print(&format!("{}{}", table(&modes), scopes_and_freezes(&scopes, &freezes)))?;
    }
    Ok(status)
}

fn read_each<T: DeserializeOwned>(
    operator: &Operator,
    listed: &[Box<RawValue>],
) -> Result<Vec<T>, Error> {
    listed.iter().map(|raw| operator.read(raw.get())).collect()
}

fn table(modes: &[ControlMode]) -> String {
    let wide = modes.iter().map(|m| m.control.chars().count()).max().unwrap_or(0).max(7);
    let head = format!("{:wide$}  {:<8}  {:<12}  WHAT IT SEES TO", "CONTROL", "MODE", "CEILING");
    let mut text = format!("{DIM}{head}{DIM:#}\n");
    for mode in modes {
        let (control, title) = (clean(&mode.control), clean(&mode.title));
        let (name, ceiling) = (clean(&mode.enforcement.mode), clean(&mode.enforcement.ceiling));
        let (style, safe) = (of_mode(&name), of_safety(&ceiling));
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{BOLD}{control:wide$}{BOLD:#}  {style}{name:<8}{style:#}  {safe}{ceiling:<12}{safe:#}  {title}"
        );
    }
    text
}

fn of_mode(mode: &str) -> Style {
    match mode {
        "enforce" => colour(AnsiColor::Green),
        "approve" | "observe" => colour(AnsiColor::Yellow),
        _ => colour(AnsiColor::Red),
    }
}

async fn set(
    global: &Global,
    session: &Session,
    control: &str,
    name: ModeName,
    mode: &arguments::Mode,
) -> Result<Status, Error> {
    let function = of_control(control)?;
    let operator = session.operator(global, function)?;
    let answer = operator.ask(&request(control, name, mode)).await?;
    let set: ModeSet = operator.read(&answer)?;
    match global.json {
        true => print_json(&answer)?,
        false => print(&text(&set))?,
    }
    Ok(Status::Done)
}

/// The function that guards what the control judges: its id begins with it.
pub(crate) fn of_control(control: &str) -> Result<Function, Error> {
    let prefix = control.split('.').next().unwrap_or_default();
    Function::named(prefix).ok_or_else(|| {
        Error::Message(format!(
            "`{control}` is no control: its first part is a function (`s3`, `ec2`, `rds`); `demarc mode` lists all"
        ))
    })
}

fn request(control: &str, name: ModeName, mode: &arguments::Mode) -> Value {
    json!({ "mode": {
        "control": control,
        "mode": name,
        "ceiling": mode.ceiling,
        "reason": mode.reason,
    }})
}

fn text(set: &ModeSet) -> String {
    let ControlMode { control, enforcement, .. } = &set.mode;
    let (mode, ceiling) = (clean(&enforcement.mode), clean(&enforcement.ceiling));
    let (style, safe) = (of_mode(&mode), of_safety(&ceiling));
    format!(
        "{BOLD}{}{BOLD:#}: {style}{mode}{style:#}, up to {safe}{ceiling}{safe:#}; everywhere within {} seconds\n",
        clean(control),
        set.in_force_within_seconds
    )
}
