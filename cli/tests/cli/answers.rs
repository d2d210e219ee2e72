//! Answers as operators give them.

use serde_json::{Value, json};

pub(crate) fn refused(message: &str) -> String {
    error("Demarc.Refused", message)
}

pub(crate) fn unknown(message: &str) -> String {
    error("Demarc.NoSuchPlan", message)
}

pub(crate) fn error(kind: &str, message: &str) -> String {
    json!({ "error": kind, "message": message }).to_string()
}

pub(crate) fn bucket(id: &str) -> Value {
    json!({ "kind": "AWS::S3::Bucket", "account": "123456789012", "region": "eu-west-1", "id": id })
}

/// Written by hand, to see that a report is printed as it came.
pub(crate) const BLOCK: &str = r#"{"incident":"scan","resource":{"kind":"AWS::S3::Bucket","account":"123456789012","region":"eu-west-1","id":"photos"},"control":"s3.block-public-access","outcome":"skipped","because":"enforcing would put this right","responsibility":"customer","reasons":[{"zulu":1,"alpha":1.50}],"plan":{"delta":[{"id":"BlockPublicAcls","before":false,"after":true}],"detail":"the block is without BlockPublicAcls; nobody is served in public","safety":"safe","undo":"exact","decision":"apply"}}"#;

pub(crate) fn failed() -> String {
    json!({
        "incident": "scan", "resource": bucket("locked"), "outcome": "failed",
        "error": "Demarc.AccessDenied", "because": "`s3:GetBucketPolicy` on `locked` failed with AccessDenied: no",
        "responsibility": "customer",
    })
    .to_string()
}

pub(crate) fn page(reports: &[&str], next: &Value) -> String {
    let reports = reports.join(",");
    format!(r#"{{"reports":[{reports}],"looked_at":2,"setting":"s3.block","next":{next}}}"#)
}

pub(crate) fn undone(plan: &str, exempt_until: Option<u64>, undo_plan: Option<&str>) -> Value {
    json!({
        "plan": plan,
        "control": "s3.versioning",
        "resource": bucket("photos"),
        "undo_plan": undo_plan,
        "delta": [{ "id": "Status", "before": "Enabled", "after": "Suspended" }],
        "restores": { "equivalent": "versioning is suspended, it never goes back to unversioned" },
        "exempt_until": exempt_until,
    })
}
