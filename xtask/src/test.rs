//! Everything that has to hold before a change is merged.

use std::{process::Command, time::Instant};

use crate::{
    build, check_dependencies, generate, lint_template,
    task::{TaskError, cargo_tool, root, run as start},
};

/// Checks licences, sources and bans; its version is pinned, so that a new lint fails nobody.
const CARGO_DENY: &str = "0.20.2";

/// One step: what it is, and how it is done.
type Step = (&'static str, fn() -> Result<(), TaskError>);

/// The steps, the quick ones first.
const STEPS: &[Step] = &[
    ("format", || cargo(&["fmt", "--all", "--check"])),
    ("generated files", || generate::run(&["--check".to_owned()])),
    ("direction of dependencies", || check_dependencies::run(&[])),
    ("template", || lint_template::run(&[])),
    ("lints", || cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])),
    ("documentation", documentation),
    ("licences, sources, bans", deny),
    // The tests start the functions' own binaries.
    ("binaries", || cargo(&["build", "--workspace", "--bins"])),
    ("tests", || cargo(&["test", "--workspace"])),
    ("demo", || demo(&["--json"])),
    ("demo of the stack", || demo(&["--stack", "--json"])),
    ("command-line tool: format", || cli(&["fmt", "--check"])),
    ("command-line tool: lints", || cli(&["clippy", "--all-targets", "--", "-D", "warnings"])),
    ("command-line tool: tests", || cli(&["test"])),
];

/// Runs every step, and stops at the first that fails.
///
/// # Errors
/// A step failed; its own output stands above.
pub fn run(arguments: &[String]) -> Result<(), TaskError> {
    if !arguments.is_empty() {
        return Err(TaskError::new("usage: cargo xtask test"));
    }
    for (at, (name, step)) in STEPS.iter().enumerate() {
        eprintln!("[{}/{}] {name}", at + 1, STEPS.len());
        let began = Instant::now();
        step().map_err(|error| TaskError::new(format!("{name}: {error}")))?;
        eprintln!("[{}/{}] {name}: {:.0?}", at + 1, STEPS.len(), began.elapsed());
    }
    Ok(())
}

fn cargo(arguments: &[&str]) -> Result<(), TaskError> {
    start(build::cargo().args(arguments))
}

fn demo(arguments: &[&str]) -> Result<(), TaskError> {
    crate::demo::run(&arguments.iter().map(ToString::to_string).collect::<Vec<_>>())
}

fn documentation() -> Result<(), TaskError> {
    start(
        Command::new(env!("CARGO")).current_dir(root()).env("RUSTDOCFLAGS", "-D warnings").args([
            "doc",
            "--workspace",
            "--no-deps",
            "--quiet",
        ]),
    )
}

/// The tool is a workspace of its own, with other features of shared crates: its artefacts stay
/// apart, beside those that this was built among.
fn cli(arguments: &[&str]) -> Result<(), TaskError> {
    let own = std::env::current_exe().map_err(TaskError::io("find this program"))?;
    let target = own.ancestors().nth(2).unwrap_or(&own).join("cli");
    start(
        build::cargo()
            .current_dir(root().join("cli"))
            .env("CARGO_TARGET_DIR", target)
            .args(arguments),
    )
}

fn deny() -> Result<(), TaskError> {
    let tool = cargo_tool("cargo-deny", CARGO_DENY)?.join("cargo-deny");
    for folder in [root(), root().join("cli")] {
        start(
            Command::new(&tool)
                .current_dir(folder)
                .arg("--config")
                .arg(root().join("deny.toml"))
                .args(["--workspace", "check", "bans", "licenses", "sources"]),
        )?;
    }
    Ok(())
}
