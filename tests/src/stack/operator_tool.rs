//! The command-line tool against a deployed stack, as a person runs it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tokio::sync::OnceCell;

use super::Stack;
use crate::Fault;

/// How a run of the tool ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status.
    pub status: Option<i32>,
    /// The lines of JSON on its standard output.
    pub lines: Vec<Value>,
    /// Its standard error.
    pub errors: String,
}

/// Runs the tool with the credentials of the stack's own client: the administrator's.
///
/// # Errors
/// It does not build or start, or prints something else than lines of JSON.
pub async fn demarc(stack: &Stack, arguments: &[&str]) -> Result<Ended, Fault> {
    let credentials = &stack.api.credentials;
    let mut command = tokio::process::Command::new(binary().await?);
    command
        .args(arguments)
        .env_clear()
        .env("AWS_ACCESS_KEY_ID", credentials.access_key_id())
        .env("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key())
        .env("AWS_REGION", &stack.region)
        .env("AWS_ENDPOINT_URL", &stack.api.endpoint)
        .env("AWS_EC2_METADATA_DISABLED", "true");
    let output = command.output().await?;
    let out = String::from_utf8(output.stdout)?;
    Ok(Ended {
        status: output.status.code(),
        lines: out.lines().map(serde_json::from_str).collect::<Result<_, _>>()?,
        errors: String::from_utf8(output.stderr)?,
    })
}

/// The tool is a workspace of its own: it is built here, where it is wanted first.
async fn binary() -> Result<&'static Path, Fault> {
    static BINARY: OnceCell<PathBuf> = OnceCell::const_new();
    let built = BINARY.get_or_try_init(|| async { tokio::task::spawn_blocking(build).await? });
    built.await.map(PathBuf::as_path)
}

fn build() -> Result<PathBuf, Fault> {
    // Where the gate builds it, too.
    let own = std::env::current_exe()?;
    let target = own.ancestors().nth(3).unwrap_or(&own).join("cli");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../cli"))
        .env("CARGO_TARGET_DIR", &target)
        .status()?;
    match status.success() {
        true => Ok(target.join("debug/demarc")),
        false => Err("the command-line tool does not build".into()),
    }
}
