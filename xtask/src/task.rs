//! What tasks have in common.

use std::{
    fmt,
    path::{Path, PathBuf},
    process::Command,
};

/// One task.
pub struct Task {
    /// The word that it is called by.
    pub name: &'static str,
    /// Its line in the usage.
    pub usage: &'static str,
    /// Runs it with the arguments behind its name.
    pub run: fn(&[String]) -> Result<(), TaskError>,
}

/// Why a task failed, for the person who started it.
#[derive(Debug)]
pub struct TaskError(String);

impl TaskError {
    /// An error with its message.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// Says what was attempted when the system refused.
    pub fn io(attempt: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let attempt = attempt.into();
        move |error| Self(format!("cannot {attempt}: {error}"))
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TaskError {}

/// The repository's folder.
pub fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}

/// Runs a command with its output on ours.
///
/// # Errors
/// It could not be started, or failed.
pub fn run(command: &mut Command) -> Result<(), TaskError> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(TaskError::io(format!("start `{name}`")))?;
    if status.success() {
        return Ok(());
    }
    Err(TaskError::new(format!("`{name}` failed ({status})")))
}

/// The folder of what outlives a build: tools, emulators.
///
/// # Errors
/// Neither `XDG_CACHE_HOME` nor a home folder is known.
pub fn cache() -> Result<PathBuf, TaskError> {
    std::env::var_os("XDG_CACHE_HOME")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
        .map(|folder| folder.join("demarc"))
        .ok_or_else(|| TaskError::new("there is no cache folder: set XDG_CACHE_HOME"))
}

/// The folder with a cargo tool's binary, installed there first where it is not.
///
/// # Errors
/// There is no cache folder, or the installation failed.
pub fn cargo_tool(name: &str, version: &str) -> Result<PathBuf, TaskError> {
    let folder = cache()?.join(format!("{name}-{version}"));
    let binaries = folder.join("bin");
    if !binaries.join(name).exists() {
        eprintln!("installing {name} {version} in `{}`", folder.display());
        run(Command::new(env!("CARGO"))
            .env("CARGO_TARGET_DIR", folder.join("build"))
            .args(["install", name, "--locked", "--version", version, "--root"])
            .arg(&folder))?;
    }
    Ok(binaries)
}
