//! A binary as it is uploaded: zipped under the name `bootstrap`.

use std::path::Path;
use std::process::Command;

use demarc_tests::Fault;
use demarc_tests::local::venv;

use crate::figures::Size;

const ZIP: &str = "import io, sys, zipfile
out = io.BytesIO()
with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as zip:
    zip.write(sys.argv[1], 'bootstrap')
print(len(out.getvalue()))";

/// The sizes of a stripped binary. The emulator's Python packs it, as no crate of ours does.
pub fn of(binary: &Path) -> Result<Size, Fault> {
    let python = venv::ensure(&crate::progress)?.with_file_name("python");
    let output = Command::new(python).args(["-c", ZIP]).arg(binary).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let zip = text.trim().parse().map_err(|_| {
        format!("cannot pack `{}`: {}", binary.display(), String::from_utf8_lossy(&output.stderr))
    })?;
    Ok(Size { binary: std::fs::metadata(binary)?.len(), zip })
}
