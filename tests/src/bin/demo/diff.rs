//! A delta as lines with `-` and `+`.

use serde_json::Value;

use crate::screen::{COLUMNS, INDENT, Screen, Tone, wrap};
use crate::short;

/// Every element that changes, before and after.
pub fn lines(screen: &Screen, delta: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for edit in delta.as_array().into_iter().flatten() {
        let id = edit.get("id").and_then(Value::as_str).unwrap_or("-");
        let side = |member| edit.get(member).filter(|value| !value.is_null());
        if let Some(before) = side("before") {
            let marked = marked('-', &short::element(id, before));
            lines.extend(marked.iter().map(|line| screen.paint(Tone::Red, line)));
        }
        if let Some(after) = side("after") {
            let marked = marked('+', &short::element(id, after));
            lines.extend(marked.iter().map(|line| screen.paint(Tone::Green, line)));
        }
    }
    lines.iter().map(|line| format!("{:INDENT$}{line}", "")).collect()
}

fn marked(sign: char, text: &str) -> Vec<String> {
    let lines = wrap(text, COLUMNS - INDENT - 4);
    let lead = |number| if number == 0 { sign } else { ' ' };
    lines.iter().enumerate().map(|(number, line)| format!("{} {line}", lead(number))).collect()
}
