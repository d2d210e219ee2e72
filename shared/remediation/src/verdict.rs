//! What a control says about a state.

use serde::{Deserialize, Serialize};

/// How much a remediation can break. Ordered: what is above the configured ceiling waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Safety {
    /// Nothing that is in use now depends on the violation, as far as the readings tell.
    Safe,
    /// Something may depend on it; the way back is there.
    Disruptive,
    /// It cannot be taken back. Never done without approval, whatever the ceiling.
    Irreversible,
}

impl Safety {
    /// The name that is configured and printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Disruptive => "disruptive",
            Self::Irreversible => "irreversible",
        }
    }
}

/// What an undo of a remediation restores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undo {
    /// The setting is again what it was.
    Exact,
    /// The setting does again what it did; the text says what differs.
    Equivalent(String),
    /// There is no way back; the text says why. Never done without approval.
    None(String),
}

/// What tells whether somebody uses what a remediation closes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The remediation closes nothing that somebody could use.
    NothingCloses,
    /// AWS does not tell, or not cheaply. That never counts as unused.
    #[default]
    NoneAvailable,
    /// Nobody does, as far as AWS tells; the text says what was looked at.
    Unused(String),
    /// Somebody does, or may; the text says what tells so.
    Used(String),
}

/// A control's judgement of one observed state.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict<S> {
    /// The state is as it should be.
    Compliant {
        /// Why, in a sentence's words.
        because: String,
    },
    /// The state is not as it should be, and can be put right.
    Violation {
        /// The state that the setting should have: the observed one with the least change.
        desired: S,
        /// What is wrong, naming the element.
        detail: String,
        /// What the remediation may break, judged from what was read.
        safety: Safety,
        /// What its undo restores.
        undo: Undo,
    },
    /// The state is not as it should be, and a person has to act.
    Advise {
        /// What to do.
        steps: String,
    },
    /// The state cannot be judged. It never counts as compliant.
    Undecidable {
        /// What was not understood.
        why: String,
    },
}

impl<S> Verdict<S> {
    /// The same verdict over another representation of the state.
    pub fn map<T>(self, convert: impl FnOnce(S) -> T) -> Verdict<T> {
        match self {
            Self::Compliant { because } => Verdict::Compliant { because },
            Self::Violation { desired, detail, safety, undo } => {
                Verdict::Violation { desired: convert(desired), detail, safety, undo }
            }
            Self::Advise { steps } => Verdict::Advise { steps },
            Self::Undecidable { why } => Verdict::Undecidable { why },
        }
    }

    /// Whether the state is compliant.
    pub fn is_compliant(&self) -> bool {
        matches!(self, Self::Compliant { .. })
    }

    /// Whether the state is a violation that can be put right.
    pub fn is_violation(&self) -> bool {
        matches!(self, Self::Violation { .. })
    }
}
