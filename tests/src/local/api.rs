//! Somebody's signed calls, for the few operations whose SDK would not be worth its build.

use aws_credential_types::Credentials;
use hyper::Request;
use hyper::body::Bytes;
use serde_json::Value;

use super::signature::{self, Scope};
use super::{Error, REGION, callers, http};

/// Who calls which endpoint in which region.
#[derive(Clone, Debug)]
pub struct Api {
    /// The emulator, or a proxy before it.
    pub endpoint: String,
    /// The region that requests are signed for.
    pub region: String,
    /// What they are signed with.
    pub credentials: Credentials,
}

impl Api {
    /// Calls with the credentials that everything local is called with.
    #[must_use]
    pub fn of(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            region: REGION.to_owned(),
            credentials: callers::test_credentials(),
        }
    }

    /// A call of the query protocol, which IAM, STS and CloudFormation have; gives the XML.
    ///
    /// # Errors
    ///
    /// When the service refuses the call; its answer is in the text.
    pub async fn query(
        &self,
        service: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<String, Error> {
        let version = match service {
            "sts" => "2011-06-15",
            "cloudformation" => "2010-05-15",
            _ => "2010-05-08",
        };
        let mut form = format!("Action={action}&Version={version}");
        for (name, value) in parameters {
            form.push_str(&format!("&{name}={}", encoded(value)));
        }
        let request = Request::post(format!("{}/", self.endpoint))
            .header("content-type", "application/x-www-form-urlencoded");
        let body = self.send(service, action, request, form.into()).await?;
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    /// A call of the JSON protocol; `target` is `PREFIX.Operation`.
    ///
    /// # Errors
    ///
    /// As [`Api::query`].
    pub async fn json(&self, service: &str, target: &str, body: &Value) -> Result<Value, Error> {
        let request = Request::post(format!("{}/", self.endpoint))
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", target);
        let answer = self.send(service, target, request, body.to_string().into()).await?;
        parsed(target, &answer)
    }

    /// Calls a function and waits for its answer; a function error is an answer too.
    ///
    /// # Errors
    ///
    /// As [`Api::query`].
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Value, Error> {
        let path = format!("2015-03-31/functions/{function}/invocations");
        let request = Request::post(format!("{}/{path}", self.endpoint));
        let answer = self.send("lambda", "Invoke", request, event.to_string().into()).await?;
        parsed("Invoke", &answer)
    }

    /// A call that is named by its method and path, as Lambda and the scheduler have them.
    ///
    /// # Errors
    ///
    /// As [`Api::query`].
    pub async fn rest(
        &self,
        service: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<Value, Error> {
        let uri = format!("{}{path}", self.endpoint);
        let request =
            Request::builder().method(method).uri(uri).header("content-type", "application/json");
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let operation = format!("{method} {path}");
        let answer = self.send(service, &operation, request, body).await?;
        parsed(&operation, &answer)
    }

    async fn send(
        &self,
        service: &str,
        operation: &str,
        request: hyper::http::request::Builder,
        body: Bytes,
    ) -> Result<Bytes, Error> {
        let request = request.body(body).map_err(|error| Error::Request(error.to_string()))?;
        let scope = Scope { region: &self.region, service };
        let request = signature::signed(&self.credentials, scope, request)?;
        let reply = http::send(http::authority(&self.endpoint), request).await?;
        if reply.status().is_success() {
            return Ok(reply.into_body());
        }
        let text = String::from_utf8_lossy(reply.body());
        Err(Error::Request(format!("{service}:{operation}: {text}")))
    }
}

fn parsed(operation: &str, answer: &[u8]) -> Result<Value, Error> {
    if answer.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(answer).map_err(|error| {
        let text = String::from_utf8_lossy(answer);
        Error::Request(format!("{operation} answered no JSON ({error}): {text}"))
    })
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// The text of the first element with this name.
///
/// # Errors
///
/// When the answer has no such element.
pub fn element(xml: &str, name: &str) -> Result<String, Error> {
    xml.split_once(&format!("<{name}>"))
        .and_then(|(_, rest)| rest.split_once('<'))
        .map(|(text, _)| text.to_owned())
        .ok_or_else(|| Error::Request(format!("the reply has no `{name}`: {xml}")))
}
