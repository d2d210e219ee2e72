//! Whether a part of IAM Roles Anywhere was put in force by somebody who may.

use demarc_classification::Resource;

use super::newcomer::Newcomer;
use crate::{
    context::Context,
    settings::iam::roles_anywhere::Enabled,
    state::StateError,
    verdict::{Safety, Undo, Verdict},
};

/// The verdict about a trust anchor or a profile.
pub(crate) fn put_in_force(
    resource: &Resource,
    observed: &Enabled,
    context: &Context<'_>,
) -> Result<Verdict<Enabled>, StateError> {
    let compliant = |because: &str| Ok(Verdict::Compliant { because: because.to_owned() });
    if !observed.enabled {
        return compliant("it is not in force");
    }
    let before: Option<Enabled> = context.last_known_good()?;
    if before.is_some_and(|before| before.enabled) {
        return compliant("it was in force before");
    }
    Ok(match Newcomer::of(context, &resource.account, |_| false) {
        Newcomer::Meant(because) => Verdict::Compliant { because },
        Newcomer::Unknown(why) => Verdict::Undecidable { why },
        Newcomer::Unasked(by) => Verdict::Violation {
            desired: Enabled { enabled: false },
            detail: format!("put in force by {by}"),
            safety: Safety::Disruptive,
            undo: Undo::Exact,
        },
    })
}
