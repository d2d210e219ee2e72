//! A delta as lines with `-` and `+`.

use serde_json::Value;

use crate::screen::{COLUMNS, INDENT, Screen, Tone, wrap};
use crate::short;

/// Every element that changes, before and after.
pub fn lines(screen: &Screen, delta: &Value) -> Vec<String> {
    edits(delta).flat_map(|edit| [before(screen, edit), after(screen, edit)].concat()).collect()
}

/// Every element as it is afterwards; one that is gone, as it was.
pub fn put_back(screen: &Screen, delta: &Value) -> Vec<String> {
    let of_one = |edit| match after(screen, edit) {
        none if none.is_empty() => before(screen, edit),
        lines => lines,
    };
    edits(delta).flat_map(of_one).collect()
}

fn edits(delta: &Value) -> impl Iterator<Item = &Value> {
    delta.as_array().into_iter().flatten()
}

fn before(screen: &Screen, edit: &Value) -> Vec<String> {
    side(screen, edit, "before", ('-', Tone::Red))
}

fn after(screen: &Screen, edit: &Value) -> Vec<String> {
    side(screen, edit, "after", ('+', Tone::Green))
}

fn side(screen: &Screen, edit: &Value, member: &str, (sign, tone): (char, Tone)) -> Vec<String> {
    let id = edit.get("id").and_then(Value::as_str).unwrap_or("-");
    let Some(value) = edit.get(member).filter(|value| !value.is_null()) else {
        return Vec::new();
    };
    let lead = |number| if number == 0 { sign } else { ' ' };
    let lines = wrap(&short::element(id, value), COLUMNS - INDENT - 2);
    let marked = lines.iter().enumerate().map(|(at, line)| format!("{} {line}", lead(at)));
    marked.map(|line| format!("{:INDENT$}{}", "", screen.paint(tone, &line))).collect()
}
