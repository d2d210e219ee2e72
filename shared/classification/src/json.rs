//! Lenient access to JSON: reality sends strings for numbers, `"true"` for
//! `true`, and one object where a list is meant.

use serde_json::Value;

/// The value as text: strings as they are, numbers and booleans spelled out.
/// Empty strings, null, lists and objects are `None`.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The text of a member, or `None`.
pub(crate) fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(scalar)
}

/// The text of a member, or the empty string.
pub(crate) fn text_or_empty(value: &Value, key: &str) -> String {
    text(value, key).unwrap_or_default()
}

/// A member as a flag; `"true"` counts as `true`.
pub(crate) fn flag(value: &Value, key: &str) -> Option<bool> {
    match value.get(key)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// An account id; one that a sender wrote as a number gets its zeros back.
pub(crate) fn account(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::Number(number) => number.as_u64().map(|id| format!("{id:012}")),
        other => scalar(other),
    }
}

/// A non-empty string member, borrowed.
pub(crate) fn str_of<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Every value at `path`, in order, through whatever CloudTrail puts between:
/// lists, `{"items": [..]}` and `{"content": .., "tag": ..}`.
pub(crate) fn find<'a>(value: &'a Value, path: &[&str]) -> Vec<&'a Value> {
    let mut found = Vec::new();
    collect(value, path, &mut found);
    found
}

fn collect<'a>(value: &'a Value, path: &[&str], found: &mut Vec<&'a Value>) {
    if let Value::Array(list) = value {
        for element in list {
            collect(element, path, found);
        }
        return;
    }
    let Some((key, rest)) = path.split_first() else {
        leaf(value, found);
        return;
    };
    if let Some((_, next)) = member(value, key) {
        collect(next, rest, found);
    } else if let Some(next) = wrapped(value) {
        collect(next, path, found);
    }
}

fn leaf<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match wrapped(value) {
        Some(inner) => collect(inner, &[], found),
        None => found.push(value),
    }
}

/// What a list or an XML element hides behind `items` or `content`.
fn wrapped(value: &Value) -> Option<&Value> {
    value.get("items").or_else(|| value.get("content"))
}

/// The member of that name, with the name that it really has; another capitalisation only where the
/// exact one is absent (`Host` and `host`, `dBInstanceIdentifier` and `DBInstanceIdentifier`).
pub(crate) fn member<'a, 'k>(value: &'a Value, key: &'k str) -> Option<(&'k str, &'a Value)>
where
    'a: 'k,
{
    let object = value.as_object()?;
    if let Some(found) = object.get(key) {
        return Some((key, found));
    }
    let other = object.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
    other.map(|(name, found)| (name.as_str(), found))
}
