//! A proxy before moto: names and records each call, injects faults, lets one DynamoDB request
//! through at a time, and makes a transaction that is sent again the same one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, Response};

use super::fault::{Effect, Fault};
use super::http::{self, Hangup, Reply, Server};
use super::moto::Moto;
use super::transactions::{self, Transactions};
use super::{Error, operation};

/// One call that came to the proxy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Call {
    /// The operation, as `s3:PutBucketPolicy`.
    pub operation: String,
    /// Path and query.
    pub path: String,
    /// The request's body, as text.
    pub body: String,
    /// The status that the caller got; none where the connection was closed.
    pub status: Option<u16>,
    /// When the call came.
    pub at: Instant,
    /// How long it took until the reply was complete.
    pub took: Duration,
    /// Whether a fault was injected.
    pub faulted: bool,
}

/// A running proxy; it stops when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    server: Server,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    upstream: String,
    dynamodb: Arc<tokio::sync::Mutex<()>>,
    faults: Mutex<Vec<Fault>>,
    calls: Mutex<Vec<Call>>,
    transactions: Transactions,
}

impl Proxy {
    /// Starts a proxy on a free port.
    ///
    /// Several proxies before one moto (one per test) still let one DynamoDB request through
    /// at a time.
    ///
    /// # Errors
    ///
    /// When no port can be opened.
    pub fn start(moto: &Moto) -> Result<Self, Error> {
        let state = Arc::new(State {
            upstream: http::authority(&moto.endpoint()).to_owned(),
            dynamodb: Arc::clone(&moto.dynamodb),
            faults: Mutex::default(),
            calls: Mutex::default(),
            transactions: Transactions::default(),
        });
        let shared = Arc::clone(&state);
        let server = Server::start("proxy", move |request| handle(Arc::clone(&shared), request))?;
        Ok(Self { server, state })
    }

    /// The proxy's URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }

    /// Adds a fault. Where several cover an operation, the first that still hits is used.
    pub fn inject(&self, fault: Fault) {
        lock(&self.state.faults).push(fault);
    }

    /// Removes all faults. A request that waits at a gate stays there.
    pub fn clear_faults(&self) {
        lock(&self.state.faults).clear();
    }

    /// The calls so far, in the order in which they ended.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.state.calls).clone()
    }

    /// The operations of the calls so far.
    #[must_use]
    pub fn operations(&self) -> Vec<String> {
        let calls = lock(&self.state.calls);
        calls.iter().map(|call| call.operation.clone()).collect()
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        lock(&self.state.calls).clear();
    }
}

/// No code panics while it holds one of these locks, so a poisoned one is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn handle(state: Arc<State>, request: Request<Bytes>) -> Result<Reply, Hangup> {
    let at = Instant::now();
    let (parts, body) = request.into_parts();
    let operation = operation::name(&parts, &body);
    let path = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let sent = String::from_utf8_lossy(&body).into_owned();
    let effect = state.effect(&operation);
    let faulted = effect.is_some();
    let request = Request::from_parts(parts, body);
    let outcome = state.answer(&operation, request, effect).await;
    lock(&state.calls).push(Call {
        operation,
        path,
        body: sent,
        status: outcome.as_ref().ok().map(|reply| reply.status().as_u16()),
        at,
        took: at.elapsed(),
        faulted,
    });
    outcome
}

impl State {
    fn effect(&self, operation: &str) -> Option<Effect> {
        lock(&self.faults)
            .iter_mut()
            .filter(|fault| fault.covers(operation))
            .find_map(|fault| fault.hits().then(|| fault.effect.clone()))
    }

