//! Whether a policy of an identity allows everything.

use serde_json::Value;

use super::strings;

/// Whether a statement of the policy document allows every action on every resource, whatever its
/// conditions: a condition says when, and what it lets through is still everything.
#[must_use]
pub fn allows_everything(document: &Value) -> bool {
    match document.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().any(is_full),
        Some(one) => is_full(one),
        None => false,
    }
}

fn is_full(statement: &Value) -> bool {
    let has = |member: &str, wanted: &[&str]| {
        let values = statement.get(member).and_then(strings).unwrap_or_default();
        values.iter().any(|value| wanted.contains(value))
    };
    statement.get("Effect").and_then(Value::as_str) == Some("Allow")
        && has("Action", &["*", "*:*"])
        && has("Resource", &["*"])
}
