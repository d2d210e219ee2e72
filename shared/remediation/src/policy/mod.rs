//! Whom a statement of a resource policy lets in.
//!
//! The judgement is of one `Allow` statement for itself: a `Deny` elsewhere in the policy may make
//! it harmless, and is not considered, because the statement goes or stays for itself. What counts
//! as public follows the Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage",
//! section "The meaning of public": access for anyone is public unless a condition ties it to fixed
//! values of keys that say who the caller is or which network it comes from. In two places Demarc
//! looks at who can get in where S3 looks at the text: a pattern within a fixed account
//! (`arn:aws:iam::111122223333:role/*`) and a fixed role's sessions (`AROAEXAMPLEID:*`) are not
//! public here. A condition that is not understood makes the statement [`Exposure::Undecidable`].
//!
//! Written here because no crate answers this question: `iam-rs` evaluates one given request
//! against a policy, `aws-iam` models and builds documents; neither says who *could* be let in.

pub mod address;
pub(crate) mod administrators;
pub(crate) mod boundary;
mod condition;
pub(crate) mod default_group;
mod document;
mod everything;
mod key;
mod log_delivery;
pub(crate) mod newcomer;
mod pattern;
pub(crate) mod ports;
mod principal;
pub(crate) mod roles_anywhere;
pub(crate) mod sharing;
mod strangers;
mod tls;

use condition::Says;
use principal::Principals;
use serde_json::Value;

pub use document::{Document, named, sid};
pub use everything::allows_everything;
pub use log_delivery::delivered;
pub(crate) use pattern::matches as like;
pub use strangers::{Acquaintances, Given, given};
pub use tls::{SECURE_TRANSPORT, TlsCoverage};

/// Whom one statement lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// Anyone, or anyone that has any AWS account.
    Public {
        /// What makes it so.
        why: String,
    },
    /// Nobody, or only those whom it names.
    Restricted {
        /// What restricts it.
        why: String,
    },
    /// Not understood. It never counts as restricted.
    Undecidable {
        /// What was not understood.
        why: String,
    },
}

impl Exposure {
    /// Whether the statement lets anyone in.
    #[must_use]
    pub fn is_public(&self) -> bool {
        matches!(self, Self::Public { .. })
    }

    /// Why, whatever the judgement.
    #[must_use]
    pub fn why(&self) -> &str {
        match self {
            Self::Public { why } | Self::Restricted { why } | Self::Undecidable { why } => why,
        }
    }
}

/// Judges one statement of a resource policy.
#[must_use]
pub fn exposure(statement: &Value) -> Exposure {
    match statement.get("Effect").and_then(Value::as_str) {
        Some("Allow") => allowed(statement),
        Some("Deny") => Exposure::Restricted { why: "it denies".to_owned() },
        Some(other) => Exposure::Undecidable { why: format!("its effect is `{}`", shown(other)) },
        None => Exposure::Undecidable { why: "it has no effect".to_owned() },
    }
}

fn allowed(statement: &Value) -> Exposure {
    let everyone = match principal::principals(statement) {
        Principals::Everyone(everyone) => everyone,
        Principals::Named => {
            return Exposure::Restricted { why: "its principals are named".to_owned() };
        }
        Principals::Unclear(why) => return Exposure::Undecidable { why },
    };
    match condition::says(statement.get("Condition")) {
        Says::Who(why) => Exposure::Restricted { why },
        Says::Unclear(why) => Exposure::Undecidable { why },
        Says::Nobody => {
            let why = match statement.get("Condition") {
                Some(_) => format!("{everyone}, and no condition says who"),
                None => format!("{everyone}, without a condition"),
            };
            Exposure::Public { why }
        }
    }
}

/// A value as it is shown in a reason: not longer than a line.
fn shown(value: impl std::fmt::Display) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

const LONGEST_SHOWN: usize = 80;

/// The strings of a member that may be one or many. `None` where it is anything else, or empty.
fn strings(value: &Value) -> Option<Vec<&str>> {
    let list = match value {
        Value::String(one) => vec![one.as_str()],
        Value::Array(many) => many.iter().map(Value::as_str).collect::<Option<_>>()?,
        _ => return None,
    };
    (!list.is_empty()).then_some(list)
}