    async fn answer(
        self: &Arc<Self>,
        operation: &str,
        request: Request<Bytes>,
        effect: Option<Effect>,
    ) -> Result<Reply, Hangup> {
        match effect {
            Some(Effect::Reply { status, body, content_type }) => {
                return Ok(http::reply(status, &content_type, body));
            }
            Some(Effect::Redirect { bucket_region }) => return Ok(redirect(&bucket_region)),
            Some(Effect::Garble) => return Ok(http::reply(200, "text/plain", "<{ not a reply")),
            Some(Effect::Close) => return Err(Hangup),
            Some(Effect::Delay(time)) => tokio::time::sleep(time).await,
            Some(Effect::HoldBefore(ref gate)) => gate.wait().await,
            Some(Effect::CloseAfter | Effect::HoldAfter(_)) | None => {}
        }
        let reply = self.forward(operation, request).await;
        match effect {
            Some(Effect::CloseAfter) => return Err(Hangup),
            Some(Effect::HoldAfter(gate)) => gate.wait().await,
            _ => {}
        }
        Ok(reply)
    }

    /// What has begun is done, whether or not the caller still waits.
    async fn forward(self: &Arc<Self>, operation: &str, request: Request<Bytes>) -> Reply {
        let (state, operation) = (Arc::clone(self), operation.to_owned());
        let sent = tokio::spawn(async move { state.send(&operation, request).await });
        sent.await.unwrap_or_else(|error| at_fault(&error.to_string()))
    }

    async fn send(&self, operation: &str, request: Request<Bytes>) -> Reply {
        let is_dynamodb = request
            .headers()
            .get("x-amz-target")
            .is_some_and(|target| target.as_bytes().starts_with(b"DynamoDB"));
        let _turn = match is_dynamodb {
            true => Some(self.dynamodb.lock().await),
            false => None,
        };
        let token = transactions::token(operation, request.body());
        if let Some(reply) = token.as_ref().and_then(|token| self.transactions.answer(token)) {
            return reply;
        }
        let reply = match http::send(&self.upstream, outgoing(request)).await {
            Ok(reply) => incoming(repaired(operation, reply)),
            Err(error) => return at_fault(&error.to_string()),
        };
        if let Some(token) = token.filter(|_| reply.status().is_success()) {
            self.transactions.keep(token, &reply);
        }
        reply
    }
}

/// 599 is no status of AWS: a failing test shows that the emulator is at fault.
fn at_fault(error: &str) -> Reply {
    http::reply(599, "text/plain", error.to_owned())
}

/// S3 answers so for a bucket of another region; the SDK for Rust does not follow it.
fn redirect(bucket_region: &str) -> Reply {
    let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>PermanentRedirect</Code><Message>The bucket you are attempting to access must be addressed using the specified endpoint.</Message></Error>";
    let mut reply = http::reply(301, "application/xml", body);
    if let Ok(region) = bucket_region.parse() {
        reply.headers_mut().insert("x-amz-bucket-region", region);
    }
    reply
}

/// Headers that belong to one connection, and are made anew for the next one.
const HOP_HEADERS: [&str; 4] = ["connection", "expect", "keep-alive", "transfer-encoding"];

fn outgoing(request: Request<Bytes>) -> Request<Full<Bytes>> {
    let mut request = request.map(Full::new);
    for name in HOP_HEADERS {
        request.headers_mut().remove(name);
    }
    *request.version_mut() = hyper::Version::HTTP_11;
    request
}

/// Mends what moto 5.2.5 answers in a shape that the SDK for Rust rightly refuses.
fn repaired(operation: &str, reply: Response<Bytes>) -> Response<Bytes> {
    let (wrong, right) = match operation {
        // Only for a bucket that never had versioning.
        "s3:GetBucketVersioning" => ("GetBucketVersioningResponse", "VersioningConfiguration"),
        _ => return reply,
    };
    let (mut parts, body) = reply.into_parts();
    let text = String::from_utf8_lossy(&body).replace(wrong, right);
    parts.headers.remove("content-length");
    Response::from_parts(parts, Bytes::from(text))
}

fn incoming(reply: Response<Bytes>) -> Reply {
    let mut reply = reply.map(Full::new);
    for name in HOP_HEADERS {
        reply.headers_mut().remove(name);
    }
    *reply.version_mut() = hyper::Version::HTTP_11;
    reply
}
