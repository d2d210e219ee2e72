//! The benchmark: the release binaries are built, and measured.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    build,
    task::{TaskError, run as start},
};

const USAGE: &str = "usage: cargo xtask bench [--json] [--binaries FOLDER]";

/// What is measured: the functions, the bare SDK calls, a function that does nothing.
const BINARIES: [&str; 6] = ["s3", "ec2", "rds", "iam", "bare", "test_function"];

/// Measures what the functions cost. With `--binaries`, release binaries that are there already.
///
/// # Errors
/// Something does not build, or a remediation did not happen.
pub fn run(arguments: &[String]) -> Result<(), TaskError> {
    let mut folder = None;
    let mut json = false;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--json" => json = true,
            "--binaries" => folder = rest.next().map(PathBuf::from),
            _ => return Err(TaskError::new(USAGE)),
        }
    }
    let folder = match folder {
        Some(folder) => folder,
        None => release()?,
    };
    let mut command = Command::new(build::binary("bench")?);
    command.arg("--functions").arg(folder);
    start(if json { command.arg("--json") } else { &mut command })
}

/// Builds the release binaries with the workspace's one feature set, as the SAM CLI does, and
/// gives their folder.
fn release() -> Result<PathBuf, TaskError> {
    eprintln!("building the release binaries; the first time this takes a quarter of an hour");
    let mut cargo = build::cargo();
    cargo.args(["build", "--release", "--workspace"]);
    cargo.args(BINARIES.iter().flat_map(|name| ["--bin", name]));
    let output = cargo
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .map_err(TaskError::io("start `cargo build`"))?;
    if !output.status.success() {
        return Err(TaskError::new("`cargo build --release` failed"));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().find_map(folder).ok_or_else(|| TaskError::new("cargo named no binary"))
}

/// The folder of the binary that this message of cargo's tells, where it is one of ours.
fn folder(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let name = message.pointer("/target/name")?.as_str()?;
    if !BINARIES.contains(&name) {
        return None;
    }
    let binary = Path::new(message.get("executable")?.as_str()?);
    binary.parent().map(Path::to_owned)
}
