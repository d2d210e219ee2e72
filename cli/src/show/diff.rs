//! What changes, element by element, as lines with `-` and `+`.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::{DIM, clean, colour, fit};
use crate::answer::Edit;

/// Whether a line goes, comes, or stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Goes,
    Comes,
    Stays,
}

/// The edits of a delta, each line indented.
pub(crate) fn render(delta: &[Edit], indent: &str, columns: usize) -> String {
    let width = columns.saturating_sub(indent.len() + 2);
    let mut text = String::new();
    for (mark, line) in delta.iter().flat_map(|edit| of(edit, width)) {
        let (sign, style) = match mark {
            Mark::Goes => ('-', colour(AnsiColor::Red)),
            Mark::Comes => ('+', colour(AnsiColor::Green)),
            Mark::Stays => (' ', DIM),
        };
        // Writing to a string does not fail.
        let _ = writeln!(text, "{indent}{style}{sign} {}{style:#}", clean(&line));
    }
    text
}

/// Two texts, with three lines around each difference; empty where there is none.
pub(crate) fn texts(before: (&str, &str), after: (&str, &str)) -> String {
    let diff = TextDiff::from_lines(before.1, after.1);
    let unified = diff.unified_diff().header(before.0, after.0).to_string();
    let mut text = String::new();
    for line in unified.lines() {
        let style = match line.chars().next() {
            Some('-') => colour(AnsiColor::Red),
            Some('+') => colour(AnsiColor::Green),
            Some(' ') => Style::new(),
            _ => DIM,
        };
        // Writing to a string does not fail.
        let _ = writeln!(text, "{style}{}{style:#}", clean(&line.replace('\t', "    ")));
    }
    text
}

fn of(edit: &Edit, width: usize) -> Vec<(Mark, String)> {
    let name = name(edit);
    let side = |mark: Mark, value: &Value| -> Vec<(Mark, String)> {
        fit::lines(name, value, width, false).into_iter().map(|line| (mark, line)).collect()
    };
    match (&edit.before, &edit.after) {
        (None, None) => Vec::new(),
        (Some(before), None) => side(Mark::Goes, before),
        (None, Some(after)) => side(Mark::Comes, after),
        (Some(before), Some(after)) => {
            let (goes, comes) = (side(Mark::Goes, before), side(Mark::Comes, after));
            match goes.len() == 1 && comes.len() == 1 {
                true => goes.into_iter().chain(comes).collect(),
                false => within(name, before, after, width),
            }
        }
    }
}

/// A large element of which only some lines change.
fn within(name: &str, before: &Value, after: &Value, width: usize) -> Vec<(Mark, String)> {
    let text = |value| fit::lines(name, value, width, true).join("\n") + "\n";
    let (before, after) = (text(before), text(after));
    let diff = TextDiff::from_lines(&before, &after);
    let lines = diff.iter_all_changes().map(|change| {
        let mark = match change.tag() {
            ChangeTag::Delete => Mark::Goes,
            ChangeTag::Insert => Mark::Comes,
            ChangeTag::Equal => Mark::Stays,
        };
        (mark, change.value().trim_end_matches('\n').to_owned())
    });
    lines.collect()
}

/// An element without a name of its own is identified by its content, which follows anyhow.
fn name(edit: &Edit) -> &str {
    let kind = edit.id.split_once(":{").map(|(kind, _)| kind);
    kind.unwrap_or(&edit.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plain(edits: Value, columns: usize) -> String {
        let edits: Vec<Edit> = serde_json::from_value(edits).unwrap();
        anstream::adapter::strip_str(&render(&edits, "  ", columns)).to_string()
    }

    #[test]
    fn a_field_changes_on_two_lines() {
        let edits = json!([{"id": "BlockPublicAcls", "before": false, "after": true}]);
        assert_eq!(plain(edits, 80), "  - BlockPublicAcls: false\n  + BlockPublicAcls: true\n");
    }

    #[test]
    fn what_comes_and_what_goes_is_shown_whole() {
        let statement = json!({"Effect": "Allow", "Principal": "*"});
        let edits = json!([
            {"id": format!("statement:{statement}"), "before": statement, "after": null},
            {"id": "Status", "before": null, "after": "Enabled"},
        ]);
        let expected = "  - statement: {\"Effect\": \"Allow\", \"Principal\": \"*\"}\n  + Status: \"Enabled\"\n";
        assert_eq!(plain(edits, 80), expected);
    }

    #[test]
    fn of_two_texts_only_what_differs_is_shown() {
        let before = "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\n";
        let after = before.replace("a = 1", "a =\t9");
        let text = texts(("version 1", before), ("new.toml", &after));
        let expected = "--- version 1\n+++ new.toml\n@@ -1,4 +1,4 @@\n-a = 1\n+a =    9\n b = 2\n c = 3\n d = 4\n";
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), expected);
        assert_eq!(texts(("x", before), ("y", before)), "");
    }

    #[test]
    fn of_a_large_element_only_the_changed_lines_are_marked() {
        let edits = json!([{
            "id": "statement:Read",
            "before": {"Sid": "Read", "Principal": "*", "Action": "s3:GetObject"},
            "after": {"Sid": "Read", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject"},
        }]);
        let expected = "    statement:Read: {\n      \"Sid\": \"Read\",\n  -   \"Principal\": \"*\",\n  \
                        +   \"Principal\": {\"AWS\": \"123456789012\"},\n      \"Action\": \"s3:GetObject\"\n    }\n";
        assert_eq!(plain(edits, 60), expected);
    }
}
