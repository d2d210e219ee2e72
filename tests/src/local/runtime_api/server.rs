//! The HTTP side of the Runtime API.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hyper::body::Bytes;
use hyper::{Method, Request};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};

use super::super::Error;
use super::super::http::{self, Hangup, Reply, Server};
use super::FunctionError;

/// The end of an invocation: the response, and the time since the event was handed over.
pub(super) type Ending = (Result<Vec<u8>, FunctionError>, Duration);

/// One event on its way to the process.
pub(super) struct Job {
    pub(super) payload: Vec<u8>,
    pub(super) timeout: Duration,
    pub(super) ending: oneshot::Sender<Ending>,
}

/// What the process has done so far.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    Starting,
    /// It has asked for its first event, at this time.
    Ready(Instant),
    InitFailed(FunctionError),
}

/// The Runtime API of one process.
#[derive(Debug)]
pub(super) struct Api {
    server: Server,
    jobs: mpsc::UnboundedSender<Job>,
    pub(super) phase: watch::Receiver<Phase>,
}

struct State {
    arn: String,
    jobs: tokio::sync::Mutex<mpsc::UnboundedReceiver<Job>>,
    running: Mutex<HashMap<String, (Instant, oneshot::Sender<Ending>)>>,
    phase: watch::Sender<Phase>,
}

impl Api {
    pub(super) fn start(arn: String) -> Result<Self, Error> {
        let (jobs, queue) = mpsc::unbounded_channel();
        let (sender, phase) = watch::channel(Phase::Starting);
        let state = Arc::new(State {
            arn,
            jobs: tokio::sync::Mutex::new(queue),
            running: Mutex::default(),
            phase: sender,
        });
        let server = Server::start("runtime-api", move |request| {
            let state = Arc::clone(&state);
            async move { Ok(state.route(request).await) as Result<Reply, Hangup> }
        })?;
        Ok(Self { server, jobs, phase })
    }

    pub(super) fn address(&self) -> String {
        self.server.address().to_string()
    }

    pub(super) fn push(&self, job: Job) -> Result<(), Error> {
        self.jobs.send(job).map_err(|_| Error::Process("the runtime API has ended".to_owned()))
    }
}

impl State {
    async fn route(&self, request: Request<Bytes>) -> Reply {
        let path = request.uri().path().to_owned();
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (request.method(), parts.as_slice()) {
            (&Method::GET, ["2018-06-01", "runtime", "invocation", "next"]) => self.next().await,
            (&Method::POST, ["2018-06-01", "runtime", "invocation", id, "response"]) => {
                self.end(id, Ok(request.into_body().to_vec()))
            }
            (&Method::POST, ["2018-06-01", "runtime", "invocation", id, "error"]) => {
                self.end(id, Err(function_error(&request)))
            }
            (&Method::POST, ["2018-06-01", "runtime", "init", "error"]) => {
                self.phase.send_replace(Phase::InitFailed(function_error(&request)));
                accepted()
            }
            // The runtime registers an internal extension to be told of a shutdown.
            (&Method::POST, ["2020-01-01", "extension", "register"]) => extension(),
            (&Method::GET, ["2020-01-01", "extension", "event", "next"]) => {
                std::future::pending().await
            }
            _ => refusal(404, "NoSuchPath", &path),
        }
    }

    async fn next(&self) -> Reply {
        self.phase.send_if_modified(|phase| {
            let is_first = matches!(phase, Phase::Starting);
            if is_first {
                *phase = Phase::Ready(Instant::now());
            }
            is_first
        });
        let Some(job) = self.jobs.lock().await.recv().await else {
            return refusal(410, "Gone", "the function has ended");
        };
        let id = request_id();
        let deadline = since_epoch() + job.timeout;
        let mut reply = http::reply(200, "application/json", job.payload);
        let headers = [
            ("lambda-runtime-aws-request-id", id.clone()),
            ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
            ("lambda-runtime-invoked-function-arn", self.arn.clone()),
            ("lambda-runtime-trace-id", trace_id()),
        ];
        for (name, value) in headers {
            if let Ok(value) = value.parse() {
                reply.headers_mut().insert(name, value);
            }
        }
        self.running().insert(id, (Instant::now(), job.ending));
        reply
    }

    fn end(&self, id: &str, response: Result<Vec<u8>, FunctionError>) -> Reply {
        let Some((started, ending)) = self.running().remove(id) else {
            return refusal(400, "InvalidRequestID", id);
        };
        // Nobody waits any longer where the invocation was ended for its time.
        let _ = ending.send((response, started.elapsed()));
        accepted()
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, (Instant, oneshot::Sender<Ending>)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn accepted() -> Reply {
    http::json(202, &json!({"status": "OK"}))
}

fn refusal(status: u16, kind: &str, message: &str) -> Reply {
    http::json(status, &json!({"errorType": kind, "errorMessage": message}))
}

fn extension() -> Reply {
    let mut reply = http::json(200, &json!({"functionName": "", "functionVersion": "$LATEST"}));
    if let Ok(value) = request_id().parse() {
        reply.headers_mut().insert("lambda-extension-identifier", value);
    }
    reply
}

fn function_error(request: &Request<Bytes>) -> FunctionError {
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let header = request.headers().get("lambda-runtime-function-error-type");
    FunctionError {
        kind: text("errorType")
            .or_else(|| Some(header?.to_str().ok()?.to_owned()))
            .unwrap_or_else(|| "Unhandled".to_owned()),
        message: text("errorMessage")
            .unwrap_or_else(|| String::from_utf8_lossy(request.body()).into_owned()),
    }
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Unique in a run; the shape of a UUID, as some code parses it.
pub(super) fn request_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let time = since_epoch().as_nanos() as u64;
    format!(
        "{:08x}-{:04x}-4{:03x}-8000-{count:012x}",
        (time >> 28) & 0xffff_ffff,
        (time >> 12) & 0xffff,
        time & 0xfff,
    )
}

fn trace_id() -> String {
    let seconds = since_epoch().as_secs();
    format!("Root=1-{seconds:08x}-000000000000000000000000;Parent=0000000000000000;Sampled=0")
}
