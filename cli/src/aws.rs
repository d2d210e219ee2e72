//! Calls of AWS's own APIs, for what no operator may do: looking after Demarc itself.
//!
//! Protocols are those of each service's API reference; no SDK is linked for two dozen calls.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::{
    error::Error,
    operator::{Call, Signer},
};

/// Pauses after a throttled call; `DescribeAlarms` takes nine a second (CloudWatch service quotas).
const PAUSES: [Duration; 4] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(4),
];

/// What a form leaves as it is (RFC 3986, "Unreserved Characters").
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// AWS in one region.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aws<'a> {
    pub(crate) signer: &'a Signer,
    pub(crate) region: &'a str,
    /// Where it is, where it is not AWS.
    pub(crate) local: Option<&'a str>,
}

/// A call, in the protocol of its service.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Request {
    /// JSON of this version, with the operation in a header.
    Json { service: &'static str, version: &'static str, target: &'static str, body: Value },
    /// JSON, with the operation in method and path.
    Rest { service: &'static str, method: &'static str, path: String, body: Value },
    /// A form, answered in XML.
    Query {
        service: &'static str,
        version: &'static str,
        action: &'static str,
        parameters: Vec<(String, String)>,
    },
}

/// A form with these parameters.
pub(crate) fn query(
    service: &'static str,
    version: &'static str,
    action: &'static str,
    parameters: &[(&str, &str)],
) -> Request {
    let parameters = parameters.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Request::Query { service, version, action, parameters }
}

/// A call that is made by its path alone.
pub(crate) fn get(service: &'static str, path: String) -> Request {
    Request::Rest { service, method: "GET", path, body: Value::Null }
}

impl Request {
    fn service(&self) -> &'static str {
        match self {
            Self::Json { service, .. }
            | Self::Rest { service, .. }
            | Self::Query { service, .. } => service,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Json { service, target, .. } => {
                format!("{service}:{}", target.rsplit('.').next().unwrap_or(target))
            }
            Self::Rest { service, method, path, .. } => format!("{service}: {method} {path}"),
            Self::Query { service, action, .. } => format!("{service}:{action}"),
        }
    }

    fn body(&self) -> String {
        match self {
            Self::Rest { body: Value::Null, .. } => String::new(),
            Self::Json { body, .. } | Self::Rest { body, .. } => body.to_string(),
            Self::Query { version, action, parameters, .. } => {
                let mut form = format!("Action={action}&Version={version}");
                for (name, value) in parameters {
                    form.push_str(&format!("&{name}={}", encoded(value)));
                }
                form
            }
        }
    }
}

/// Why a call came to nothing.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The service's error code; empty where the service was not reached.
    code: String,
    /// What to tell.
    pub(crate) error: Error,
}

impl Failure {
    /// Whether there is no such thing.
    pub(crate) fn is_absent(&self) -> bool {
        let of = |part| self.code.contains(part);
        of("NotFound") || of("NoSuchEntity") || of("NonExistent") || of("DoesNotExist")
    }

    fn is_passing(&self) -> bool {
        let of = |part| self.code.contains(part);
        of("Throttl") || of("TooManyRequests") || of("RequestLimit") || of("ServiceUnavailable")
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { code: String::new(), error }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

impl Aws<'_> {
    /// An answer in JSON; no text is no value.
    pub(crate) async fn value(&self, request: &Request) -> Result<Value, Failure> {
        let text = self.text(request).await?;
        if text.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|error| self.puzzling(request, &error).into())
    }

    /// An answer in XML.
    pub(crate) async fn xml(&self, request: &Request) -> Result<Element, Failure> {
        let text = self.text(request).await?;
        Element::read(&text).map_err(|error| self.puzzling(request, &error).into())
    }

    /// Asks; only what was throttled is asked again.
    pub(crate) async fn text(&self, request: &Request) -> Result<String, Failure> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let failure = match self.once(request).await {
                Ok(text) => return Ok(text),
                Err(failure) => failure,
            };
            match pauses.next().filter(|_| failure.is_passing()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(failure),
            }
        }
    }

    async fn once(&self, request: &Request) -> Result<String, Failure> {
        let service = request.service();
        // IAM is global: its one endpoint is signed for the partition's own region.
        let region = if service == "iam" { home(self.region) } else { self.region };
        let host = self.host(service, region);
        let version = match request {
            Request::Json { version, .. } => format!("application/x-amz-json-{version}"),
            Request::Rest { .. } => "application/json".to_owned(),
            Request::Query { .. } => "application/x-www-form-urlencoded".to_owned(),
        };
        let mut headers = vec![("content-type", version.as_str())];
        let (method, path) = match request {
            Request::Rest { method, path, .. } => (*method, path.as_str()),
            Request::Json { target, .. } => {
                headers.push(("x-amz-target", target));
                ("POST", "/")
            }
            Request::Query { .. } => ("POST", "/"),
        };
        let (url, body) = (format!("{host}{path}"), request.body());
        let call = Call { method, url: &url, service, region, headers: &headers, body: &body };
        let (status, answer) = self.signer.call(&call).await?;
        let text = String::from_utf8_lossy(&answer).into_owned();
        match status {
            200..300 => Ok(text),
            _ => Err(failure(&request.name(), status, &text)),
        }
    }

    fn host(&self, service: &str, region: &str) -> String {
        if let Some(local) = self.local {
            return local.trim_end_matches('/').to_owned();
        }
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        match (service, region) {
            ("iam", "us-east-1") => format!("https://iam.{suffix}"),
            ("iam", "us-gov-west-1") => format!("https://iam.us-gov.{suffix}"),
            _ => format!("https://{service}.{region}.{suffix}"),
        }
    }

    fn puzzling(&self, request: &Request, cause: &dyn std::fmt::Display) -> Error {
        let url = format!("{} ({})", self.host(request.service(), self.region), request.name());
        Error::Answer { url, cause: cause.to_string() }
    }
}

