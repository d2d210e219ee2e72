//! Demarc's own requests: what its schedules, its delayed second looks and its
//! operators send to a function.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::actor::Actor;
use crate::rejection::{Rejection, RejectionCode, printable, quote, step};
use crate::resource::Resource;

/// One of Demarc's own requests: `{"evaluate": {..}}`, `{"sweep": {..}}`, `{"settle": {}}` or
/// `{"heartbeat": {}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "one at a time, matched on and taken apart at once")]
pub enum Request {
    /// Evaluate one resource.
    Evaluate(Evaluate),
    /// Evaluate every resource of a kind.
    Sweep(Sweep),
    /// Finish every open journal entry.
    Settle(Settle),
    /// Show that everything between a rule and the tables works.
    Heartbeat(Heartbeat),
}

/// Evaluate one resource, now or not before a given time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluate {
    /// An ARN, or an id together with `type`.
    pub resource: String,
    /// CloudFormation type of the resource; may be absent beside an ARN.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Owner; absent means the account that the function runs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Region; absent means the region that the function runs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Only this setting; absent means every setting of the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
    /// Only these controls; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<String>,
    /// Earliest time, in seconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<u64>,
    /// Since when what is wrong is known, in seconds since 1970 UTC: a period of grace counts
    /// from then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// The incident that this look belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// How many looks there were before this one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub attempt: u32,
    /// The change that led here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

/// The change that led to a request, carried along by a delayed second look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// The change's id.
    pub id: String,
    /// The call, `PutBucketPolicy`.
    pub name: String,
    /// The service, `s3.amazonaws.com`.
    pub service: String,
    /// When, in seconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<u64>,
    /// Who.
    #[serde(default)]
    pub actor: Actor,
    /// Ids of the access keys that the change made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made: Vec<String>,
    /// Whether the change deleted the resource, so that "not found" means gone.
    #[serde(default)]
    pub deleted: bool,
}

/// Evaluate every resource, one page at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// Only this setting; absent means each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
    /// Where the listing continues; absent means its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Whether this is the first sweep, which only stores what it finds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub enrol: bool,
}

/// Finish every open journal entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settle {}

/// Show that everything between a rule and the tables works.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heartbeat {}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

const NAMES: &[&str] = &["evaluate", "sweep", "settle", "heartbeat"];
const EVALUATE: &[&str] = &[
    "resource",
    "type",
    "account",
    "region",
    "setting",
    "controls",
    "not_before",
    "since",
    "incident",
    "attempt",
    "cause",
];
const SWEEP: &[&str] = &["setting", "token", "enrol"];

impl Evaluate {
    /// The resource that is meant, with what the request leaves open filled in.
    ///
    /// `None` when it is an ARN that we do not read or that is not of the stated
    /// type, or an id without `type`.
    #[must_use]
    pub fn target(&self, default_account: &str, default_region: &str) -> Option<Resource> {
        let account = self.account.as_deref().unwrap_or(default_account);
        let region = self.region.as_deref().unwrap_or(default_region);
        if self.resource.starts_with("arn:") {
            let named = Resource::from_arn(&self.resource, account, region)?;
            let agreed = self.kind.as_ref().is_none_or(|kind| *kind == named.kind);
            return agreed.then_some(named);
        }
        Some(Resource {
            kind: self.kind.clone()?,
            account: account.to_owned(),
            region: region.to_owned(),
            id: self.resource.clone(),
        })
    }
}

/// Whether an object looks like a request: one of our names, or a single member
/// that holds an object, as every request does.
pub(crate) fn is_request(object: &Map<String, Value>) -> bool {
    let named = NAMES.iter().any(|name| object.contains_key(*name));
    let single = object.len() == 1 && object.values().all(Value::is_object);
    named || single
}

/// Reads a request.
///
/// # Errors
///
/// `unknown-request` for a name or a field that does not exist, naming it;
/// `incomplete` for one that is missing.
pub(crate) fn request(object: &Map<String, Value>, pointer: &str) -> Result<Request, Rejection> {
    known(object, NAMES, "a request", pointer)?;
    let mut members = object.iter();
    let (Some((name, body)), None) = (members.next(), members.next()) else {
        let message = "a request is exactly one of `evaluate`, `sweep`, `settle` and `heartbeat`";
        return Err(Rejection::new(RejectionCode::UnknownRequest, pointer, message));
    };
    let at = step(pointer, name);
    match name.as_str() {
        "evaluate" => evaluate(body, &at).map(Request::Evaluate),
        "sweep" => read(body, SWEEP, "`sweep`", &at).map(Request::Sweep),
        "settle" => read(body, &[], "`settle`", &at).map(Request::Settle),
        _ => read(body, &[], "`heartbeat`", &at).map(Request::Heartbeat),
    }
}

fn evaluate(body: &Value, pointer: &str) -> Result<Evaluate, Rejection> {
    let evaluate: Evaluate = read(body, EVALUATE, "`evaluate`", pointer)?;
    let incomplete = |key: &str, message: &str| {
        Err(Rejection::new(RejectionCode::Incomplete, &step(pointer, key), message))
    };
    if evaluate.resource.is_empty() {
        return incomplete("resource", "`evaluate` needs a resource");
    }
    if !evaluate.resource.starts_with("arn:") && evaluate.kind.is_none() {
        return incomplete("type", "a resource that is no arn needs a `type`");
    }
    Ok(evaluate)
}

fn read<T: DeserializeOwned>(
    body: &Value,
    fields: &[&str],
    what: &str,
    pointer: &str,
) -> Result<T, Rejection> {
    // `{"settle": null}` is what a template writes for "no fields".
    let empty = Map::new();
    let object = if body.is_null() { Some(&empty) } else { body.as_object() };
    let object = object.ok_or_else(|| {
        let message = format!("{what} must be an object");
        Rejection::new(RejectionCode::UnknownRequest, pointer, message)
    })?;
    known(object, fields, what, pointer)?;
    T::deserialize(Value::Object(object.clone())).map_err(|error| {
        let message = printable(&format!("{what}: {error}"), 160);
        Rejection::new(RejectionCode::Incomplete, pointer, message)
    })
}

fn known(
    object: &Map<String, Value>,
    fields: &[&str],
    what: &str,
    pointer: &str,
) -> Result<(), Rejection> {
    let Some(name) = object.keys().find(|name| !fields.contains(&name.as_str())) else {
        return Ok(());
    };
    let message = format!("{what} has no field {}", quote(name));
    Err(Rejection::new(RejectionCode::UnknownRequest, &step(pointer, name), message))
}
