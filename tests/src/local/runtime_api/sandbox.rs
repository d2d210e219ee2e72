//! One process of a function.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::super::Error;
use super::super::process::Lines;
use super::server::{Api, Ending, Job, Phase, request_id};
use super::{Current, FunctionError, Invocation, Spec};

/// How often a process is looked at for whether it still lives.
const LOOK: Duration = Duration::from_millis(5);

#[derive(Debug)]
pub(super) struct Sandbox {
    child: Child,
    api: Api,
    init: Duration,
    timeout: Duration,
}

impl Sandbox {
    pub(super) async fn start(spec: &Spec, lines: &Lines) -> Result<Self, Error> {
        let api = Api::start(spec.arn())?;
        let mut command = command(spec, &api.address());
        let started = Instant::now();
        let mut child =
            command.spawn().map_err(Error::io(format!("start `{}`", spec.binary.display())))?;
        lines.follow(&mut child).map_err(Error::io("start a thread"))?;
        let mut sandbox = Self { child, api, init: Duration::ZERO, timeout: spec.options.timeout };
        let ready = sandbox.initialize(spec.options.init_timeout).await;
        let ready = ready.map_err(|why| explain(spec, &why, lines))?;
        sandbox.init = ready.duration_since(started);
        Ok(sandbox)
    }

    pub(super) fn current(&self) -> Current {
        Current { pid: self.child.id(), init: self.init }
    }

    pub(super) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    pub(super) fn end(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub(super) async fn invoke(&mut self, payload: Vec<u8>) -> Result<Invocation, Error> {
        let (ending, mut ended) = oneshot::channel();
        let started = Instant::now();
        self.api.push(Job { payload, timeout: self.timeout, ending })?;
        let (response, wall) = loop {
            tokio::select! {
                biased;
                Ok(ending) = &mut ended => break ending,
                () = tokio::time::sleep(LOOK) => {}
            }
            if self.has_ended() {
                // The response may have come just before the exit.
                break ended.try_recv().unwrap_or_else(|_| self.exited(started));
            }
            if started.elapsed() > self.timeout {
                self.end();
                break self.timed_out(started);
            }
        };
        Ok(Invocation { response, wall })
    }

    /// Waits for the first question for an event, or says why it never came.
    async fn initialize(&mut self, limit: Duration) -> Result<Instant, String> {
        let mut phase = self.api.phase.clone();
        let started = Instant::now();
        loop {
            match phase.borrow_and_update().clone() {
                Phase::Ready(at) => return Ok(at),
                Phase::InitFailed(FunctionError { kind, message }) => {
                    return Err(format!("reported {kind}: {message}"));
                }
                Phase::Starting => {}
            }
            if self.has_ended() {
                return Err("exited before it asked for an event".to_owned());
            }
            if started.elapsed() > limit {
                return Err(format!("did not ask for an event within {limit:?}"));
            }
            let _ = tokio::time::timeout(LOOK, phase.changed()).await;
        }
    }

    fn exited(&mut self, started: Instant) -> Ending {
        let status = match self.child.try_wait() {
            Ok(Some(status)) => status.to_string(),
            _ => "unknown status".to_owned(),
        };
        let error = FunctionError {
            kind: "Runtime.ExitError".to_owned(),
            message: format!(
                "RequestId: {} Error: Runtime exited with error: {status}",
                request_id()
            ),
        };
        (Err(error), started.elapsed())
    }

    fn timed_out(&self, started: Instant) -> Ending {
        let error = FunctionError {
            kind: "Sandbox.Timedout".to_owned(),
            message: format!(
                "RequestId: {} Error: Task timed out after {:.2} seconds",
                request_id(),
                self.timeout.as_secs_f64()
            ),
        };
        (Err(error), started.elapsed())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.end();
    }
}

fn explain(spec: &Spec, why: &str, lines: &Lines) -> Error {
    Error::Process(format!(
        "`{}` {why}; it printed:\n{}",
        spec.binary.display(),
        lines.all().join("\n")
    ))
}

fn command(spec: &Spec, address: &str) -> Command {
    let mut command = Command::new(&spec.binary);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    let options = &spec.options;
    let memory = options.memory_mib.to_string();
    let group = format!("/aws/lambda/{}", spec.name);
    command.envs([
        ("AWS_LAMBDA_RUNTIME_API", address),
        ("AWS_LAMBDA_FUNCTION_NAME", &spec.name),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &group),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
        ("AWS_REGION", &options.region),
        ("AWS_DEFAULT_REGION", &options.region),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("_HANDLER", "bootstrap"),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
    ]);
    let own = spec.environment.iter();
    command.envs(own.map(|(name, value)| (name, value)));
    command
}
