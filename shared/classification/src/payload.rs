//! What reached a function, and the wrappers around it.
//!
//! Lenient on purpose: a strict event type fails before any code of ours runs,
//! and the message is lost in a dead-letter queue without a reason.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::change::Change;
use crate::finding::Finding;
use crate::json::{str_of, text, text_or_empty};
use crate::other::Other;
use crate::reader::Reader;
use crate::rejection::{Rejection, RejectionCode};
use crate::request::Request;

/// The largest body that is read, in bytes. A synchronous invocation of Lambda
/// carries 6 MB and an SQS message 1 MB, so more can only be a mistake.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// The most inputs that one body may hold; the rest is rejected as one. Ten
/// megabytes of `[1,1,1,...]` would otherwise become five million rejections.
pub const MAX_INPUTS: usize = 10_000;

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
#[allow(clippy::large_enum_variant, reason = "one at a time, matched on and taken apart at once")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// A change that CloudTrail recorded.
    Change(Change),
    /// What another service reports.
    Finding(Finding),
    /// One of Demarc's own requests.
    Request(Request),
    /// An event that tells of no setting.
    Other(Other),
}

/// An input, or why it was not taken, with the place in the body where it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// JSON pointer to the event, record or request in the body; empty where it is the whole. A
    /// wrapper's text counts as the value that it holds.
    pub pointer: String,
    /// Whether it came in EventBridge's envelope. Pointers of reasons are of that form: without an
    /// envelope, `/detail` is the record itself.
    pub enveloped: bool,
    /// What was found.
    pub input: Result<Input, Rejection>,
}

/// Reads the whole payload of an invocation.
///
/// # Errors
///
/// When there is nothing to take apart: `not-json`, `too-deep`, `too-large`.
/// A record that is wrong on its own is an element of [`Payload::Inputs`].
pub fn payload(bytes: &[u8]) -> Result<Payload, Rejection> {
    let value = parse(bytes, "")?;
    match batch(&value) {
        Some(messages) => Ok(Payload::Batch(messages)),
        None => Ok(Payload::Inputs(taken(Reader::read_all(value)))),
    }
}

/// Reads one body: an event, a request, or a list of them in any of the usual
/// wrappers. Never empty: a body that holds nothing is one rejection.
#[must_use]
pub fn inputs(body: &[u8]) -> Vec<Result<Input, Rejection>> {
    taken(located(body))
}

/// Like [`inputs`], with the place of each in the body.
#[must_use]
pub fn located(body: &[u8]) -> Vec<Located> {
    match parse(body, "") {
        Ok(value) => Reader::read_all(value),
        Err(rejection) => {
            vec![Located { pointer: String::new(), enveloped: false, input: Err(rejection) }]
        }
    }
}

fn taken(found: Vec<Located>) -> Vec<Result<Input, Rejection>> {
    found.into_iter().map(|located| located.input).collect()
}

pub(crate) fn parse(bytes: &[u8], pointer: &str) -> Result<Value, Rejection> {
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

pub(crate) fn is_message(record: &Value) -> bool {
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
