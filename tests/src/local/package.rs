//! A binary as it is uploaded: zipped under the name `bootstrap`.

use std::path::Path;
use std::process::{Command, Stdio};

use super::Error;

/// An emulator's Python packs it, as no crate of ours does.
const ZIP: &str = "import sys, zipfile
packed = zipfile.ZipInfo('bootstrap')
packed.external_attr = 0o755 << 16
packed.compress_type = zipfile.ZIP_DEFLATED
with open(sys.argv[1], 'rb') as binary, zipfile.ZipFile(sys.stdout.buffer, 'w') as zip:
    zip.writestr(packed, binary.read(), compresslevel=int(sys.argv[2]))";

/// Packs a binary at a level of compression, 1 to 9.
///
/// # Errors
///
/// When the binary cannot be read.
pub fn zip(python: &Path, binary: &Path, level: u8) -> Result<Vec<u8>, Error> {
    let output = Command::new(python)
        .args(["-c", ZIP])
        .arg(binary)
        .arg(level.to_string())
        .stdin(Stdio::null())
        .output()
        .map_err(Error::io(format!("start `{}`", python.display())))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let why = String::from_utf8_lossy(&output.stderr);
    Err(Error::Process(format!("cannot pack `{}`: {}", binary.display(), why.trim())))
}
