//! Files that are named on the command line.

use std::{io::Read, path::Path};

use crate::error::Error;

/// Reads a file as a whole; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    if path.as_os_str() != "-" {
        let failed = |e| Error::io(format!("`{}`", path.display()), e);
        return std::fs::read_to_string(path).map_err(failed);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|e| Error::io("standard input", e))?;
    Ok(text)
}
