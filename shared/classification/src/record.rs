//! A CloudTrail record, read into a [`Change`].
//!
//! Field names and meanings: "CloudTrail record contents for management, data,
//! and network activity events" in the AWS CloudTrail User Guide.

use serde_json::Value;

use crate::actor::Actor;
use crate::change::{Change, ChangeKind};
use crate::json::{account, flag, str_of, text, text_or_empty};
use crate::rejection::{Rejection, RejectionCode, quote, step};
use crate::resource::Resource;
use crate::secrets::without_secrets;
use crate::time::unix_seconds;

/// Whether an object looks like a CloudTrail record.
pub(crate) fn is_record(value: &Value) -> bool {
    str_of(value, "eventName").is_some()
        && str_of(value, "eventSource").is_some_and(|source| !source.starts_with("aws:"))
}

/// Reads a record; `envelope` is what EventBridge put around it, if anything.
///
/// # Errors
///
/// `incomplete` without service, call or account, `wrong-account` when envelope
/// and record name different accounts.
pub(crate) fn change(
    mut record: Value,
    envelope: Option<&Value>,
    pointer: &str,
) -> Result<Change, Rejection> {
    let request = without_secrets(member(&mut record, "requestParameters"));
    let response = without_secrets(member(&mut record, "responseElements"));
    let record = &record;
    let service = required(record, "eventSource", pointer)?;
    let (name, suffix) = split_version(&service, required(record, "eventName", pointer)?);
    let of_envelope = |key: &str| envelope.and_then(|envelope| text(envelope, key));
    let error_code = text(record, "errorCode");
    let time = text(record, "eventTime").or_else(|| of_envelope("time"));
    Ok(Change {
        id: text(record, "eventID").or_else(|| of_envelope("id")).unwrap_or_default(),
        kind: kind(record, envelope),
        account: owner(record, envelope, pointer)?,
        region: text(record, "awsRegion").or_else(|| of_envelope("region")).unwrap_or_default(),
        time: time.as_deref().and_then(unix_seconds),
        actor: Actor::from_identity(record.get("userIdentity").unwrap_or(&Value::Null)),
        read_only: flag(record, "readOnly").unwrap_or_else(|| only_reads(&name)),
        dry_run: dry_run(&request, &service, error_code.as_deref()),
        omitted: omitted(
            record,
            &[("requestParameters", &request), ("responseElements", &response)],
        ),
        named: named(record),
        request,
        response,
        api_version: suffix.or_else(|| text(record, "apiVersion")),
        error_code,
        service,
        name,
    })
}

fn required(record: &Value, key: &str, pointer: &str) -> Result<String, Rejection> {
    text(record, key).ok_or_else(|| {
        let message = format!("a cloudtrail record needs `{key}`");
        Rejection::new(RejectionCode::Incomplete, &step(pointer, key), message)
    })
}

/// The account that owns the change. EventBridge sets the envelope's account, so
/// a caller cannot forge it; a record that claims another one is a confused
/// deputy, not a change to act on.
fn owner(record: &Value, envelope: Option<&Value>, pointer: &str) -> Result<String, Rejection> {
    let outer = envelope.and_then(|envelope| account(envelope, "account"));
    let inner = account(record, "recipientAccountId");
    let place = step(pointer, "recipientAccountId");
    if let (Some(outer), Some(inner)) = (&outer, &inner)
        && outer != inner
    {
        let message = format!("the event is of {}, its record of {}", quote(outer), quote(inner));
        return Err(Rejection::new(RejectionCode::WrongAccount, &place, message));
    }
    let caller = || record.get("userIdentity").and_then(|identity| account(identity, "accountId"));
    outer.or(inner).or_else(caller).ok_or_else(|| {
        let message = "a cloudtrail record needs an account";
        Rejection::new(RejectionCode::Incomplete, &place, message)
    })
}

fn kind(record: &Value, envelope: Option<&Value>) -> ChangeKind {
    let stated = text_or_empty(record, "eventType");
    let outer = envelope.map(|envelope| text_or_empty(envelope, "detail-type")).unwrap_or_default();
    match stated.as_str() {
        "AwsServiceEvent" => ChangeKind::ServiceEvent,
        "AwsConsoleSignIn" => ChangeKind::SignIn,
        "" if outer.starts_with("AWS Service Event") => ChangeKind::ServiceEvent,
        // Written "Console Sign In" by most and "Console Signin" by some.
        "" if outer.replace(' ', "").to_ascii_lowercase().contains("signin") => ChangeKind::SignIn,
        _ => ChangeKind::ApiCall,
    }
}

/// Cuts the API date off Lambda's event names: `AddPermission20150331v2`.
fn split_version(service: &str, name: String) -> (String, Option<String>) {
    if service != "lambda.amazonaws.com" {
        return (name, None);
    }
    let (dated, revision) = match name.rsplit_once('v') {
        Some((dated, revision)) if digits(revision, 1) => (dated, Some(revision)),
        _ => (name.as_str(), None),
    };
    let Some((call, date)) = dated.len().checked_sub(8).and_then(|at| dated.split_at_checked(at))
    else {
        return (name, None);
    };
    if call.is_empty() || !digits(date, 8) {
        return (name, None);
    }
    let version = revision.map_or_else(|| date.to_owned(), |revision| format!("{date}v{revision}"));
    (call.to_owned(), Some(version))
}

fn digits(text: &str, least: usize) -> bool {
    text.len() >= least && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// For old records without `readOnly` (added with event version 1.01).
fn only_reads(name: &str) -> bool {
    // These hand out credentials: not a reading, whatever they are called.
    if matches!(name, "GetFederationToken" | "GetSessionToken") {
        return false;
    }
    ["Describe", "Get", "Head", "List", "Lookup"].iter().any(|prefix| name.starts_with(prefix))
}

/// Only where the service itself knows the parameter: S3 records any query
/// parameter that the caller invents, so `?policy&dryRun=true` must not count.
fn dry_run(request: &Value, service: &str, error_code: Option<&str>) -> bool {
    match service {
        // EC2 reports a dry run as a failed call.
        "ec2.amazonaws.com" => error_code.is_some_and(|code| code.ends_with("DryRunOperation")),
        "lambda.amazonaws.com" => flag(request, "dryRun").unwrap_or(false),
        _ => false,
    }
}

/// A field over 100 KB is replaced by `{"omitted": true, "originalSize": ..}`;
/// other readers set a flag beside it. A false alarm costs one reading.
fn omitted(record: &Value, fields: &[(&str, &Value)]) -> bool {
    let inside = |(key, value): &(&str, &Value)| {
        flag(value, "omitted").unwrap_or(false)
            || flag(record, &format!("{key}Omitted")).unwrap_or(false)
    };
    fields.iter().any(inside) || flag(record, "omitted").unwrap_or(false)
}

/// The resources that CloudTrail itself names beside the parameters. They are there even where
/// the parameters were left out.
fn named(record: &Value) -> Vec<Resource> {
    let list = record.get("resources").and_then(Value::as_array).into_iter().flatten();
    let region = text_or_empty(record, "awsRegion");
    list.filter_map(|resource| {
        let owner = account(resource, "accountId").unwrap_or_default();
        Resource::from_arn(str_of(resource, "ARN")?, &owner, &region)
    })
    .collect()
}

/// A member, taken out of the record.
fn member(record: &mut Value, key: &str) -> Value {
    record.get_mut(key).map(Value::take).unwrap_or_default()
}
