//! Event patterns as JSON, written as YAML.
//!
//! Text that begins with `!` is an intrinsic function: `!Ref AWS::AccountId`.

use serde_json::Value;

/// The longest ARN of a role in the longest path that the template takes.
const LONGEST_ROLE_ARN: usize = "arn:aws-us-gov:iam::123456789012:role".len() + 64 + 64;
/// How wide a list may be on one line.
const WIDE: usize = 80;

/// The length of a pattern whose intrinsic functions give values as long as they can be.
pub fn length(pattern: &Value) -> usize {
    filled(pattern).to_string().len()
}

fn filled(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("!Ref AWS::AccountId") => "123456789012".into(),
        Value::String(text) if text.starts_with('!') => "r".repeat(LONGEST_ROLE_ARN).into(),
        Value::Array(list) => list.iter().map(filled).collect(),
        Value::Object(object) => {
            object.iter().map(|(key, value)| (key.clone(), filled(value))).collect()
        }
        other => other.clone(),
    }
}

/// A pattern's lines, indented.
pub fn yaml(value: &Value, indent: usize) -> String {
    let mut lines = Vec::new();
    members(value, &" ".repeat(indent), &mut lines);
    lines.join("\n")
}

fn members(value: &Value, indent: &str, lines: &mut Vec<String>) {
    for (key, member) in value.as_object().into_iter().flatten() {
        let inline = flow(member);
        if member.is_array() && inline.len() <= WIDE && !inline.contains("- ") {
            lines.push(format!("{indent}{}: {inline}", plain(key)));
            continue;
        }
        lines.push(format!("{indent}{}:", plain(key)));
        match member {
            Value::Array(list) => list.iter().for_each(|element| item(element, indent, lines)),
            inner => members(inner, &format!("{indent}  "), lines),
        }
    }
}

/// One element of a list.
fn item(element: &Value, indent: &str, lines: &mut Vec<String>) {
    let inline = flow(element);
    let list = element.as_object().and_then(|object| object.iter().next());
    if inline.len() <= WIDE || list.is_none() {
        let bare = inline.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        lines.push(format!("{indent}  - {}", bare.unwrap_or(&inline)));
        return;
    }
    let from = lines.len();
    members(element, &format!("{indent}    "), lines);
    if let Some(first) = lines.get_mut(from) {
        *first = format!("{indent}  - {}", first.trim_start());
    }
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Array(list) => {
            format!("[{}]", list.iter().map(flow).collect::<Vec<_>>().join(", "))
        }
        Value::Object(object) => {
            let members =
                object.iter().map(|(key, value)| format!("{}: {}", plain(key), flow(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => plain(text),
        other => other.to_string(),
    }
}

/// Text as a scalar, in quotes where YAML would take it for something else. Intrinsic functions
/// stay as they are.
fn plain(text: &str) -> String {
    let sound = |c: char| c.is_ascii_alphanumeric() || "-_./: ".contains(c);
    let number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let bare =
        text.starts_with('!') || (text.chars().all(sound) && !number && !text.contains(": "));
    if bare && !text.ends_with(':') { text.to_owned() } else { format!("\"{text}\"") }
}
