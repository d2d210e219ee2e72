//! moto, the emulator that keeps the state of the AWS services.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::emulator::{Emulator, Launch};
use super::{Error, venv};

const LAUNCHER: &str = concat!(include_str!("rolesanywhere.py"), include_str!("moto_extension.py"));

/// Servers of this process that nobody uses now: to empty one takes a thousandth of a start.
static IDLE: Mutex<Vec<Arc<Emulator>>> = Mutex::new(Vec::new());

/// A running moto server. When this is dropped, the next one gets it, emptied; it ends with the
/// process.
#[derive(Debug)]
pub struct Moto {
    emulator: Arc<Emulator>,
    /// moto has no lock around a transaction; all proxies before one moto share this one.
    pub(crate) dynamodb: Arc<tokio::sync::Mutex<()>>,
}

impl Moto {
    /// An empty server that was used before; else installs moto where it is missing, starts it on a
    /// free port and waits until it answers.
    ///
    /// # Errors
    ///
    /// When it cannot be installed ([`venv::ensure`]), or does not answer within a minute.
    pub fn start() -> Result<Self, Error> {
        // One that does not answer any more is let go.
        while let Some(emulator) = idle().pop() {
            if emptied(&emulator).is_ok() {
                return Ok(Self { emulator, dynamodb: Arc::default() });
            }
        }
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
        Ok(Self { emulator: Arc::new(emulator), dynamodb: Arc::default() })
    }

    /// The server's URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.emulator.endpoint()
    }

    /// Forgets all resources of all services.
    ///
    /// # Errors
    ///
    /// When the server does not answer.
    pub fn reset(&self) -> Result<(), Error> {
        emptied(&self.emulator)
    }
}

fn emptied(emulator: &Emulator) -> Result<(), Error> {
    match emulator.request("POST", "/moto-api/reset")? {
        200 => Ok(()),
        status => Err(Error::Request(format!("moto answered {status} to a reset"))),
    }
}

fn idle() -> MutexGuard<'static, Vec<Arc<Emulator>>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Moto {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            // Nothing ends it with a process, which would remove the file.
            let _ = std::fs::remove_file(self.emulator.log());
            idle().push(Arc::clone(&self.emulator));
        }
    }
}
