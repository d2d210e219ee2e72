//! The `Condition` element of a statement.
//!
//! All conditions of a statement must hold, so one that says who is enough; the values of one key
//! are alternatives, so one value that lets anyone in is enough for the key to say nothing. Source:
//! the IAM User Guide, "IAM JSON policy elements: Condition operators" and "Multivalued context
//! keys".

use serde_json::{Map, Value};

use super::{
    address::{Range, S3},
    key::{Subject, subject},
    pattern::has_wildcard,
    shown, strings,
};

/// What conditions say about who the caller is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// The caller is one of those that the text names.
    Who(String),
    /// Nothing.
    Nobody,
    /// Not understood.
    Unclear(String),
}

/// How an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compares {
    /// Letter by letter.
    Literally,
    /// With wildcards, over the whole text.
    AsPattern,
    /// With wildcards, each part of an ARN for itself. `ArnEquals` does the same as `ArnLike`.
    AsArn,
    /// As ranges of addresses.
    AsAddress,
    /// As a flag.
    AsFlag,
    /// With an order, which says nothing about who.
    InOrder,
    /// Whether the key is there at all.
    Presence,
    /// By what it is not, which leaves everyone else.
    Negatively,
}

/// An operator with its modifiers.
#[derive(Clone, Copy, Debug)]
struct Operator {
    compares: Compares,
    /// Also true where the request does not have the key (`...IfExists`, `ForAllValues:`).
    true_when_missing: bool,
}

fn operator(name: &str) -> Option<Operator> {
    let (for_all, name) = match name.split_once(':') {
        Some(("ForAllValues", rest)) => (true, rest),
        Some(("ForAnyValue", rest)) => (false, rest),
        Some(_) => return None,
        None => (false, name),
    };
    let base = name.strip_suffix("IfExists").unwrap_or(name);
    let compares = match base {
        "StringEquals" | "StringEqualsIgnoreCase" => Compares::Literally,
        "StringLike" => Compares::AsPattern,
        "ArnEquals" | "ArnLike" => Compares::AsArn,
        "IpAddress" => Compares::AsAddress,
        "Bool" => Compares::AsFlag,
        "Null" => Compares::Presence,
        "NumericEquals"
        | "NumericLessThan"
        | "NumericLessThanEquals"
        | "NumericGreaterThan"
        | "NumericGreaterThanEquals"
        | "DateEquals"
        | "DateLessThan"
        | "DateLessThanEquals"
        | "DateGreaterThan"
        | "DateGreaterThanEquals" => Compares::InOrder,
        "StringNotEquals"
        | "StringNotEqualsIgnoreCase"
        | "StringNotLike"
        | "ArnNotEquals"
        | "ArnNotLike"
        | "NotIpAddress"
        | "NumericNotEquals"
        | "DateNotEquals" => Compares::Negatively,
        _ => return None,
    };
    Some(Operator { compares, true_when_missing: for_all || base.len() < name.len() })
}

/// What a statement's conditions say together.
pub(super) fn says(condition: Option<&Value>) -> Says {
    let Some(condition) = condition else { return Says::Nobody };
    let Some(operators) = condition.as_object() else {
        return Says::Unclear(format!("its condition is `{}`", shown(condition)));
    };
    let required = required(operators);
    let each: Vec<Says> =
        operators.iter().flat_map(|(name, keys)| one_operator(name, keys, &required)).collect();
    let who = each.iter().find(|s| matches!(s, Says::Who(_)));
    let unclear = each.iter().find(|s| matches!(s, Says::Unclear(_)));
    who.or(unclear).cloned().unwrap_or(Says::Nobody)
}

/// A condition that holds the caller to accounts or organizations, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owners<'a> {
    pub operator: &'a str,
    pub key: &'a str,
    pub values: Vec<&'a str>,
}

const OWNER_KEYS: [&str; 4] =
    ["aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths"];

/// The conditions that each hold the caller to accounts or organizations.
pub(super) fn owners(condition: Option<&Value>) -> Vec<Owners<'_>> {
    let Some(operators) = condition.and_then(Value::as_object) else { return Vec::new() };
    let required = required(operators);
    let keys = operators.iter().filter_map(|(name, keys)| Some((name, keys.as_object()?)));
    keys.flat_map(|(name, keys)| keys.iter().map(move |(key, value)| (name, key, value)))
        .filter(|(_, key, _)| OWNER_KEYS.contains(&key.to_ascii_lowercase().as_str()))
        .filter(|(name, key, value)| {
            let says = operator(name).map(|operator| one_key(operator, key, value, &required));
            matches!(says, Some(Says::Who(_)))
        })
        .filter_map(|(operator, key, value)| {
            Some(Owners { operator, key, values: strings(value)? })
        })
        .collect()
}

