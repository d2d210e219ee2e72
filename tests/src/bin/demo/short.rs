//! Values in few words.

use std::time::Duration;

use demarc_tests::lives::rfc3339;
use serde_json::Value;

/// An element of a setting on one line.
pub fn element(id: &str, value: &Value) -> String {
    let has = |member: &str| value.get(member).is_some();
    if has("Effect") {
        return statement(value);
    }
    if has("grantee") {
        return format!("grant: {} {}", text(value, "permission"), grantee(value));
    }
    if has("protocol") {
        return rule(value);
    }
    if has("traffic") {
        return format!("flow log: {} to {}", text(value, "traffic"), text(value, "destination"));
    }
    format!("{id}: {}", plain(value))
}

/// A statement of a policy.
fn statement(value: &Value) -> String {
    let sid = text(value, "Sid");
    let parts = [
        text(value, "Effect").to_lowercase(),
        match value.get("Principal") {
            Some(Value::String(all)) if all == "*" => "everyone".to_owned(),
            Some(other) => plain(other),
            None => String::new(),
        },
        value.get("Action").map(plain).unwrap_or_default(),
        "on".to_owned(),
        value.get("Resource").map(plain).unwrap_or_default(),
        value.get("Condition").map(condition).unwrap_or_default(),
    ];
    let words: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("statement {sid}: {}", words.join(" "))
}

fn condition(value: &Value) -> String {
    let operators = value.as_object().into_iter().flatten();
    let tests: Vec<String> = operators
        .flat_map(|(operator, keys)| {
            let keys = keys.as_object().into_iter().flatten();
            keys.map(move |(key, wanted)| format!("{key} {operator} {}", plain(wanted)))
        })
        .collect();
    format!("if {}", tests.join(" and "))
}

fn grantee(value: &Value) -> String {
    let Some((kind, who)) =
        value.get("grantee").and_then(Value::as_object).and_then(|g| g.iter().next())
    else {
        return "to somebody".to_owned();
    };
    let who = plain(who);
    match kind.as_str() {
        "group" => format!("to {}", who.rsplit('/').next().unwrap_or(&who)),
        _ => format!("to {} {who}", kind.replace('_', " ")),
    }
}

/// A rule of a security group, in either direction.
fn rule(value: &Value) -> String {
    let number = |member| value.get(member).and_then(Value::as_i64).unwrap_or(-1);
    let ports = match (number("from"), number("to")) {
        (-1, _) => "every port".to_owned(),
        (from, to) if from == to => from.to_string(),
        (from, to) => format!("{from} to {to}"),
    };
    let source = value.get("source").map(|source| match source.as_object() {
        Some(members) => members.values().map(plain).collect::<Vec<_>>().join(" "),
        None => plain(source),
    });
    let about = match value.get("description").and_then(Value::as_str) {
        Some(about) => format!(" \"{about}\""),
        None => String::new(),
    };
    let source = source.unwrap_or_default();
    format!("rule {} {ports}, {source}{about}", text(value, "protocol"))
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or("-")
}

/// JSON without its marks, as far as it stays clear.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let pairs = members.iter().map(|(name, member)| format!("{name} {}", plain(member)));
            pairs.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// The name in the ARN of a user, or of a role's session.
pub fn principal(arn: &str) -> &str {
    arn.split_once('/').map_or(arn, |(_, name)| name)
}

/// A duration for a person.
pub fn took(duration: Duration) -> String {
    match duration.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}

/// Whole milliseconds, for a program.
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// `2026-11-23 02:10 UTC`, of milliseconds since 1970.
pub fn moment(millis: u64) -> String {
    let text = rfc3339(millis / 1000);
    let minute = text.get(..16).unwrap_or(&text);
    format!("{} UTC", minute.replace('T', " "))
}

/// `1 call`, `2 calls`.
pub fn count(number: usize, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {one}{plural}")
}

/// Why there is the alert `foreign-write`: the command that ends the role's sessions, which follows,
/// is longer than a screen is wide.
pub fn foreign(report: &Value) -> &str {
    let because = report.get("because").and_then(Value::as_str).unwrap_or_default();
    because.split("; end its sessions").next().unwrap_or(because)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_stand_on_one_line() {
        let statement = json!({
            "Sid": "OnlyTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": ["a", "b"], "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        });
        let rule = json!({
            "protocol": "tcp", "from": 22, "to": 25, "source": {"ipv4": "0.0.0.0/0"},
            "description": "by hand",
        });
        let group = "http://acs.amazonaws.com/groups/global/AllUsers";
        let grant = json!({"grantee": {"group": group}, "permission": "READ"});
        let cases = [
            (
                statement,
                "statement OnlyTls: deny everyone s3:* on a, b if aws:SecureTransport Bool false",
            ),
            (rule, "rule tcp 22 to 25, 0.0.0.0/0 \"by hand\""),
            (grant, "grant: READ to AllUsers"),
            (json!("Enabled"), "id: Enabled"),
            (json!({"new": [1, true]}), "id: new 1, true"),
        ];
        for (value, expected) in cases {
            assert_eq!(element("id", &value), expected);
        }
    }

    #[test]
    fn moments_are_read_easily() {
        assert_eq!(moment(1_795_313_280_000), "2026-11-22 02:08 UTC");
        assert_eq!(took(Duration::from_millis(999)), "999 ms");
        assert_eq!(took(Duration::from_millis(8_540)), "8.5 s");
    }
}
