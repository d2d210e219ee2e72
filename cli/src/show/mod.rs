//! How things look on a terminal.

pub(crate) mod diff;
pub(crate) mod findings;
mod fit;
pub(crate) mod progress;
pub(crate) mod scopes;

use std::{fmt::Write as _, io::Write};

use anstyle::{AnsiColor, Style};

use crate::{
    answer::{Evidence, Restores},
    error::Error,
};

/// Headings.
pub(crate) const BOLD: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();

/// A colour as a style.
pub(crate) fn colour(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(colour.into()))
}

/// The colour of a safety.
pub(crate) fn of_safety(safety: &str) -> Style {
    match safety {
        "safe" => colour(AnsiColor::Green),
        "disruptive" => colour(AnsiColor::Yellow),
        _ => colour(AnsiColor::Red),
    }
}

/// Prints on standard output; without colour the styles are taken out.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    let mut out = anstream::stdout().lock();
    let failed = |e| Error::io("standard output", e);
    out.write_all(text.as_bytes()).map_err(failed)?;
    out.flush().map_err(failed)
}

/// Prints JSON as it came, on a line of its own.
pub(crate) fn print_json(text: &str) -> Result<(), Error> {
    let line = text.replace(['\n', '\r'], " ");
    print(&format!("{line}\n"))
}

/// How many columns there are to write into.
pub(crate) fn columns() -> usize {
    let wide = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
    wide.clamp(60, 140)
}

/// Names, rules and messages are chosen by whoever made the resource: what would steer the
/// terminal, or turn the writing round, is shown in place of being done. Line breaks stay.
pub(crate) fn clean(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push(c),
            c if c.is_control() || steers(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown
}

/// Marks that change the direction of writing, and separators of lines.
fn steers(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Breaks text at spaces, so that no line but one of a single long word is wider.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Labels with what they say, wrapped beside them.
pub(crate) fn facts(
    text: &mut String,
    facts: impl IntoIterator<Item = (&'static str, String)>,
    columns: usize,
) {
    for (label, words) in facts {
        for (i, line) in wrap(&clean(&words), columns.saturating_sub(14)).into_iter().enumerate() {
            let label = if i == 0 { label } else { "" };
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {DIM}{label:<10}{DIM:#}  {line}");
        }
    }
}

/// What an undo restores, in words.
pub(crate) fn restores(restores: &Restores) -> String {
    match restores {
        Restores::Exact => "exactly what was there".to_owned(),
        Restores::Equivalent(what) => format!("the like, not the same: {what}"),
        Restores::None(why) => format!("nothing: {why}"),
    }
}

/// Whether somebody uses what is closed, in words.
pub(crate) fn use_of(evidence: &Evidence) -> String {
    match evidence {
        Evidence::NothingCloses => "nothing is closed".to_owned(),
        Evidence::NoneAvailable => "not known, evidence: none available".to_owned(),
        Evidence::Unused(text) => format!("no: {text}"),
        Evidence::Used(text) => format!("yes: {text}"),
    }
}

/// "1 violation", "2 violations".
pub(crate) fn count(n: u64, one: &str) -> String {
    let (stem, many) = match one.strip_suffix('y') {
        Some(stem) => (stem, "ies"),
        None => (one, "s"),
    };
    if n == 1 { format!("1 {one}") } else { format!("{n} {stem}{many}") }
}

/// A moment in local time, and in UTC.
pub(crate) fn moment(millis: u64) -> String {
    let at = i64::try_from(millis).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    let Some(at) = at else { return format!("{millis} ms after 1970") };
    let utc = at.to_zoned(jiff::tz::TimeZone::UTC);
    let local = at.to_zoned(jiff::tz::TimeZone::system());
    let utc_text = utc.strftime("%Y-%m-%d %H:%M UTC").to_string();
    match local.offset() == utc.offset() {
        true => utc_text,
        false => format!("{} ({utc_text})", local.strftime("%Y-%m-%d %H:%M %:z")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\u{9b}c\u{202e}d\r"), "a\\u{1b}[2Jb\\u{9b}c\\u{202e}d\\u{d}");
        assert_eq!(clean("zwei\nZeilen"), "zwei\nZeilen");
    }

    #[test]
    fn text_is_broken_at_spaces() {
        assert_eq!(wrap("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrap("a-long-word b", 5), ["a-long-word", "b"]);
    }

    #[test]
    fn things_are_counted_in_words() {
        assert_eq!(count(1, "violation"), "1 violation");
        assert_eq!(count(0, "violation"), "0 violations");
    }
}
