//! The demo: what it takes is built, and it runs.

use std::{os::unix::process::CommandExt, process::Command};

use crate::{
    build,
    task::{TaskError, run as wait_for},
};

/// Builds and runs the demo, and waits for its end.
///
/// # Errors
/// Something does not build, or an expectation of the demo was not met.
pub fn run(arguments: &[String]) -> Result<(), TaskError> {
    wait_for(Command::new(build::binary("demo")?).args(arguments))
}

/// Builds the demo, which then takes this process's place: its exit status is the demo's own, and
/// Ctrl-C reaches nobody who would not wait until everything is stopped.
///
/// # Errors
/// Something does not build, or the demo cannot be started.
pub fn start(arguments: &[String]) -> Result<(), TaskError> {
    let error = Command::new(build::binary("demo")?).args(arguments).exec();
    Err(TaskError::new(format!("cannot start the demo: {error}")))
}
