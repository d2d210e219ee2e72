//! The demo: what it takes is built, and it runs.

use std::{
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::task::{TaskError, root, run as wait_for};

/// Builds and runs the demo, and waits for its end.
///
/// # Errors
/// Something does not build, or an expectation of the demo was not met.
pub fn run(arguments: &[String]) -> Result<(), TaskError> {
    wait_for(Command::new(built()?).args(arguments))
}

/// Builds the demo, which then takes this process's place: its exit status is the demo's own, and
/// an interruption reaches nobody who would not wait for its end.
///
/// # Errors
/// Something does not build, or the demo cannot be started.
pub fn start(arguments: &[String]) -> Result<(), TaskError> {
    let error = Command::new(built()?).args(arguments).exec();
    Err(TaskError::new(format!("cannot start the demo: {error}")))
}

/// Builds every binary with the one feature set, and gives the demo's, beside which the others are.
fn built() -> Result<PathBuf, TaskError> {
    eprintln!("building the functions; the first time, this takes some minutes");
    let output = cargo()
        .args(["build", "--workspace", "--bins", "--message-format=json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(TaskError::io("start `cargo build`"))?;
    if !output.status.success() {
        return Err(TaskError::new("`cargo build` failed"));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let demo = text.lines().find_map(executable);
    demo.ok_or_else(|| TaskError::new("cargo built no binary `demo`"))
}

/// cargo, without what `cargo run` told this process of its own package: ring's build script asks
/// for these variables, and would be run again, with everything that needs it, at each change
/// between `cargo xtask` and plain `cargo build`.
fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    let is_told =
        |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_told)) {
        command.env_remove(name);
    }
    command.current_dir(root());
    command
}

/// The demo's path, where this message of cargo's tells it.
fn executable(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    if message.pointer("/target/name")?.as_str()? != "demo" {
        return None;
    }
    message.get("executable")?.as_str().map(PathBuf::from)
}
