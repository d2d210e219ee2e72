//! How large a binary is as it is uploaded.

use std::path::Path;

use demarc_tests::Fault;
use demarc_tests::local::{package, venv};

use crate::figures::Size;

/// The sizes of a stripped binary.
pub fn of(binary: &Path) -> Result<Size, Fault> {
    let python = venv::ensure(venv::MOTO, &crate::progress)?.with_file_name("python");
    let zip = u64::try_from(package::zip(&python, binary, 9)?.len())?;
    Ok(Size { binary: std::fs::metadata(binary)?.len(), zip })
}
