//! moto, the emulator that keeps the state of the AWS services.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Error, venv};

/// Ends with its parent even when that is killed: the pipe on its input closes then. A
/// `static` is never dropped, so this is how a shared emulator ends too.
const LAUNCHER: &str = "import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(sys.argv[1:])";

const START_TIME: Duration = Duration::from_secs(60);

/// A running moto server; it ends when this is dropped.
#[derive(Debug)]
pub struct Moto {
    port: u16,
    child: Child,
    log: PathBuf,
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
        let executable = venv::ensure(&|step| {
            // Only a first set-up has steps, and whoever waits for it should see them.
            let _ = writeln!(std::io::stderr(), "demarc: {step}");
        })?;
        let python = venv::python_beside(&executable);
        // Another process may take the free port before moto does.
        let mut outcome = Self::launch(&python);
        for _ in 0..2 {
            if outcome.is_ok() {
                break;
            }
            outcome = Self::launch(&python);
        }
        outcome
    }

    /// The server's URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The file with what the server printed: one line per request, and its tracebacks.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Forgets all resources of all services.
    ///
    /// # Errors
    ///
    /// When the server does not answer.
    pub fn reset(&self) -> Result<(), Error> {
        let status = request(self.port, "POST", "/moto-api/reset")?;
        if status == 200 {
            return Ok(());
        }
        Err(Error::Request(format!("moto answered {status} to a reset")))
    }

    fn launch(python: &Path) -> Result<Self, Error> {
        let port = free_port()?;
        let log = std::env::temp_dir().join(format!("demarc-moto-{port}.log"));
        let output = File::create(&log).map_err(Error::io(format!("write `{}`", log.display())))?;
        let mut command = Command::new(python);
        // Proxy and CA variables of the environment are not meant for local endpoints.
        command.env_clear();
        for name in ["PATH", "HOME", "TMPDIR", "LANG"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let child = command
            .args(["-c", LAUNCHER, "-H", "127.0.0.1", "-p"])
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(output)
            .spawn()
            .map_err(Error::io(format!("start `{}`", python.display())))?;
        let mut moto = Self { port, child, log, dynamodb: Arc::default() };
        moto.wait_until_ready()?;
        Ok(moto)
    }

    fn wait_until_ready(&mut self) -> Result<(), Error> {
        let started = Instant::now();
        while started.elapsed() < START_TIME {
            let exited = self.child.try_wait().map_err(Error::io("ask for moto's state"))?;
            if let Some(status) = exited {
                let text = std::fs::read_to_string(&self.log).unwrap_or_default();
                return Err(Error::Process(format!("moto ended with {status}: {text}")));
            }
            if request(self.port, "GET", "/moto-api/").is_ok_and(|status| status == 200) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(Error::Timeout(format!(
            "moto does not answer after a minute; see `{}`",
            self.log.display()
        )))
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !std::thread::panicking() {
            let _ = std::fs::remove_file(&self.log);
        }
    }
}

fn free_port() -> Result<u16, Error> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Error::io("find a free port on 127.0.0.1"))
}

/// One request without a body; blocking, so that no runtime is needed to start or reset.
fn request(port: u16, method: &str, path: &str) -> Result<u16, Error> {
    let attempt = || Error::io(format!("{method} `{path}` at moto"));
    let mut stream = TcpStream::connect(("127.0.0.1", port)).map_err(attempt())?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).map_err(attempt())?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).map_err(attempt())?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).map_err(attempt())?;
    String::from_utf8_lossy(&reply)
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| Error::Request(format!("moto gave no HTTP reply to `{path}`")))
}
