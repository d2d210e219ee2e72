//! Statements that refuse requests without TLS.
//!
//! `NumericLessThan` on `s3:TlsVersion` does not count: a request over plain HTTP has no TLS
//! version, a comparison with a missing key is false, and so the statement lets plain HTTP through.

use serde_json::Value;

use super::{
    condition::is_flag,
    pattern::{matches, matches_all_under},
    principal::is_everyone,
    strings,
};

/// The condition key that says whether a request came over TLS.
pub const SECURE_TRANSPORT: &str = "aws:SecureTransport";

/// For what a policy refuses requests without TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TlsCoverage {
    /// For the bucket itself.
    pub bucket: bool,
    /// For every object in it.
    pub objects: bool,
}

impl TlsCoverage {
    /// What these statements cover together, for the bucket with this ARN.
    pub fn of<'a>(statements: impl IntoIterator<Item = &'a Value>, bucket_arn: &str) -> Self {
        statements.into_iter().map(|s| Self::of_one(s, bucket_arn)).fold(Self::default(), |a, b| {
            Self { bucket: a.bucket || b.bucket, objects: a.objects || b.objects }
        })
    }

    /// Whether bucket and objects are covered.
    #[must_use]
    pub fn is_complete(self) -> bool {
        self.bucket && self.objects
    }

    /// A statement counts when it denies everyone every S3 action on condition of nothing but the
    /// missing TLS.
    fn of_one(statement: &Value, bucket_arn: &str) -> Self {
        let counts = statement.get("Effect").and_then(Value::as_str) == Some("Deny")
            && is_everyone(statement)
            && has_every_action(statement)
            && is_about_plain_http_only(statement);
        let resources = statement.get("Resource").and_then(strings).unwrap_or_default();
        let objects = format!("{bucket_arn}/");
        Self {
            bucket: counts && resources.iter().any(|r| matches(r, bucket_arn)),
            objects: counts && resources.iter().any(|r| matches_all_under(r, &objects)),
        }
    }
}

fn has_every_action(statement: &Value) -> bool {
    let actions = statement.get("Action").and_then(strings).unwrap_or_default();
    actions.iter().any(|action| *action == "*" || action.eq_ignore_ascii_case("s3:*"))
}

fn is_about_plain_http_only(statement: &Value) -> bool {
    let Some(operators) = statement.get("Condition").and_then(Value::as_object) else {
        return false;
    };
    let one_operator = operators.len() == 1;
    operators.iter().any(|(operator, keys)| {
        let keys = keys.as_object();
        one_operator
            && matches!(operator.as_str(), "Bool" | "BoolIfExists")
            && keys.is_some_and(|keys| keys.len() == 1)
            && keys.into_iter().flatten().any(|(key, value)| {
                key.eq_ignore_ascii_case(SECURE_TRANSPORT) && is_flag(value, "false")
            })
    })
}
