//! Building binaries of the workspace, with its one feature set.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::task::{TaskError, root};

/// Builds every binary, and gives the path of one, beside which the others are.
///
/// # Errors
/// Something does not build, or there is no such binary.
pub fn binary(name: &str) -> Result<PathBuf, TaskError> {
    eprintln!("building the functions; the first time this takes some minutes");
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["build", "--workspace", "--bins", "--message-format=json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(TaskError::io("start `cargo build`"))?;
    if !output.status.success() {
        return Err(TaskError::new("`cargo build` failed"));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let path = text.lines().find_map(|line| executable(line, name));
    path.ok_or_else(|| TaskError::new(format!("cargo built no binary `{name}`")))
}

/// The binary's path, where this message of cargo's tells it.
fn executable(message: &str, name: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    if message.pointer("/target/name")?.as_str()? != name {
        return None;
    }
    message.get("executable")?.as_str().map(PathBuf::from)
}
