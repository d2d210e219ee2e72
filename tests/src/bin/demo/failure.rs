//! An expectation that was not met, with what was found instead.

use std::fmt;

use demarc_tests::Fault;
use serde_json::Value;

/// What should have been, and what was.
#[derive(Debug)]
pub struct Unmet {
    /// What was expected, in words.
    pub expected: String,
    /// What explains it: usually the function's report.
    pub found: Value,
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected: {}\nfound: {:#}", self.expected, self.found)
    }
}

impl std::error::Error for Unmet {}

/// Goes on only where the expectation is met.
pub fn expect(is_met: bool, expected: &str, found: &Value) -> Result<(), Fault> {
    match is_met {
        true => Ok(()),
        false => Err(Unmet { expected: expected.to_owned(), found: found.clone() }.into()),
    }
}
