//! The terminal: what is shown on standard output, progress on standard error.

use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use demarc_tests::Fault;
use serde_json::{Value, json};

/// How wide the output is at most.
pub const COLUMNS: usize = 100;
/// Where the text behind a label starts.
pub const INDENT: usize = 13;

/// How a text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// A heading.
    Bold,
    /// What matters less.
    Dim,
    /// What goes, or what failed.
    Red,
    /// What comes, or what is as it should be.
    Green,
    /// What needs a second look.
    Yellow,
}

impl Tone {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "\x1b[1m",
            Self::Dim => "\x1b[2m",
            Self::Red => "\x1b[31m",
            Self::Green => "\x1b[32m",
            Self::Yellow => "\x1b[33m",
        }
    }
}

const RESET: &str = "\x1b[0m";
const ERASE: &str = "\r\x1b[K";

/// Where the demo speaks.
#[derive(Debug)]
pub struct Screen {
    json: bool,
    colour: bool,
    /// Progress is written over and over on one line, where there is a terminal for it.
    overwrites: bool,
    pending: Cell<bool>,
}

impl Screen {
    /// Text for a person, or JSON.
    pub fn new(json: bool) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            json,
            colour: !json && !plain && std::io::stdout().is_terminal(),
            overwrites: std::io::stderr().is_terminal(),
            pending: Cell::new(false),
        }
    }

    /// Shows a step: its text to a person, its value to a program. Without a value it is only text.
    pub fn show(&self, text: &str, step: &Value) -> Result<(), Fault> {
        if self.json && step.is_null() {
            return Ok(());
        }
        self.settle();
        let mut out = std::io::stdout().lock();
        match self.json {
            true => writeln!(out, "{step}")?,
            false => writeln!(out, "{text}")?,
        }
        out.flush()?;
        Ok(())
    }

    /// Says what takes its time.
    pub fn progress(&self, text: &str) {
        let mut err = std::io::stderr().lock();
        // A line of progress that cannot be written is not missed.
        let _ = match self.overwrites {
            true => write!(err, "{ERASE}  {text} ..."),
            false => writeln!(err, "{text} ..."),
        };
        let _ = err.flush();
        self.pending.set(self.overwrites);
    }

    /// Takes the line of progress away.
    pub fn settle(&self) {
        if self.pending.take() {
            let mut err = std::io::stderr().lock();
            let _ = write!(err, "{ERASE}").and_then(|()| err.flush());
        }
    }

    /// What ended the demo before its end.
    pub fn fault(&self, fault: &(dyn std::error::Error + Send + Sync + 'static)) {
        self.settle();
        let io = fault.downcast_ref::<std::io::Error>();
        if io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe) {
            // Whoever read the output has seen enough.
            return;
        }
        let text = format!("the demo could not go on: {fault}");
        if self.json {
            let _ = self.show("", &json!({"step": "fault", "message": fault.to_string()}));
        }
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    /// A text in its tone.
    pub fn paint(&self, tone: Tone, text: &str) -> String {
        match self.colour && tone != Tone::Plain {
            true => format!("{}{text}{RESET}", tone.code()),
            false => text.to_owned(),
        }
    }

    /// A text behind a label, broken where it is too wide.
    pub fn line(&self, label: &str, tone: Tone, text: &str) -> String {
        let lines: Vec<String> =
            wrap(text, COLUMNS - INDENT).iter().map(|line| self.paint(tone, line)).collect();
        let label = self.paint(Tone::Dim, &format!("  {label:width$}", width = INDENT - 2));
        format!("{label}{}", lines.join(&format!("\n{:INDENT$}", "")))
    }
}

/// Breaks a text at spaces. A word that is wider than a line has a line of its own.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
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

/// Says how the demo is called.
pub fn usage(text: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{text}");
    ExitCode::from(2)
}
