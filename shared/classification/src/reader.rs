//! Takes wrappers apart and collects what is inside.

use serde_json::{Map, Value};

use crate::json::{scalar, str_of, text_or_empty};
use crate::other::Other;
use crate::payload::{Input, Located, MAX_INPUTS, is_message, parse};
use crate::record::{change, is_record};
use crate::rejection::{Rejection, RejectionCode, step};
use crate::request::{is_request, request};
use crate::sources;

/// How many wrappers may be around an event. The longest real chain is a list of
/// SQS messages of SNS notifications of envelopes.
const MAX_WRAPPERS: usize = 8;

/// What the rule for other accounts' findings wraps an event in.
const STRAY: &str = "stray";

/// An input, or why it was not taken.
type Taken = Result<Input, Rejection>;

/// Reads values by taking them: an event is parsed once and never copied.
pub(crate) struct Reader {
    found: Vec<Located>,
}

impl Reader {
    /// Everything that a parsed body holds.
    pub fn read_all(value: Value) -> Vec<Located> {
        let mut reader = Self { found: Vec::new() };
        reader.read(value, "", 0);
        reader.found
    }

    fn read(&mut self, value: Value, pointer: &str, depth: usize) {
        if depth > MAX_WRAPPERS {
            return self.reject(
                RejectionCode::TooDeep,
                pointer,
                "too many wrappers around an event",
            );
        }
        match value {
            Value::Array(list) => self.list(list, pointer, depth),
            Value::Object(object) => self.object(object, pointer, depth),
            _ => self.reject(RejectionCode::NotAnEvent, pointer, "an event is a json object"),
        }
    }

    fn list(&mut self, list: Vec<Value>, pointer: &str, depth: usize) {
        if list.is_empty() {
            return self.reject(RejectionCode::NotAnEvent, pointer, "the list holds no event");
        }
        for (number, element) in list.into_iter().enumerate() {
            let at = step(pointer, &number.to_string());
            if self.found.len() >= MAX_INPUTS {
                let message = "too many events in one body, the rest is not read";
                return self.last(RejectionCode::TooLarge, &at, message);
            }
            self.read(element, &at, depth + 1);
        }
    }

    fn object(&mut self, object: Map<String, Value>, pointer: &str, depth: usize) {
        if is_envelope(&object) {
            for input in envelope(object, pointer) {
                self.found.push(Located { pointer: pointer.to_owned(), enveloped: true, input });
            }
            return;
        }
        let value = Value::Object(object);
        if let Some(event) = value.get(STRAY).filter(|event| is_single(&value, event)) {
            let at = step(pointer, STRAY);
            let from = self.found.len();
            self.read(event.clone(), &at, depth + 1);
            return self.mark_strays(from);
        }
        if let Some(path) = wrapper(&value) {
            let at = path.iter().fold(pointer.to_owned(), |at, key| step(&at, key));
            return self.inner(taken(value, path), &at, depth);
        }
        self.push(pointer, unwrapped(value, pointer));
    }

    /// What a wrapper holds: text in SQS and SNS, a list in a log file.
    fn inner(&mut self, inner: Value, pointer: &str, depth: usize) {
        match inner {
            Value::String(text) => match parse(text.as_bytes(), pointer) {
                Ok(value) => self.read(value, pointer, depth + 1),
                Err(rejection) => self.push(pointer, Err(rejection)),
            },
            Value::Null => self.reject(RejectionCode::NotAnEvent, pointer, "the wrapper is empty"),
            value => self.read(value, pointer, depth + 1),
        }
    }

    /// Everything found since is what the rule for other accounts' findings sent.
    fn mark_strays(&mut self, from: usize) {
        for located in self.found.iter_mut().skip(from) {
            if let Ok(Input::Finding(finding)) = &mut located.input {
                finding.stray = true;
            }
        }
    }

    fn push(&mut self, pointer: &str, input: Taken) {
        self.found.push(Located { pointer: pointer.to_owned(), enveloped: false, input });
    }

