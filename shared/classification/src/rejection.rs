//! Why something that reached a function was not taken.

use serde::{Deserialize, Serialize};

/// The longest piece of input that a message quotes, in characters.
const QUOTED: usize = 80;
/// The longest pointer that a rejection carries, in characters.
const POINTER: usize = 200;

named! {
    /// The kind of a [`Rejection`], stable enough to count and to alarm on.
    pub enum RejectionCode {
        /// The bytes are no JSON document.
        NotJson = "not-json",
        /// The document, or its wrappers, are nested too deeply to be an event.
        TooDeep = "too-deep",
        /// The document is larger than [`MAX_BYTES`](crate::MAX_BYTES), or holds
        /// more than [`MAX_INPUTS`](crate::MAX_INPUTS) records.
        TooLarge = "too-large",
        /// JSON, but nothing that we recognise.
        NotAnEvent = "not-an-event",
        /// Recognised, but a field is missing without which nothing can be decided.
        Incomplete = "incomplete",
        /// The event belongs to another account than it claims.
        WrongAccount = "wrong-account",
        /// One of Demarc's own requests, with a name or a field that does not exist.
        UnknownRequest = "unknown-request",
    }
}

/// Something that reached a function and was not taken, with the reason.
///
/// Safe to log: input is quoted in backticks, at most 80 characters of it, with
/// control and direction characters escaped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// The kind of rejection.
    pub code: RejectionCode,
    /// JSON pointer (RFC 6901) to the place in the payload; empty for the whole.
    pub pointer: String,
    /// One sentence for a person.
    pub message: String,
}

impl Rejection {
    pub(crate) fn new(code: RejectionCode, pointer: &str, message: impl Into<String>) -> Self {
        Self { code, pointer: printable(pointer, POINTER), message: message.into() }
    }

    /// Tells "too deep" apart: `serde_json` has no category of its own for it.
    pub(crate) fn from_json(pointer: &str, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let code = if text.starts_with("recursion limit exceeded") {
            RejectionCode::TooDeep
        } else {
            RejectionCode::NotJson
        };
        Self::new(code, pointer, printable(&text, QUOTED * 2))
    }
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.message)?;
        if !self.pointer.is_empty() {
            write!(formatter, " at `{}`", self.pointer)?;
        }
        Ok(())
    }
}

impl std::error::Error for Rejection {}

/// Input in backticks, short and printable, for use in a message.
pub(crate) fn quote(text: &str) -> String {
    format!("`{}`", printable(text, QUOTED))
}

/// At most `limit` characters of `text`, with everything escaped that a
/// terminal or a log viewer would act upon.
pub(crate) fn printable(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut room = limit;
    for character in text.chars() {
        let shown = if acts(character) {
            character.escape_default().to_string()
        } else {
            character.to_string()
        };
        let length = shown.chars().count();
        // One place is kept for the mark that says that something was cut.
        if length >= room {
            out.push('…');
            break;
        }
        room -= length;
        out.push_str(&shown);
    }
    out
}

/// Control characters, and those that are invisible or change the direction of text.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
}

/// Appends one step to a JSON pointer.
pub(crate) fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}
