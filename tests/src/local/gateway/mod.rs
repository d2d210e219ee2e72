//! What stands before the operator's function URL with `AWS_IAM`: it checks the signature,
//! finds out who signed, and tells the function.

mod event;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::http::request::Parts;
use aws_credential_types::Credentials;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Method, Request, Response};
use serde_json::json;

use super::callers::{self, Caller};
use super::http::{self, Hangup, Reply, Server};
use super::runtime_api::Function;
use super::signature::{self, Scope};
use super::{Error, REGION};

/// The service that a request to a function URL is signed for.
const SERVICE: &str = "lambda";

/// A function URL; it stops when this is dropped.
#[derive(Debug)]
pub struct Gateway {
    server: Server,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    function: Arc<Function>,
    emulator: String,
    /// By access key: to check a signature takes the secret, which only IAM has.
    known: Mutex<HashMap<String, Credentials>>,
}

impl Gateway {
    /// Starts a URL for a function; `emulator` is asked who its callers are.
    ///
    /// # Errors
    ///
    /// When no port can be opened.
    pub fn start(function: Arc<Function>, emulator: &str) -> Result<Self, Error> {
        let state =
            Arc::new(State { function, emulator: emulator.to_owned(), known: Mutex::default() });
        let shared = Arc::clone(&state);
        let server = Server::start("gateway", move |request| {
            let state = Arc::clone(&shared);
            async move { Ok(state.handle(request).await) as Result<Reply, Hangup> }
        })?;
        Ok(Self { server, state })
    }

    /// Lets a caller in, whose signature can be checked from now on.
    pub fn admit(&self, caller: &Caller) {
        let credentials = caller.credentials.clone();
        let key = credentials.access_key_id().to_owned();
        self.state.known().insert(key, credentials);
    }

    /// The function's URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/", self.server.endpoint())
    }

    /// Sends a JSON body to the URL, signed by a caller or not at all.
    ///
    /// # Errors
    ///
    /// When the request is malformed or the connection fails; a refusal is a response.
    pub async fn call(
        &self,
        caller: Option<&Caller>,
        method: Method,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Result<Response<Bytes>, Error> {
        let request = match caller {
            None => signature::local(self.request(method, path, body.into())?),
            Some(caller) => self.signed(caller, method, path, body)?,
        };
        self.send(request).await
    }

    /// A request that a caller has signed, for [`Gateway::send`].
    ///
    /// # Errors
    ///
    /// When the path is malformed.
    pub fn signed(
        &self,
        caller: &Caller,
        method: Method,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Result<Request<Full<Bytes>>, Error> {
        let scope = Scope { region: REGION, service: SERVICE };
        let request = self.request(method, path, body.into())?;
        signature::signed(&caller.credentials, scope, request)
    }

    /// Sends a request to the URL as it is.
    ///
    /// # Errors
    ///
    /// When the connection fails; a refusal is a response.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, Error> {
        http::send(&self.server.address().to_string(), request).await
    }

    fn request(&self, method: Method, path: &str, body: Bytes) -> Result<Request<Bytes>, Error> {
        Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.server.endpoint()))
            .header("content-type", "application/json")
            .body(body)
            .map_err(|error| Error::Request(error.to_string()))
    }
}

impl State {
    async fn handle(&self, request: Request<Bytes>) -> Reply {
        let (parts, body) = request.into_parts();
        let Some(credentials) = self.signer(&parts, &body) else {
            return http::json(403, &json!({"Message": "Forbidden"}));
        };
        let identity = match callers::identity(&self.emulator, &credentials).await {
            Ok(identity) => identity,
            Err(error) => return http::json(500, &json!({"Message": error.to_string()})),
        };
        let event = event::request(&parts, &body, credentials.access_key_id(), &identity);
        match self.function.invoke(event.to_string().into_bytes()).await {
            Ok(invocation) => match invocation.response {
                Ok(response) => event::response(&response),
                Err(_) => failed(),
            },
            Err(_) => failed(),
        }
    }

    /// The credentials that signed the request, where they are known and the signature holds.
    fn signer(&self, parts: &Parts, body: &[u8]) -> Option<Credentials> {
        let key = signature::access_key(parts)?;
        let credentials = self.known().get(key)?.clone();
        signature::is_signed_by(&credentials, SERVICE, parts, body).then_some(credentials)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Credentials>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a function URL answers when the function fails; the error is in the function's log.
fn failed() -> Reply {
    http::json(502, &json!({"Message": "Internal Server Error"}))
}
