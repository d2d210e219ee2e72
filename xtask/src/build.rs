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
    let output = cargo()
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

/// cargo, without what `cargo run` told this process of its own package: ring's build script asks
/// for these variables, and would run again, with everything that needs it built again, at each
/// change between `cargo xtask` and plain `cargo build`.
pub fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    let is_told =
        |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_told)) {
        command.env_remove(name);
    }
    command.current_dir(root());
    command
}

/// The binary's path, where this message of cargo's tells it.
fn executable(message: &str, name: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    if message.pointer("/target/name")?.as_str()? != name {
        return None;
    }
    message.get("executable")?.as_str().map(PathBuf::from)
}
