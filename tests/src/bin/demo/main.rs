//! The demo: every control lives through a violation, its remediation and an undo, on a local AWS,
//! with the function binaries that are deployed.
#![forbid(unsafe_code)]

mod diff;
mod events;
mod failure;
mod ground;
mod operator;
mod outside;
mod running;
mod screen;
mod short;
mod stack;
mod story;
mod summary;
mod told;

use std::process::ExitCode;
use std::time::Instant;

use demarc_tests::{Fault, lives};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use ground::Ground;
use screen::{Screen, Tone};
use story::Story;

const USAGE: &str = "\
cargo xtask demo [--stack] [--json]

Every control against an emulator of AWS on this machine, with the real function binaries.
  --stack  the whole stack: deployed by CloudFormation, its rules, queues, roles and dead letters
  --json   one JSON object for each step on standard output, progress on standard error";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| !["--stack", "--json"].contains(&argument.as_str())) {
        return screen::usage(USAGE);
    }
    let has = |option: &str| arguments.iter().any(|argument| argument == option);
    let screen = Screen::new(has("--json"));
    match start(&screen, has("--stack")) {
        Ok(code) => code,
        Err(fault) => {
            screen.fault(&*fault);
            ExitCode::FAILURE
        }
    }
}

fn start(screen: &Screen, whole_stack: bool) -> Result<ExitCode, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let code = runtime.block_on(async {
        // Whatever ends the demo, everything that it started is dropped, and ends with it.
        tokio::select! {
            code = stack::run(screen), if whole_stack => code,
            code = run(screen), if !whole_stack => code,
            code = interrupted() => {
                screen.progress("interrupted: stopping the functions and the emulator");
                code
            }
        }
    });
    runtime.shutdown_background();
    screen.settle();
    code
}

async fn interrupted() -> Result<ExitCode, Fault> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let number = tokio::select! {
        _ = interrupt.recv() => 2,
        _ = terminate.recv() => 15,
    };
    Ok(ExitCode::from(128 + number))
}

async fn run(screen: &Screen) -> Result<ExitCode, Fault> {
    let started = Instant::now();
    let lives = lives::all();
    let title = format!("Demarc on a local AWS: {} controls, the real binaries", lives.len());
    let below = "  Violations, fixes and undos are asserted with clients that share nothing with the functions.";
    screen.show(
        &format!("{}\n{}\n", screen.paint(Tone::Bold, &title), screen.paint(Tone::Dim, below)),
        &json!({"step": "start", "controls": lives.len()}),
    )?;
    let ground = Ground::prepare(screen, &lives).await?;
    let mut failed = outside::tell(&ground, screen).await?;
    outside::foreign(&ground, screen).await?;
    let mut rows = Vec::new();
    for (number, life) in (1..).zip(&lives) {
        let place = format!("{number}/{}", lives.len());
        let row = Story::new(&ground, screen, *life)?.tell(&place).await?;
        failed += u32::from(row.failed);
        rows.push(row);
    }
    summary::tell(screen, &rows, failed, started.elapsed())?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
