//! Whether a permissions boundary was taken away.

use crate::{
    context::Context,
    settings::iam::{boundaries::Boundary, user_console::denies_all},
    state::StateError,
    verdict::{Safety, Undo, Verdict},
};

/// The verdict about a user's or a role's boundary.
pub(crate) fn kept(
    observed: &Boundary,
    context: &Context<'_>,
) -> Result<Verdict<Boundary>, StateError> {
    if let Some(arn) = observed.bounds() {
        return Ok(Verdict::Compliant { because: format!("its boundary is `{arn}`") });
    }
    let before: Option<Boundary> = context.last_known_good()?;
    // Whoever was contained is not contained again because a person ended it.
    let is_boundary = |before: &Boundary| before.bounds().is_some_and(|arn| !denies_all(arn));
    let Some(before) = before.filter(is_boundary) else {
        return Ok(without_former(context));
    };
    let was = before.bounds().unwrap_or_default();
    let is_recent = context.was_good_until_now();
    Ok(Verdict::Violation {
        detail: match &observed.policy {
            None => format!("the permissions boundary `{was}` was taken away"),
            Some(now) => format!("`{now}`, which bounds nothing, took the place of `{was}`"),
        },
        desired: before,
        safety: if is_recent { Safety::Safe } else { Safety::Disruptive },
        undo: Undo::Exact,
    })
}

fn without_former(context: &Context<'_>) -> Verdict<Boundary> {
    if context.is_enrolling() {
        let why = "enrolling: the first sweep is not through yet, so it is not known whether a \
            permissions boundary was taken away";
        return Verdict::Undecidable { why: why.to_owned() };
    }
    Verdict::Compliant { because: "no permissions boundary was taken away".to_owned() }
}
