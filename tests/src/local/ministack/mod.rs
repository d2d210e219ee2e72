//! MiniStack, the emulator that whole stacks are deployed into: CloudFormation with the SAM
//! transform, functions as processes, EventBridge, queues, and roles whose policies are enforced.
//! What it lacks is in `extension.py`, what it is spared in `launch.py`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::emulator::{Emulator, Launch};
use super::{Error, venv};

/// A running MiniStack; it ends when this is dropped, with the functions that it started.
#[derive(Debug)]
pub struct MiniStack {
    emulator: Emulator,
    python: PathBuf,
}

impl MiniStack {
    /// Installs MiniStack where it is missing, starts it on a free port and waits until it answers.
    ///
    /// # Errors
    ///
    /// As [`super::moto::Moto::start`].
    pub fn start() -> Result<Self, Error> {
        let executable = venv::ensure(venv::MINISTACK, &venv::told)?;
        let python = venv::python_beside(&executable);
        let emulator = Emulator::start(&Launch {
            name: "ministack",
            python: &python,
            script: concat!(
                include_str!("../rolesanywhere.py"),
                include_str!("extension.py"),
                include_str!("launch.py"),
            ),
            at_port,
            ready: "/_ministack/health",
        })?;
        Ok(Self { emulator, python })
    }

    /// The server's URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.emulator.endpoint()
    }

    /// The Python that it runs with.
    #[must_use]
    pub fn python(&self) -> &Path {
        &self.python
    }

    /// The file with what the server and its functions printed.
    #[must_use]
    pub fn log(&self) -> &Path {
        self.emulator.log()
    }
}

fn at_port(command: &mut Command, port: u16) {
    command
        .env("GATEWAY_PORT", port.to_string())
        .env("BIND_HOST", "127.0.0.1")
        // Policies are enforced.
        .env("AUTH", "true")
        // Where functions send their requests.
        .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"));
}
