//! Demarc's own stack: who changes it is told, with the command that puts it back.
//!
//! No function may change Demarc, so nothing of this is ever applied by one.

mod parts;
mod trail;

use demarc_classification::Change;

pub use parts::{PARTS, Part, Restore};
pub use trail::{TRAIL_EVENTS, stopped_trail};

/// A change of a part of the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tampering {
    /// What was changed: `rule demarc-s3`.
    pub part: String,
    /// The command that puts it back, for a shell.
    pub restore: String,
    /// Whether it is how the stack is deployed: what else CloudFormation does then is its doing.
    pub is_deployment: bool,
}

/// The part of the stack that a change is about, where it is about one.
#[must_use]
pub fn tampering(change: &Change, stack: &str) -> Option<Tampering> {
    let part = PARTS.iter().find(|p| p.source == change.service && p.event == change.name)?;
    let name = part
        .names
        .iter()
        .flat_map(|path| change.texts(path))
        .map(|text| bare(&text).to_owned())
        .find(|name| is_of(name, stack))?;
    Some(Tampering {
        restore: part.restore.command(change, &name, stack),
        part: format!("{} {name}", part.kind),
        is_deployment: part.kind == parts::STACK,
    })
}

/// The last part of an ARN, a URL or a path.
fn bare(text: &str) -> &str {
    // A stack's ARN ends in an id of its own.
    let text = match text.split_once(":stack/") {
        Some((_, rest)) => rest.split('/').next().unwrap_or(rest),
        None => text,
    };
    text.rsplit(['/', ':']).next().unwrap_or(text)
}

fn is_of(name: &str, stack: &str) -> bool {
    name.strip_prefix(stack).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}
