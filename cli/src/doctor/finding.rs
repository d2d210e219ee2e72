//! What is wrong with a part of the stack.

use serde::Serialize;

use super::stack::Part;
use crate::{
    Status,
    aws::{Failure, Request},
    error::Error,
};

/// Something that is not as it was deployed.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    /// The part: `rule demarc-s3`.
    pub(super) part: String,
    /// What is wrong with it.
    pub(super) wrong: String,
    /// The command that puts it back, or what to do.
    pub(super) restore: String,
    /// Whether it was put back.
    pub(super) repaired: bool,
    /// The call that the command makes, where it takes nothing away that somebody may have meant.
    #[serde(skip)]
    pub(super) repair: Option<Request>,
    /// What to look at again after it.
    #[serde(skip)]
    pub(super) at: Option<Part>,
}

impl Finding {
    /// One that a person has to see to.
    pub(super) fn of(part: String, wrong: impl Into<String>, restore: String) -> Self {
        Self { part, wrong: wrong.into(), restore, repaired: false, repair: None, at: None }
    }

    /// The same, with the call that puts it back.
    pub(super) fn repaired_by(self, request: Request, part: &Part) -> Self {
        Self { repair: Some(request), at: Some(part.clone()), ..self }
    }
}

/// What was seen of the whole stack.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// How many parts were looked at.
    pub(super) parts: usize,
    /// What is wrong.
    pub(super) findings: Vec<Finding>,
    /// What could not be looked at, or not be put back.
    pub(super) troubles: Vec<Error>,
}

impl Looked {
    /// Takes what was seen of some parts.
    pub(super) fn take(&mut self, parts: usize, answer: Result<Vec<Finding>, Failure>) {
        match answer {
            Ok(findings) => {
                self.parts += parts;
                self.findings.extend(findings);
            }
            Err(failure) => self.troubles.push(failure.into()),
        }
    }

    /// How the command ends.
    pub(super) fn status(&self) -> Status {
        if !self.troubles.is_empty() {
            Status::Partly
        } else if self.findings.iter().any(|finding| !finding.repaired) {
            Status::Found
        } else {
            Status::Done
        }
    }
}
