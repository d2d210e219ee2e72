//! What `explain` shows: a heading, rows, sections; and the same facts as JSON.

use std::fmt::Write;

use anstyle::Style;
use serde_json::Value;

use crate::show::{BOLD, DIM, clean, wrap};

/// One answer.
#[derive(Debug)]
pub(super) struct Page {
    heading: String,
    parts: Vec<Part>,
    /// The same facts, for machines.
    pub(super) json: Value,
}

#[derive(Debug)]
enum Part {
    Section(String),
    Row(String, String),
    Text(String),
}

impl Page {
    /// A page with its heading.
    pub(super) fn new(heading: impl Into<String>, json: Value) -> Self {
        Self { heading: heading.into(), parts: Vec::new(), json }
    }

    /// A heading within the page.
    pub(super) fn section(mut self, title: &str) -> Self {
        self.parts.push(Part::Section(title.to_owned()));
        self
    }

    /// A word and what it stands for; left out where that is empty.
    pub(super) fn row(mut self, label: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.parts.push(Part::Row(label.into(), text));
        }
        self
    }

    /// Many rows.
    pub(super) fn rows(self, rows: impl IntoIterator<Item = (String, String)>) -> Self {
        rows.into_iter().fold(self, |page, (label, text)| page.row(label, text))
    }

    /// A paragraph.
    pub(super) fn text(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Text(text.into()));
        self
    }

    /// The page, no line wider than `columns` but one of a single long word.
    pub(super) fn render(&self, columns: usize) -> String {
        let mut text = String::new();
        for line in wrap(&clean(&self.heading), columns) {
            // Writing to a string does not fail, here and below.
            let _ = writeln!(text, "{BOLD}{line}{BOLD:#}");
        }
        let mut rest = self.parts.as_slice();
        while let Some((part, after)) = rest.split_first() {
            match part {
                Part::Section(title) => {
                    let _ = writeln!(text, "\n{BOLD}{}{BOLD:#}", clean(title));
                    rest = after;
                }
                Part::Text(words) => {
                    lines(&mut text, "", words, columns, 0);
                    rest = after;
                }
                Part::Row(..) => rest = table(&mut text, rest, columns),
            }
        }
        text
    }
}

/// The rows at the beginning of `parts`, under one another; gives what follows them.
fn table<'a>(text: &mut String, parts: &'a [Part], columns: usize) -> &'a [Part] {
    let number = parts.iter().take_while(|part| matches!(part, Part::Row(..))).count();
    let (rows, rest) = parts.split_at(number);
    let wide = rows.iter().map(|row| match row {
        Part::Row(label, _) => label.chars().count(),
        Part::Section(_) | Part::Text(_) => 0,
    });
    let wide = wide.max().unwrap_or(0).min(30) + 2;
    for row in rows {
        if let Part::Row(label, words) = row {
            lines(text, label, words, columns, wide);
        }
    }
    rest
}

fn lines(text: &mut String, label: &str, words: &str, columns: usize, wide: usize) {
    let plain = Style::new();
    let width = columns.saturating_sub(wide + 2);
    for (at, line) in wrap(&clean(words), width).iter().enumerate() {
        let label = if at == 0 { label } else { "" };
        let _ = writeln!(text, "  {DIM}{label:wide$}{DIM:#}{plain}{line}{plain:#}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_under_one_another() {
        let page = Page::new("A heading", Value::Null)
            .row("a", "one two three")
            .row("longer", "four")
            .row("none", "")
            .section("Next")
            .text("a paragraph of text");
        let text = anstream::adapter::strip_str(&page.render(18)).to_string();
        let expected = "A heading\n  a       one two\n          three\n  longer  four\n\nNext\n  a paragraph of\n  text\n";
        assert_eq!(text, expected);
    }
}
