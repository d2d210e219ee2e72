//! The process of an emulator that is written in Python.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Error;

const START_TIME: Duration = Duration::from_secs(60);
/// So long may it take to clean up.
const END_TIME: Duration = Duration::from_secs(5);

/// How an emulator is started.
pub(crate) struct Launch<'a> {
    /// Its name in messages, and in the name of its log.
    pub(crate) name: &'static str,
    /// The Python of the environment that it is installed in.
    pub(crate) python: &'a Path,
    /// What Python runs. It has to end when its input closes: a `static` is never dropped, so this
    /// is how a shared emulator ends.
    pub(crate) script: &'a str,
    /// The arguments and variables that it takes its port from.
    pub(crate) at_port: fn(&mut Command, u16),
    /// A path that answers with 200 once it is ready.
    pub(crate) ready: &'static str,
}

/// A running emulator; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Emulator {
    name: &'static str,
    port: u16,
    child: Child,
    log: PathBuf,
}

impl Emulator {
    /// Starts it on a free port and waits until it answers.
    pub(crate) fn start(launch: &Launch<'_>) -> Result<Self, Error> {
        // Another process may take the free port before the emulator does.
        let mut outcome = Self::launch(launch);
        for _ in 0..2 {
            if outcome.is_ok() {
                break;
            }
            outcome = Self::launch(launch);
        }
        outcome
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The file with what it printed.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// One request without a body; blocking, so that no runtime is needed.
    pub(crate) fn request(&self, method: &str, path: &str) -> Result<u16, Error> {
        let attempt = || Error::io(format!("{method} `{path}` at {}", self.name));
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).map_err(attempt())?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).map_err(attempt())?;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            self.port
        );
        stream.write_all(head.as_bytes()).map_err(attempt())?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).map_err(attempt())?;
        String::from_utf8_lossy(&reply)
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .ok_or_else(|| Error::Request(format!("{} gave no HTTP reply to `{path}`", self.name)))
    }

    fn launch(launch: &Launch<'_>) -> Result<Self, Error> {
        let port = free_port()?;
        let log = std::env::temp_dir().join(format!("demarc-{}-{port}.log", launch.name));
        let output = File::create(&log).map_err(Error::io(format!("write `{}`", log.display())))?;
        let mut command = Command::new(launch.python);
        // Proxy and CA variables of the environment are not meant for local endpoints.
        command.env_clear();
        for name in ["PATH", "HOME", "TMPDIR", "LANG"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.args(["-c", launch.script]);
        (launch.at_port)(&mut command, port);
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(output)
            .spawn()
            .map_err(Error::io(format!("start `{}`", launch.python.display())))?;
        let mut emulator = Self { name: launch.name, port, child, log };
        emulator.wait_until_ready(launch.ready)?;
        Ok(emulator)
    }

    fn wait_until_ready(&mut self, ready: &str) -> Result<(), Error> {
        let started = Instant::now();
        let name = self.name;
        while started.elapsed() < START_TIME {
            let exited = self.child.try_wait();
            let exited = exited.map_err(Error::io(format!("ask for the state of {name}")))?;
            if let Some(status) = exited {
                let text = std::fs::read_to_string(&self.log).unwrap_or_default();
                return Err(Error::Process(format!("{name} ended with {status}: {text}")));
            }
            if self.request("GET", ready).is_ok_and(|status| status == 200) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = self.log.display();
        Err(Error::Timeout(format!("{name} does not answer after a minute; see `{log}`")))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && asked.elapsed() < END_TIME {
            std::thread::sleep(Duration::from_millis(5));
        }
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
