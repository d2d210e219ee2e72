//! What AWS's own tools say of the template.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::task::{TaskError, cache, root, run as start};

/// The tools with everything that they need, each with its version.
const REQUIREMENTS: &str = include_str!("../lint-requirements.txt");
/// Written last, so that a set-up that was interrupted is done again.
const MARKER: &str = "demarc-ready";
/// The tools judge a template for a region; this one has everything that it uses.
const REGION: &str = "us-east-1";

/// Installs cfn-lint and the SAM CLI where they are missing, and runs both.
///
/// # Errors
/// They cannot be installed, or one of them finds something.
pub fn run(arguments: &[String]) -> Result<(), TaskError> {
    if !arguments.is_empty() {
        return Err(TaskError::new("usage: cargo xtask lint-template"));
    }
    let tools = installed()?;
    start(tool(&tools, "cfn-lint").args(["--regions", REGION, "--", "template.yaml"]))?;
    start(tool(&tools, "sam").args(["validate", "--lint", "--template-file", "template.yaml"]))
}

fn tool(tools: &Path, name: &str) -> Command {
    let mut command = Command::new(tools.join("bin").join(name));
    command
        .current_dir(root())
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("SAM_CLI_TELEMETRY", "0");
    command
}

/// The folder of the tools.
fn installed() -> Result<PathBuf, TaskError> {
    let folder = cache()?.join("lint");
    if fs::read_to_string(folder.join(MARKER)).is_ok_and(|text| text == REQUIREMENTS) {
        return Ok(folder);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .map_err(TaskError::io(format!("remove `{}`", folder.display())))?;
    }
    eprintln!("installing cfn-lint and the SAM CLI in `{}`", folder.display());
    start(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let requirements = root().join("xtask").join("lint-requirements.txt");
    start(
        Command::new(folder.join("bin").join("python"))
            .args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"])
            .arg("--requirement")
            .arg(requirements),
    )?;
    fs::write(folder.join(MARKER), REQUIREMENTS)
        .map_err(TaskError::io(format!("write to `{}`", folder.display())))?;
    Ok(folder)
}
