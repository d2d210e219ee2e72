//! A Lambda Runtime API for one function process.
//!
//! The process is the real binary: it asks for the next event, posts its response or error,
//! and may exit or take too long, each of which ends as it would on Lambda.

mod sandbox;
mod server;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub use super::process::Usage;
use super::{ACCOUNT, Error, REGION};
use sandbox::Sandbox;

/// How the function is configured, as in its template.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its region.
    pub region: String,
    /// Its memory; only told to the process, never enforced.
    pub memory_mib: u32,
    /// After this time an invocation is ended, and the process with it.
    pub timeout: Duration,
    /// After this time an initialization is given up (10 s on Lambda).
    pub init_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            region: REGION.to_owned(),
            memory_mib: 256,
            timeout: Duration::from_secs(30),
            init_timeout: Duration::from_secs(10),
        }
    }
}

/// One invocation of a function.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// What the function answered.
    pub response: Result<Vec<u8>, FunctionError>,
    /// From the handing over of the event until the response was there.
    pub wall: Duration,
}

/// A function's error, as the Lambda API shows it to whoever invoked it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// The error's type, as `Runtime.ExitError`.
    pub kind: String,
    /// Its message.
    pub message: String,
}

/// A deployed function with at most one sandbox; an event that comes while the sandbox is
/// busy waits for it.
#[derive(Debug)]
pub struct Function {
    spec: Spec,
    /// Held through an invocation: one sandbox takes one event at a time.
    sandbox: tokio::sync::Mutex<Sandbox>,
    lines: super::process::Lines,
    current: Mutex<Current>,
}

/// What is known of the newest sandbox without waiting for its invocation.
#[derive(Clone, Copy, Debug)]
struct Current {
    pid: u32,
    init: Duration,
}

/// What it takes to start another sandbox.
#[derive(Clone, Debug)]
struct Spec {
    binary: PathBuf,
    name: String,
    environment: Vec<(String, String)>,
    options: Options,
}

impl Function {
    /// Starts a function's binary and waits until it asks for its first event.
    ///
    /// The environment is Lambda's own and `environment`; nothing is inherited but `PATH`, so
    /// neither a proxy nor an AWS profile of the developer is seen.
    ///
    /// # Errors
    ///
    /// When the binary cannot be started, or its initialization fails or takes too long. The
    /// error carries what the process printed.
    pub async fn start(
        binary: &Path,
        name: &str,
        environment: &[(String, String)],
        options: Options,
    ) -> Result<Self, Error> {
        let spec = Spec {
            binary: binary.to_owned(),
            name: name.to_owned(),
            environment: environment.to_vec(),
            options,
        };
        let lines = super::process::Lines::default();
        let sandbox = Sandbox::start(&spec, &lines).await?;
        Ok(Self {
            current: Mutex::new(sandbox.current()),
            sandbox: tokio::sync::Mutex::new(sandbox),
            spec,
            lines,
        })
    }

    /// Invokes the function. Where the last process has ended a new one is started first, as
    /// Lambda does.
    ///
    /// # Errors
    ///
    /// When a new process cannot be initialized. An error of the function itself is in
    /// [`Invocation::response`].
    pub async fn invoke(&self, payload: Vec<u8>) -> Result<Invocation, Error> {
        let mut sandbox = self.sandbox.lock().await;
        if sandbox.has_ended() {
            self.renew(&mut sandbox).await?;
        }
        sandbox.invoke(payload).await
    }

    /// Ends the process and starts another, once a running invocation has ended.
    ///
    /// # Errors
    ///
    /// As [`Function::start`].
    pub async fn restart(&self) -> Result<(), Error> {
        let mut sandbox = self.sandbox.lock().await;
        self.renew(&mut sandbox).await
    }

    /// Ends the process at once, also amid an invocation, as the loss of a host does.
    ///
    /// # Errors
    ///
    /// When the system does not run `kill`.
    pub fn kill(&self) -> Result<(), Error> {
        // `Child::kill` needs the lock that an invocation holds.
        std::process::Command::new("kill")
            .args(["-9", &self.current().pid.to_string()])
            .stderr(std::process::Stdio::null())
            .status()
            .map(drop)
            .map_err(Error::io("run `kill`"))
    }

    /// From the start of the newest process until it asked for its first event.
    #[must_use]
    pub fn init(&self) -> Duration {
        self.current().init
    }

    /// What the newest process has used so far; nothing once it has ended.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        super::process::usage(self.current().pid)
    }

    /// The lines printed so far, by all processes of the function.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.lines.all()
    }

    /// Takes the lines printed so far out of the function.
    #[must_use]
    pub fn take_lines(&self) -> Vec<String> {
        self.lines.take()
    }

    /// The function's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// The function's ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        self.spec.arn()
    }

    async fn renew(&self, sandbox: &mut Sandbox) -> Result<(), Error> {
        sandbox.end();
        *sandbox = Sandbox::start(&self.spec, &self.lines).await?;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = sandbox.current();
        Ok(())
    }

    fn current(&self) -> Current {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spec {
    fn arn(&self) -> String {
        let Self { name, options, .. } = self;
        format!("arn:aws:lambda:{}:{ACCOUNT}:function:{name}", options.region)
    }
}
