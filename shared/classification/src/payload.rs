//! What reached a function, and the wrappers around it.
//!
//! Lenient on purpose: a strict event type fails before any code of ours runs,
//! and the message is lost in a dead-letter queue without a reason.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::change::Change;
use crate::json::{scalar, str_of, text, text_or_empty};
use crate::other::Other;
use crate::record::{change, is_record};
use crate::rejection::{Rejection, RejectionCode, step};
use crate::request::{Request, is_request, request};

/// The largest body that is read, in bytes. A synchronous invocation of Lambda
/// carries 6 MB and an SQS message 1 MB, so more can only be a mistake.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// The most inputs that one body may hold; the rest is rejected as one. Ten
/// megabytes of `[1,1,1,...]` would otherwise become five million rejections.
pub const MAX_INPUTS: usize = 10_000;
/// How many wrappers may be around an event. The longest real chain is a list of
/// SQS messages of SNS notifications of envelopes.
const MAX_WRAPPERS: usize = 8;

/// What reached a function.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// A batch of SQS messages, each answered for on its own. Read a message's
    /// body with [`inputs`].
    Batch(Vec<BatchMessage>),
    /// A direct invocation.
    Inputs(Vec<Result<Input, Rejection>>),
}

/// One message of an SQS batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchMessage {
    /// The id to name when this message failed. Empty when it was missing: Lambda
    /// then takes the whole batch as failed, which loses nothing.
    pub id: String,
    /// The body, not yet read.
    pub body: String,
    /// How often the message was received, this time included; at least 1.
    pub receive_count: u32,
    /// The queue's ARN.
    pub source_arn: Option<String>,
}

/// One thing to decide about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// A change that CloudTrail recorded.
    Change(Change),
    /// One of Demarc's own requests.
    Request(Request),
    /// An event that is not read yet.
    Other(Other),
}

/// Reads the whole payload of an invocation.
///
/// # Errors
///
/// When there is nothing to take apart: `not-json`, `too-deep`, `too-large`.
/// A record that is wrong on its own is an element of [`Payload::Inputs`].
pub fn payload(bytes: &[u8]) -> Result<Payload, Rejection> {
    let value = parse(bytes, "")?;
    Ok(batch(&value).map_or_else(|| Payload::Inputs(inputs_of(&value)), Payload::Batch))
}

/// Reads one body: an event, a request, or a list of them in any of the usual
/// wrappers. Never empty: a body that holds nothing is one rejection.
#[must_use]
pub fn inputs(body: &[u8]) -> Vec<Result<Input, Rejection>> {
    match parse(body, "") {
        Ok(value) => inputs_of(&value),
        Err(rejection) => vec![Err(rejection)],
    }
}

fn parse(bytes: &[u8], pointer: &str) -> Result<Value, Rejection> {
    if bytes.len() > MAX_BYTES {
        let message = format!("the body has {} bytes, more than {MAX_BYTES}", bytes.len());
        return Err(Rejection::new(RejectionCode::TooLarge, pointer, message));
    }
    // Editors on Windows leave a byte order mark in a hand-written event.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| Rejection::from_json(pointer, &error))
}

fn batch(value: &Value) -> Option<Vec<BatchMessage>> {
    let records = value.get("Records")?.as_array()?;
    let of_sqs = !records.is_empty() && records.iter().all(is_message);
    of_sqs.then(|| records.iter().map(message).collect())
}

fn is_message(record: &Value) -> bool {
    str_of(record, "eventSource") == Some("aws:sqs")
}

fn message(record: &Value) -> BatchMessage {
    let count = record
        .get("attributes")
        .and_then(|attributes| text(attributes, "ApproximateReceiveCount"))
        .and_then(|count| count.parse().ok())
        .unwrap_or(1);
    BatchMessage {
        id: text_or_empty(record, "messageId"),
        body: record.get("body").map(body_text).unwrap_or_default(),
        receive_count: std::cmp::max(count, 1),
        source_arn: text(record, "eventSourceARN"),
    }
}

/// A body is a string; a test invocation may hold the object itself.
fn body_text(body: &Value) -> String {
    body.as_str().map_or_else(|| body.to_string(), str::to_owned)
}

fn inputs_of(value: &Value) -> Vec<Result<Input, Rejection>> {
    let mut reader = Reader { found: Vec::new() };
    reader.read(value, "", 0);
    reader.found
}

/// Takes wrappers apart and collects what is inside.
struct Reader {
    found: Vec<Result<Input, Rejection>>,
}

impl Reader {
    fn read(&mut self, value: &Value, pointer: &str, depth: usize) {
        if depth > MAX_WRAPPERS {
            return self.reject(
                RejectionCode::TooDeep,
                pointer,
                "too many wrappers around an event",
            );
        }
        match value {
            Value::Array(list) => self.list(list, pointer, depth),
            Value::Object(object) => self.object(value, object, pointer, depth),
            _ => self.reject(RejectionCode::NotAnEvent, pointer, "an event is a json object"),
        }
    }

