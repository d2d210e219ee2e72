//! Installs an emulator into a private virtual environment, once.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Error;

/// What is installed, in the release that the tests were written against.
#[derive(Clone, Copy, Debug)]
pub struct Tool<'a> {
    /// The name of the folder, with the release.
    pub name: &'a str,
    /// What `pip` installs.
    pub requirements: &'a [&'a str],
    /// The executable that is wanted of it.
    pub executable: &'a str,
}

/// The emulator of single services.
pub const MOTO: Tool<'_> =
    Tool { name: "moto-5.2.5", requirements: &["moto[server]==5.2.5"], executable: "moto_server" };

/// The emulator of whole stacks.
pub const MINISTACK: Tool<'_> = Tool {
    name: "ministack-1.5.33",
    requirements: &["ministack==1.5.33", "aws-sam-translator==1.115.0"],
    executable: "ministack",
};

/// Written last, so that a set-up that was interrupted is done again.
pub(super) const MARKER: &str = "demarc-ready";

const PYTHONS: [&str; 5] = ["python3", "python3.13", "python3.12", "python3.11", "python3.10"];

/// Returns the path of a tool's executable, and installs the tool first where it is missing.
///
/// # Errors
///
/// When no cache folder can be written, no Python of 3.10 or later is found, or the package
/// index cannot be reached.
pub fn ensure(tool: Tool<'_>, progress: &dyn Fn(&str)) -> Result<PathBuf, Error> {
    ensure_in(&cache()?, tool, progress)
}

/// Tells the steps of a first set-up on standard error: whoever waits for them should see them.
pub fn told(step: &str) {
    let _ = writeln!(std::io::stderr(), "demarc: {step}");
}

/// Returns the path of a tool's executable, installed in a folder of `cache`.
///
/// # Errors
///
/// As [`ensure`].
pub fn ensure_in(cache: &Path, tool: Tool<'_>, progress: &dyn Fn(&str)) -> Result<PathBuf, Error> {
    let folder = cache.join(tool.name);
    let wanted = folder.join("bin").join(tool.executable);
    if is_ready(&folder, &wanted) {
        return Ok(wanted);
    }
    progress("waiting for the lock of the emulator's folder");
    // The system releases this lock when its holder dies, so that no stale lock remains.
    let lock = lock(&cache.join(format!("{}.lock", tool.name)))?;
    if !is_ready(&folder, &wanted) {
        let requirements = tool.requirements.join(" ");
        install(&folder, tool.requirements, progress)?;
        if !wanted.exists() {
            return Err(Error::Setup(format!(
                "`{requirements}` is installed but has no `{}`",
                wanted.display()
            )));
        }
        fs::write(folder.join(MARKER), requirements)
            .map_err(Error::io(format!("write to `{}`", folder.display())))?;
    }
    drop(lock);
    Ok(wanted)
}

/// The Python beside an executable of the same environment.
pub(crate) fn python_beside(executable: &Path) -> PathBuf {
    executable.with_file_name("python")
}

/// Whether the environment is whole; its Python is a link that an update of the system may break.
fn is_ready(folder: &Path, executable: &Path) -> bool {
    folder.join(MARKER).exists() && executable.exists() && python_beside(executable).exists()
}

fn install(folder: &Path, requirements: &[&str], progress: &dyn Fn(&str)) -> Result<(), Error> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Error::io(format!("remove `{}`", folder.display())))?;
    }
    let python = python()?;
    progress(&format!("creating a Python environment in `{}`", folder.display()));
    run(
        Command::new(python).args(["-m", "venv"]).arg(folder),
        "create a virtual environment (on Debian, install the package python3-venv)",
    )?;
    let all = requirements.join(" ");
    progress(&format!("installing {all} (about half a minute)"));
    run(
        Command::new(folder.join("bin").join("python"))
            .args(["-m", "pip", "install", "--quiet", "--no-input"])
            .arg("--disable-pip-version-check")
            .args(requirements),
        &format!("install `{all}` (is the package index reachable?)"),
    )
}

pub(super) fn run(command: &mut Command, attempt: &str) -> Result<(), Error> {
    let output = command.stdin(Stdio::null()).output().map_err(Error::io(attempt))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(Error::Setup(format!("cannot {attempt}: {}", text.trim())))
}

fn python() -> Result<&'static str, Error> {
    let recent = "import sys; sys.exit(sys.version_info < (3, 10))";
    PYTHONS
        .into_iter()
        .find(|name| {
            Command::new(name)
                .args(["-c", recent])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        })
        .ok_or_else(|| {
            Error::Setup("no Python of 3.10 or later found; install python3 and its venv".into())
        })
}

pub(super) fn lock(path: &Path) -> Result<File, Error> {
    let attempt = format!("lock `{}`", path.display());
    let file = File::create(path).map_err(Error::io(attempt.clone()))?;
    file.lock().map_err(Error::io(attempt))?;
    Ok(file)
}

/// The first cache folder that can be written.
///
/// # Errors
///
/// When there is none.
pub fn cache() -> Result<PathBuf, Error> {
    let user = std::env::var_os("XDG_CACHE_HOME")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    user.into_iter()
        .chain([workspace])
        .map(|folder| folder.join("demarc"))
        .find(|folder| is_writable(folder))
        .ok_or_else(|| {
            Error::Setup("no cache folder can be written; set XDG_CACHE_HOME to one".into())
        })
}

fn is_writable(folder: &Path) -> bool {
    let probe = folder.join(format!("probe-{}", std::process::id()));
    let is_created = fs::create_dir_all(folder).and_then(|()| File::create(&probe)).is_ok();
    // Threads of one process share the probe: that another one has removed it already is no fault.
    let _ = fs::remove_file(&probe);
    is_created
}