    fn reject(&mut self, code: RejectionCode, pointer: &str, message: &str) {
        self.push(pointer, Err(Rejection::new(code, pointer, message)));
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

/// Whether an object holds an event and nothing else.
fn is_single(value: &Value, event: &Value) -> bool {
    event.is_object() && value.as_object().is_some_and(|object| object.len() == 1)
}

/// Where the content of an SQS message, an SNS notification or a log file stands.
fn wrapper(value: &Value) -> Option<&'static [&'static str]> {
    if value.get("Sns").and_then(|sns| sns.get("Message")).is_some() {
        return Some(&["Sns", "Message"]);
    }
    let path: &[&str] = if is_message(value) {
        &["body"]
    } else if str_of(value, "Type") == Some("Notification") {
        &["Message"]
    } else {
        &["Records"]
    };
    value.get(*path.first()?).is_some().then_some(path)
}

/// The value at a path, taken out of what is around it.
fn taken(mut value: Value, path: &[&str]) -> Value {
    for key in path {
        value = value.get_mut(*key).map(Value::take).unwrap_or_default();
    }
    value
}

/// What comes without an envelope.
fn unwrapped(value: Value, pointer: &str) -> Taken {
    if is_record(&value) {
        return bare(value, pointer);
    }
    if value.get("invokingEvent").is_some() {
        return sources::invocation(&value, pointer).map(Input::Finding);
    }
    if let Some(other) = Other::from_bare(&value) {
        return Ok(Input::Other(other));
    }
    match value {
        Value::Object(object) if is_request(&object) => {
            request(&object, pointer).map(Input::Request)
        }
        _ => {
            let message = "neither an event nor a request";
            Err(Rejection::new(RejectionCode::NotAnEvent, pointer, message))
        }
    }
}

/// Everything that an event holds: a change, or one or more findings.
fn envelope(mut object: Map<String, Value>, pointer: &str) -> Vec<Taken> {
    let at = step(pointer, "detail");
    let detail = object.remove("detail").unwrap_or_default();
    let envelope = Value::Object(object);
    match content(detail, &at) {
        Ok(detail) => of_event(&envelope, detail, &at),
        Err(rejection) => vec![Err(rejection)],
    }
}

fn of_event(envelope: &Value, detail: Value, at: &str) -> Vec<Taken> {
    let other = || vec![Ok(Input::Other(Other::from_envelope(envelope)))];
    // Anyone may put an event that looks like CloudTrail's on a bus, under any
    // source but AWS's own.
    if str_of(envelope, "source").is_some_and(|source| !source.starts_with("aws.")) {
        return other();
    }
    let stated = text_or_empty(envelope, "detail-type").to_ascii_lowercase();
    let insight = stated.contains("insight via cloudtrail");
    if detail.is_object() && !insight && (stated.contains("via cloudtrail") || is_record(&detail)) {
        return vec![change(detail, Some(envelope), at).map(Input::Change)];
    }
    let event = sources::Event::new(envelope, &detail);
    match sources::read(&event) {
        Some(found) => found.into_iter().map(|finding| finding.map(Input::Finding)).collect(),
        None => other(),
    }
}

/// The envelope's detail; some senders put it in as text, EventBridge Scheduler
/// as `"{}"`.
fn content(detail: Value, pointer: &str) -> Result<Value, Rejection> {
    match detail {
        Value::String(text) if text.trim_start().starts_with('{') => {
            parse(text.as_bytes(), pointer)
        }
        detail => Ok(detail),
    }
}

fn bare(value: Value, pointer: &str) -> Taken {
    // An Insights record tells of a rate of calls, not of a change.
    if value.get("eventType").and_then(scalar).as_deref() == Some("AwsCloudTrailInsight") {
        return Ok(Input::Other(Other::insight(&value)));
    }
    change(value, None, pointer).map(Input::Change)
}
