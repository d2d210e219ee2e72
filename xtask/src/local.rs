//! A local AWS to invoke the functions against by hand.

use std::process::Command;

use crate::{
    build,
    task::{TaskError, root, run as start},
};

/// Starts it; it ends with Ctrl-C.
///
/// # Errors
/// It cannot be built or started.
pub fn run(arguments: &[String]) -> Result<(), TaskError> {
    if !arguments.is_empty() {
        return Err(TaskError::new("usage: cargo xtask local"));
    }
    start(Command::new(build::binary("local")?).arg(".demarc").current_dir(root()))
}
