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

/// Reads a file as it is, whatever it holds; `-` is standard input.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    if path.as_os_str() != "-" {
        return std::fs::read(path).map_err(|e| Error::io(format!("`{}`", path.display()), e));
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(|e| Error::io("standard input", e))?;
    Ok(bytes)
}