/// An element of an answer in XML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    name: String,
    text: String,
    inside: Vec<Self>,
}

impl Element {
    fn read(xml: &str) -> Result<Self, roxmltree::Error> {
        let document = roxmltree::Document::parse(xml)?;
        Ok(Self::of(document.root_element()))
    }

    fn of(node: roxmltree::Node<'_, '_>) -> Self {
        Self {
            name: node.tag_name().name().to_owned(),
            text: node.text().unwrap_or_default().trim().to_owned(),
            inside: node.children().filter(roxmltree::Node::is_element).map(Self::of).collect(),
        }
    }

    /// The elements of that name in it, at any depth.
    pub(crate) fn all(&self, name: &str) -> Vec<&Self> {
        let deeper = self.inside.iter().flat_map(|inner| inner.all(name));
        self.inside.iter().filter(|inner| inner.name == name).chain(deeper).collect()
    }

    /// The text of the first of them.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(|found| found.text.as_str())
    }

    /// The texts of all of them.
    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        self.all(name).into_iter().map(|found| found.text.as_str()).collect()
    }
}

/// The region that IAM of the region's partition is in.
fn home(region: &str) -> &'static str {
    match region {
        r if r.starts_with("cn-") => "cn-north-1",
        r if r.starts_with("us-gov-") => "us-gov-west-1",
        _ => "us-east-1",
    }
}

fn failure(what: &str, status: u16, text: &str) -> Failure {
    let json: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let xml = Element::read(text).unwrap_or_default();
    let of = |names: [&str; 3]| {
        let in_json = names.iter().find_map(|n| json.get(n).and_then(Value::as_str));
        let in_xml = || names.iter().find_map(|n| xml.text(n));
        in_json.or_else(in_xml).map(str::to_owned)
    };
    // Lambda names the error in a header only; its status tells enough.
    let code = of(["__type", "Code", "code"]).unwrap_or_else(|| match status {
        404 => "NotFound".to_owned(),
        429 => "TooManyRequests".to_owned(),
        403 => "AccessDenied".to_owned(),
        other => format!("Http{other}"),
    });
    let code = code.rsplit('#').next().unwrap_or_default().to_owned();
    let message = of(["message", "Message", "errorMessage"]).unwrap_or_else(|| "no message".into());
    let error = Error::Message(format!("`{what}` failed with {code}: {message}"));
    Failure { code, error }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_every_protocol_are_read() {
        let json = r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"gone"}"#;
        let xml = "<ErrorResponse xmlns=\"x\"><Error><Code>NoSuchEntity</Code><Message>gone</Message></Error></ErrorResponse>";
        for (status, text) in [(400, json), (404, xml), (404, "{}")] {
            assert!(failure("x", status, text).is_absent(), "{text}");
        }
        let denied = failure("iam:GetRole", 403, r#"{"Message":"not allowed"}"#);
        assert_eq!(denied.error.to_string(), "`iam:GetRole` failed with AccessDenied: not allowed");
        assert!(!denied.is_absent() && !denied.is_passing());
        assert!(failure("x", 400, r#"{"__type":"ThrottlingException"}"#).is_passing());
    }

    #[test]
    fn elements_are_read_with_what_is_in_them() {
        let xml = "<r xmlns=\"x\"><m><A>1&amp;2</A><B>x</B></m><m><A>3</A></m></r>";
        let found = Element::read(xml).unwrap();
        assert_eq!(found.texts("A"), ["1&2", "3"]);
        assert_eq!(found.all("m").iter().filter_map(|m| m.text("B")).collect::<Vec<_>>(), ["x"]);
        assert!(Element::read("<r").is_err());
    }

    #[test]
    fn iam_is_asked_where_its_partition_has_it() {
        assert_eq!((home("eu-west-1"), home("us-gov-east-1")), ("us-east-1", "us-gov-west-1"));
        assert_eq!(encoded("a b/ü"), "a%20b%2F%C3%BC");
    }
}
