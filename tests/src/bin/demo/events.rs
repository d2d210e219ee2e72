//! Events of CloudTrail, made from the samples in `events/cloudtrail`.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use demarc_tests::Fault;
use demarc_tests::lives::{self, Life};
use serde_json::Value;

/// A sample as it is.
pub fn sample(name: &str) -> Result<Value, Fault> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/cloudtrail/");
    Ok(serde_json::from_str(&std::fs::read_to_string(format!("{folder}{name}"))?)?)
}

/// The event that tells of a life's violation, which is there already; each has an id of its own.
pub fn violation(life: &dyn Life, named: &str, now_there: &Value) -> Result<Value, Fault> {
    static TOLD: AtomicU32 = AtomicU32::new(1);
    let id = format!("{:08}-0000-4000-8000-000000000000", TOLD.fetch_add(1, Ordering::Relaxed));
    let event = lives::event(life, named, &id, now())?;
    match life.control() {
        // The event carries the policy that was really put.
        "s3.policy-grants-no-public-access" | "s3.requires-tls" => {
            put_policy(&event, named, now_there)
        }
        _ => Ok(event),
    }
}

fn put_policy(event: &Value, bucket: &str, statements: &Value) -> Result<Value, Fault> {
    let text = sample("put-bucket-policy.json")?.to_string().replace("demarc-sample", bucket);
    let mut put = serde_json::from_str(&text)?;
    set(&mut put, "/detail/requestParameters/bucketPolicy/Statement", statements.clone())?;
    for pointer in ["/time", "/region", "/detail/eventTime", "/detail/eventID", "/detail/awsRegion"]
    {
        let value = event.pointer(pointer).ok_or("a sample without its time or place")?;
        set(&mut put, pointer, value.clone())?;
    }
    Ok(put)
}

/// Writes a member that the event has.
pub fn set(event: &mut Value, pointer: &str, value: Value) -> Result<(), Fault> {
    *event.pointer_mut(pointer).ok_or_else(|| format!("the sample has no `{pointer}`"))? = value;
    Ok(())
}

/// The call and the caller of an event.
pub fn call_of(event: &Value) -> String {
    let text = |pointer| event.pointer(pointer).and_then(Value::as_str).unwrap_or("-");
    let arn = text("/detail/userIdentity/arn");
    format!("{} by {}", text("/detail/eventName"), super::short::principal(arn))
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