/// Keys that a `Null: false` demands, in lower case.
fn required(operators: &Map<String, Value>) -> Vec<String> {
    let keys = operators.get("Null").and_then(Value::as_object).into_iter().flatten();
    keys.filter(|(_, value)| is_flag(value, "false")).map(|(k, _)| k.to_ascii_lowercase()).collect()
}

/// Whether the value is this flag, as a boolean, a string, or a list of one of them.
pub(super) fn is_flag(value: &Value, flag: &str) -> bool {
    match value {
        Value::Bool(b) => b.to_string() == flag,
        Value::String(s) => s.eq_ignore_ascii_case(flag),
        Value::Array(list) => !list.is_empty() && list.iter().all(|v| is_flag(v, flag)),
        _ => false,
    }
}

fn one_operator(name: &str, keys: &Value, required: &[String]) -> Vec<Says> {
    let Some(operator) = operator(name) else {
        return vec![Says::Unclear(format!(
            "the condition operator `{}` is not known",
            shown(name)
        ))];
    };
    let Some(keys) = keys.as_object() else {
        return vec![Says::Unclear(format!(
            "the condition operator `{}` has no keys",
            shown(name)
        ))];
    };
    keys.iter().map(|(key, value)| one_key(operator, key, value, required)).collect()
}

fn one_key(operator: Operator, key: &str, value: &Value, required: &[String]) -> Says {
    if operator.compares == Compares::Negatively {
        return Says::Nobody;
    }
    let Some(subject) = subject(key) else {
        return Says::Unclear(format!("the condition key `{}` is not known", shown(key)));
    };
    let missing_is_true =
        operator.true_when_missing && !required.contains(&key.to_ascii_lowercase());
    if subject == Subject::Nothing || operator.compares == Compares::Presence || missing_is_true {
        return Says::Nobody;
    }
    if operator.compares == Compares::AsFlag && subject == Subject::Flag {
        let who = || Says::Who(format!("`{key}` has to be true"));
        return if is_flag(value, "true") { who() } else { Says::Nobody };
    }
    let Some(values) = strings(value) else {
        return Says::Unclear(format!(
            "the condition key `{key}` has the value `{}`",
            shown(value)
        ));
    };
    one_of(key, &values, |value| held(operator.compares, subject, value))
}

/// What one value of a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// It holds the caller to a fixed owner.
    Fixed,
    /// Anyone can have such a value.
    Free,
    /// Not understood.
    Unclear,
}

fn one_of(key: &str, values: &[&str], held: impl Fn(&str) -> Held) -> Says {
    let first = |wanted: Held| values.iter().find(|value| held(value) == wanted);
    if first(Held::Free).is_some() {
        return Says::Nobody;
    }
    match first(Held::Unclear) {
        Some(value) => {
            Says::Unclear(format!("the value `{}` of `{key}` is not understood", shown(value)))
        }
        None => Says::Who(format!("`{key}` has to be {}", quoted(values))),
    }
}

fn quoted(values: &[&str]) -> String {
    let each: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    shown(each.join(" or "))
}

fn held(compares: Compares, subject: Subject, value: &str) -> Held {
    if value.is_empty() || value.contains("${") {
        return Held::Unclear;
    }
    match (compares, subject) {
        (Compares::AsAddress, Subject::Address) => address(value),
        (_, Subject::Address) | (Compares::AsAddress, _) => Held::Unclear,
        (Compares::Literally, _) => Held::Fixed,
        (Compares::AsArn, Subject::Arn) => arn(value, false),
        (Compares::AsPattern, Subject::Arn) => arn(value, true),
        (Compares::AsPattern, Subject::Name) => fixed(!has_wildcard(value)),
        (Compares::AsPattern, Subject::UserId) => fixed(!has_wildcard(start(value, ':'))),
        (Compares::AsPattern, Subject::OrganizationPath) => fixed(!has_wildcard(start(value, '/'))),
        _ => Held::Unclear,
    }
}

fn fixed(is_fixed: bool) -> Held {
    if is_fixed { Held::Fixed } else { Held::Free }
}

fn start(value: &str, end: char) -> &str {
    value.split(end).next().unwrap_or_default()
}

fn address(value: &str) -> Held {
    Range::parse(value).map_or(Held::Unclear, |range| fixed(!range.is_world(S3)))
}

/// An ARN pattern. Where the whole text is one pattern, a wildcard may run over colons, so nothing
/// before the account may have one.
fn arn(value: &str, over_colons: bool) -> Held {
    let parts: Vec<&str> = value.splitn(6, ':').collect();
    let &[_, _, _, _, account, resource] = parts.as_slice() else {
        return if has_wildcard(value) { Held::Free } else { Held::Unclear };
    };
    if has_wildcard(account) {
        return Held::Free;
    }
    if over_colons && parts.iter().take(4).any(|part| has_wildcard(part)) {
        return Held::Unclear;
    }
    fixed(!account.is_empty() || !has_wildcard(resource))
}
