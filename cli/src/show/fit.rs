//! JSON in as few lines as fit.

use serde_json::Value;

const STEP: &str = "  ";

/// The value behind a name. What fits into `width` stands on one line, unless `open` asks for a
/// line for each member of the outermost value.
pub(super) fn lines(name: &str, value: &Value, width: usize, open: bool) -> Vec<String> {
    let mut lines = Vec::new();
    put(&mut lines, &format!("{name}: "), "", value, width, open);
    lines
}

fn put(lines: &mut Vec<String>, lead: &str, tail: &str, value: &Value, width: usize, open: bool) {
    let whole = format!("{lead}{}{tail}", spaced(value));
    let fits = !open && whole.chars().count() <= width;
    let indent: String = lead.chars().take_while(|c| *c == ' ').collect();
    let inner = format!("{indent}{STEP}");
    match value {
        Value::Object(members) if !fits && !members.is_empty() => {
            lines.push(format!("{lead}{{"));
            for (i, (name, member)) in members.iter().enumerate() {
                let lead = format!("{inner}{}: ", Value::from(name.as_str()));
                let comma = if i + 1 < members.len() { "," } else { "" };
                put(lines, &lead, comma, member, width, false);
            }
            lines.push(format!("{indent}}}{tail}"));
        }
        Value::Array(items) if !fits && !items.is_empty() => {
            lines.push(format!("{lead}["));
            for (i, item) in items.iter().enumerate() {
                let comma = if i + 1 < items.len() { "," } else { "" };
                put(lines, &inner, comma, item, width, false);
            }
            lines.push(format!("{indent}]{tail}"));
        }
        _ => lines.push(whole),
    }
}

/// On one line, with a space behind each comma and colon.
fn spaced(value: &Value) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(name, member)| {
                format!("{}: {}", Value::from(name.as_str()), spaced(member))
            });
            format!("{{{}}}", joined(members.collect()))
        }
        Value::Array(items) => format!("[{}]", joined(items.iter().map(spaced).collect())),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_fits_stands_on_one_line() {
        let value = json!({"a": 1, "b": [true, "x"]});
        assert_eq!(lines("v", &value, 40, false), [r#"v: {"a": 1, "b": [true, "x"]}"#]);
    }

    #[test]
    fn what_does_not_fit_is_opened_as_far_as_needed() {
        let value = json!({"first": 1, "second": ["aaaa", "bbbb"]});
        let expected = [
            "v: {",
            r#"  "first": 1,"#,
            r#"  "second": ["#,
            r#"    "aaaa","#,
            r#"    "bbbb""#,
            "  ]",
            "}",
        ];
        assert_eq!(lines("v", &value, 20, false), expected);
    }
}
