//! The whole stack: the template as CloudFormation deploys it, the rules and queues that it made,
//! each function with its own role and nothing else.

mod letters;
mod life;
mod place;
mod regions;
mod strangers;

use std::process::ExitCode;
use std::time::Instant;

use demarc_tests::{Fault, lives};
use serde_json::{Value, json};

use crate::screen::{Screen, Tone};
use crate::short;

/// Deploys the stack and shows what it does. What is not as expected ends it.
pub async fn run(screen: &Screen) -> Result<ExitCode, Fault> {
    let started = Instant::now();
    let title = "Demarc's stack in a local AWS: the template, the real binaries, the real roles";
    let below =
        "  Nothing is called by hand: events are put on the bus, and the resources are looked at.";
    screen.show(
        &format!("{}\n{}\n", screen.paint(Tone::Bold, title), screen.paint(Tone::Dim, below)),
        &json!({"step": "start", "controls": lives::all().len()}),
    )?;
    let stack = place::prepare(screen).await?;
    let strangers = strangers::put(&stack).await?;
    life::tell(&stack, screen).await?;
    strangers::tell(&stack, screen, &strangers).await?;
    letters::tell(&stack, screen).await?;
    regions::tell(&stack, screen).await?;
    let took = short::took(started.elapsed());
    let text = screen.paint(Tone::Green, &format!("  {took} in all: everything as expected"));
    screen.show(&format!("\n{text}"), &json!({"step": "end", "took": took}))?;
    Ok(ExitCode::SUCCESS)
}

/// Begins a part.
fn heading(screen: &Screen, text: &str) -> Result<(), Fault> {
    screen.show(&format!("\n{}", screen.paint(Tone::Bold, text)), &Value::Null)
}

/// One line, and the same for a program.
fn say(screen: &Screen, label: &str, text: &str, step: &Value) -> Result<(), Fault> {
    let mut told = json!({"step": label});
    if let (Some(told), Some(step)) = (told.as_object_mut(), step.as_object()) {
        told.extend(step.clone());
    }
    screen.show(&screen.line(label, Tone::Plain, text), &told)
}
