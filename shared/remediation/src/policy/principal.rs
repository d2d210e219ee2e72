//! The `Principal` element of a statement.

use demarc_classification::parse_arn;
use serde_json::Value;

use super::{pattern::has_wildcard, shown, strings};

/// Whom the principal element names.
#[derive(Debug)]
pub(super) enum Principals {
    /// Anyone; the text says by which spelling.
    Everyone(String),
    /// Only accounts, users, roles, services or providers that are named.
    Named,
    /// Not understood.
    Unclear(String),
}

/// Whom a statement's `Principal` or `NotPrincipal` names.
pub(super) fn principals(statement: &Value) -> Principals {
    if statement.get("NotPrincipal").is_some() {
        return Principals::Everyone("it allows everyone but those in `NotPrincipal`".to_owned());
    }
    match statement.get("Principal") {
        Some(Value::String(one)) if one == "*" => everyone("*"),
        Some(Value::Object(kinds)) if !kinds.is_empty() => {
            all(kinds.iter().map(|(kind, value)| of_kind(kind, value)))
        }
        Some(other) => Principals::Unclear(format!("its principal is `{}`", shown(other))),
        None => Principals::Unclear("it has no principal".to_owned()),
    }
}

/// Whether a statement is about everyone, in any spelling, and with nobody left out.
pub(super) fn is_everyone(statement: &Value) -> bool {
    statement.get("NotPrincipal").is_none()
        && match statement.get("Principal") {
            Some(Value::String(one)) => one == "*",
            Some(Value::Object(kinds)) => kinds.iter().any(|(kind, value)| {
                matches!(kind.as_str(), "AWS" | "*")
                    && strings(value).is_some_and(|list| list.contains(&"*"))
            }),
            _ => false,
        }
}

fn everyone(spelling: &str) -> Principals {
    Principals::Everyone(format!("its principal is everyone (`{}`)", shown(spelling)))
}

/// The widest of several: everyone, else unclear, else named.
fn all(each: impl Iterator<Item = Principals>) -> Principals {
    each.fold(Principals::Named, |widest, next| match (&widest, &next) {
        (Principals::Everyone(_), _) | (Principals::Unclear(_), Principals::Named) => widest,
        (Principals::Unclear(_), Principals::Unclear(_)) => widest,
        _ => next,
    })
}

fn of_kind(kind: &str, value: &Value) -> Principals {
    let Some(list) = strings(value) else {
        return Principals::Unclear(format!(
            "its principal `{}` is `{}`",
            shown(kind),
            shown(value)
        ));
    };
    match kind {
        "AWS" | "*" => all(list.into_iter().map(aws)),
        "Service" | "Federated" | "CanonicalUser" if list.contains(&"*") => everyone("*"),
        "Service" | "Federated" | "CanonicalUser" => Principals::Named,
        other => Principals::Unclear(format!("its kind of principal is `{}`", shown(other))),
    }
}

fn aws(value: &str) -> Principals {
    if value.is_empty() {
        return Principals::Unclear("its principal is empty".to_owned());
    }
    let of_one_account =
        parse_arn(value).is_some_and(|arn| !arn.account.is_empty() && !has_wildcard(arn.account));
    if has_wildcard(value) && !of_one_account {
        return everyone(value);
    }
    Principals::Named
}
