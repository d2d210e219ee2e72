//! A line on standard error that says how far a command has come.

use std::io::{IsTerminal, Write};

/// Shown only where standard error is a terminal. Written without escape codes.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: bool,
    width: usize,
}

impl Progress {
    /// Nothing is shown yet.
    pub(crate) fn new() -> Self {
        Self { shown: std::io::stderr().is_terminal(), width: 0 }
    }

    /// Shows this in place of what was shown.
    pub(crate) fn say(&mut self, text: &str) {
        if !self.shown {
            return;
        }
        let text: String = text.chars().take(super::columns().saturating_sub(1)).collect();
        let width = text.chars().count();
        let rest = " ".repeat(self.width.saturating_sub(width));
        let mut err = std::io::stderr().lock();
        // A line of progress that cannot be written is not missed.
        let _ = write!(err, "\r{text}{rest}\r").and_then(|()| err.flush());
        self.width = width;
    }

    /// Leaves the line empty.
    pub(crate) fn clear(&mut self) {
        if self.width > 0 {
            self.say("");
        }
    }
}
