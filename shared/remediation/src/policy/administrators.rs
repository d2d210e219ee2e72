//! Which users, roles and groups may do everything.

use demarc_classification::{Resource, kinds};

use crate::{
    context::Context,
    settings::iam::{
        attached_policies::AttachedPolicies, group_members::GroupMembers,
        inline_policies::InlinePolicies,
    },
    verdict::{Safety, Undo, Verdict},
};

/// Judges the managed policies of a user, role or group.
pub(crate) fn no_administrator(
    resource: &Resource,
    observed: &AttachedPolicies,
    context: &Context<'_>,
) -> Verdict<AttachedPolicies> {
    let Some(arn) = observed.administrator() else {
        return Verdict::Compliant { because: "no administrator policy is attached".to_owned() };
    };
    if is_administrator(resource, context) {
        return configured();
    }
    Verdict::Violation {
        desired: observed.without(arn),
        detail: format!("`{arn}` is attached"),
        safety: Safety::Disruptive,
        undo: Undo::Exact,
    }
}

/// Judges the policies that stand in a user, role or group.
pub(crate) fn no_full_access(
    resource: &Resource,
    observed: &InlinePolicies,
    context: &Context<'_>,
) -> Verdict<InlinePolicies> {
    let full: Vec<String> = observed.full_access().map(|name| format!("`{name}`")).collect();
    if full.is_empty() {
        let because = "no inline policy allows everything".to_owned();
        return Verdict::Compliant { because };
    }
    if is_administrator(resource, context) {
        return configured();
    }
    Verdict::Violation {
        desired: observed.limited(),
        detail: format!("allowed everything by inline policy: {}", full.join(", ")),
        safety: Safety::Disruptive,
        undo: Undo::Exact,
    }
}

fn is_administrator(resource: &Resource, context: &Context<'_>) -> bool {
    let administrators = &context.configuration.administrators;
    let names = match resource.kind.as_str() {
        kinds::USER => &administrators.users,
        kinds::ROLE => &administrators.roles,
        _ => &administrators.groups,
    };
    names.contains(&resource.id)
}

fn configured<S>() -> Verdict<S> {
    Verdict::Compliant { because: "it is configured as one of the administrators".to_owned() }
}

/// The verdict about a role that only IAM Identity Center changes.
pub(crate) fn kept_by_identity_center<S>() -> Verdict<S> {
    let because = "IAM Identity Center keeps the role: its permission set says what it may do";
    Verdict::Compliant { because: because.to_owned() }
}

/// The verdict about a group, with those whom it concerns.
pub(crate) fn of_members<S>(verdict: Verdict<S>, members: &GroupMembers) -> Verdict<S> {
    match verdict {
        Verdict::Violation { desired, detail, undo, .. } => {
            let names: Vec<&str> = members.0.iter().map(String::as_str).collect();
            let (safety, whom) = match names.as_slice() {
                [] => (Safety::Safe, "nobody".to_owned()),
                names => (Safety::Disruptive, names.join(", ")),
            };
            let detail = format!("{detail}; members: {whom}");
            Verdict::Violation { desired, detail, safety, undo }
        }
        other => other,
    }
}