    fn list(&mut self, list: &[Value], pointer: &str, depth: usize) {
        if list.is_empty() {
            return self.reject(RejectionCode::NotAnEvent, pointer, "the list holds no event");
        }
        for (number, element) in list.iter().enumerate() {
            let at = step(pointer, &number.to_string());
            if self.found.len() >= MAX_INPUTS {
                let message = "too many events in one body, the rest is not read";
                return self.last(RejectionCode::TooLarge, &at, message);
            }
            self.read(element, &at, depth + 1);
        }
    }

    fn object(&mut self, value: &Value, object: &Map<String, Value>, pointer: &str, depth: usize) {
        if is_envelope(object) {
            let input = envelope(value, pointer);
            self.found.push(input);
        } else if let Some((inner, at)) = wrapper(value, pointer) {
            self.inner(inner, &at, depth);
        } else if is_record(value) {
            self.found.push(bare(value, pointer));
        } else if let Some(other) = Other::from_bare(value) {
            self.found.push(Ok(Input::Other(other)));
        } else if is_request(object) {
            self.found.push(request(object, pointer).map(Input::Request));
        } else {
            self.reject(RejectionCode::NotAnEvent, pointer, "neither an event nor a request");
        }
    }

    /// What a wrapper holds: text in SQS and SNS, a list in a log file.
    fn inner(&mut self, inner: &Value, pointer: &str, depth: usize) {
        match inner {
            Value::String(text) => match parse(text.as_bytes(), pointer) {
                Ok(value) => self.read(&value, pointer, depth + 1),
                Err(rejection) => self.found.push(Err(rejection)),
            },
            Value::Null => self.reject(RejectionCode::NotAnEvent, pointer, "the wrapper is empty"),
            value => self.read(value, pointer, depth + 1),
        }
    }

    fn reject(&mut self, code: RejectionCode, pointer: &str, message: &str) {
        self.found.push(Err(Rejection::new(code, pointer, message)));
    }

    /// Like `reject`, once: lists inside lists all come to their end.
    fn last(&mut self, code: RejectionCode, pointer: &str, message: &str) {
        if self.found.len() == MAX_INPUTS {
            self.reject(code, pointer, message);
        }
    }
}

fn is_envelope(object: &Map<String, Value>) -> bool {
    object.contains_key("detail")
        && (object.contains_key("source") || object.contains_key("detail-type"))
}

/// The content of an SQS message, an SNS notification or a log file.
fn wrapper<'a>(value: &'a Value, pointer: &str) -> Option<(&'a Value, String)> {
    if let Some(message) = value.get("Sns").and_then(|sns| sns.get("Message")) {
        return Some((message, format!("{pointer}/Sns/Message")));
    }
    let key = if is_message(value) {
        "body"
    } else if str_of(value, "Type") == Some("Notification") {
        "Message"
    } else {
        "Records"
    };
    value.get(key).map(|inner| (inner, step(pointer, key)))
}

fn envelope(value: &Value, pointer: &str) -> Result<Input, Rejection> {
    let other = || Ok(Input::Other(Other::from_envelope(value)));
    let at = step(pointer, "detail");
    let Some(detail) = detail(value, &at)? else { return other() };
    // Anyone may put an event that looks like CloudTrail's on a bus, under any
    // source but AWS's own.
    if str_of(value, "source").is_some_and(|source| !source.starts_with("aws.")) {
        return other();
    }
    let stated = text_or_empty(value, "detail-type").to_ascii_lowercase();
    let insight = stated.contains("insight");
    if !insight && (stated.contains("via cloudtrail") || is_record(&detail)) {
        return change(&detail, Some(value), &at).map(Input::Change);
    }
    other()
}

/// The envelope's detail; some senders put it in as text, EventBridge Scheduler
/// as `"{}"`. `None` when there is no object in it.
fn detail(value: &Value, pointer: &str) -> Result<Option<Value>, Rejection> {
    let detail = match value.get("detail") {
        Some(Value::String(text)) if text.trim_start().starts_with('{') => {
            parse(text.as_bytes(), pointer)?
        }
        Some(detail) => detail.clone(),
        None => return Ok(None),
    };
    Ok(detail.is_object().then_some(detail))
}

fn bare(value: &Value, pointer: &str) -> Result<Input, Rejection> {
    // An Insights record tells of a rate of calls, not of a change.
    if scalar(value.get("eventType").unwrap_or(&Value::Null)).as_deref()
        == Some("AwsCloudTrailInsight")
    {
        return Ok(Input::Other(Other {
            id: text_or_empty(value, "eventID"),
            source: text_or_empty(value, "eventSource"),
            detail_type: "AWS Insight via CloudTrail".to_owned(),
            account: text_or_empty(value, "recipientAccountId"),
            region: text_or_empty(value, "awsRegion"),
        }));
    }
    change(value, None, pointer).map(Input::Change)
}
