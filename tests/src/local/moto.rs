//! moto, the emulator that keeps the state of the AWS services.

use std::path::Path;
use std::sync::Arc;

use super::emulator::{Emulator, Launch};
use super::{Error, venv};

const LAUNCHER: &str = include_str!("moto_extension.py");

/// A running moto server; it ends when this is dropped.
#[derive(Debug)]
pub struct Moto {
    emulator: Emulator,
    /// moto has no lock around a transaction; all proxies before one moto share this one.
    pub(crate) dynamodb: Arc<tokio::sync::Mutex<()>>,
}

impl Moto {
    /// Installs moto where it is missing, starts it on a free port and waits until it answers.
    ///
    /// # Errors
    ///
    /// When it cannot be installed ([`venv::ensure`]), or does not answer within a minute.
    pub fn start() -> Result<Self, Error> {
        let executable = venv::ensure(venv::MOTO, &venv::told)?;
        let emulator = Emulator::start(&Launch {
            name: "moto",
            python: &venv::python_beside(&executable),
            script: LAUNCHER,
            at_port: |command, port| {
                command.args(["-H", "127.0.0.1", "-p"]).arg(port.to_string());
            },
            ready: "/moto-api/",
        })?;
        Ok(Self { emulator, dynamodb: Arc::default() })
    }

    /// The server's URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.emulator.endpoint()
    }

    /// The file with what the server printed: one line per request, and its tracebacks.
    #[must_use]
    pub fn log(&self) -> &Path {
        self.emulator.log()
    }

    /// Forgets all resources of all services.
    ///
    /// # Errors
    ///
    /// When the server does not answer.
    pub fn reset(&self) -> Result<(), Error> {
        let status = self.emulator.request("POST", "/moto-api/reset")?;
        if status == 200 {
            return Ok(());
        }
        Err(Error::Request(format!("moto answered {status} to a reset")))
    }
}
