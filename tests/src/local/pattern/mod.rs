//! EventBridge's event patterns, matched against an event.
//!
//! moto has no `TestEventPattern`, so this follows the developer guide ("Comparison operators
//! for use in event patterns"). What is not written there is refused, never guessed: a
//! pattern that this module does not understand is an error.

mod comparison;

use serde_json::{Map, Value};

use super::Error;

/// Says whether EventBridge would deliver `event` to a rule with this pattern.
///
/// # Errors
///
/// When EventBridge would refuse the pattern, or when it uses what this module does not know.
pub fn matches(pattern: &Value, event: &Value) -> Result<bool, Error> {
    let Value::Object(fields) = pattern else {
        return refuse("the pattern is no object".to_owned());
    };
    if fields.is_empty() {
        return refuse("the pattern is empty".to_owned());
    }
    object(fields, Some(event))
}

/// All fields must match; what the pattern does not name may be anything.
fn object(fields: &Map<String, Value>, node: Option<&Value>) -> Result<bool, Error> {
    let mut all = true;
    // No early end: every part of the pattern is checked for whether it is valid.
    for (name, wanted) in fields {
        all &= match (name.as_str(), wanted) {
            ("$or", Value::Array(options)) if options.iter().all(Value::is_object) => {
                any_of(options, node)?
            }
            (_, Value::Object(inner)) if inner.is_empty() => {
                return refuse(format!("`{name}` is an empty object"));
            }
            (_, Value::Object(inner)) => nested(inner, node.and_then(|node| node.get(name)))?,
            (_, Value::Array(alternatives)) => {
                leaf(name, alternatives, node.and_then(|node| node.get(name)))?
            }
            _ => return refuse(format!("`{name}` must be an object or an array")),
        };
    }
    Ok(all)
}

fn any_of(options: &[Value], node: Option<&Value>) -> Result<bool, Error> {
    if options.len() < 2 {
        return refuse("`$or` needs at least two alternatives".to_owned());
    }
    let mut any = false;
    for option in options.iter().filter_map(Value::as_object) {
        any |= object(option, node)?;
    }
    Ok(any)
}

/// In an array of objects one and the same element must match everything below.
fn nested(fields: &Map<String, Value>, node: Option<&Value>) -> Result<bool, Error> {
    let Some(Value::Array(elements)) = node else {
        return object(fields, node);
    };
    if asks_for_absence(fields) {
        return refuse("`exists: false` inside an array of objects is not known here".to_owned());
    }
    let mut any = elements.is_empty() && object(fields, None)?;
    for element in elements {
        any |= nested(fields, Some(element))?;
    }
    Ok(any)
}

fn asks_for_absence(fields: &Map<String, Value>) -> bool {
    fields.iter().any(|(name, value)| match value {
        Value::Bool(false) => name == "exists",
        Value::Object(inner) => asks_for_absence(inner),
        Value::Array(items) => items.iter().filter_map(Value::as_object).any(asks_for_absence),
        _ => false,
    })
}

/// One of the alternatives must match the field, or one of its elements where it is an array.
fn leaf(name: &str, alternatives: &[Value], node: Option<&Value>) -> Result<bool, Error> {
    if alternatives.is_empty() {
        return refuse(format!("`{name}` is an empty array"));
    }
    let values = values(node);
    let mut any = false;
    for alternative in alternatives {
        any |= match alternative {
            Value::Array(_) => return refuse(format!("`{name}` holds an array in an array")),
            Value::Object(operator) => by_operator(name, operator, &values)?,
            exact => values.contains(&exact),
        };
    }
    Ok(any)
}

/// The values of a leaf. An object is no leaf, so it has none and counts as absent, which is
/// how EventBridge documents `exists`.
fn values(node: Option<&Value>) -> Vec<&Value> {
    match node {
        None | Some(Value::Object(_)) => Vec::new(),
        Some(Value::Array(elements)) => {
            elements.iter().flat_map(|element| values(Some(element))).collect()
        }
        Some(value) => vec![value],
    }
}

fn by_operator(
    name: &str,
    operator: &Map<String, Value>,
    values: &[&Value],
) -> Result<bool, Error> {
    let mut entries = operator.iter();
    let (Some((operator, operand)), None) = (entries.next(), entries.next()) else {
        return refuse(format!("`{name}` needs exactly one operator in each object"));
    };
    if operator == "exists" {
        return match operand {
            Value::Bool(wanted) => Ok(*wanted != values.is_empty()),
            _ => refuse(format!("`exists` of `{name}` takes true or false")),
        };
    }
    // Read even where there is no value, so that a wrong operator never passes unseen.
    let comparison = comparison::Comparison::read(operator, operand).ok_or_else(|| {
        Error::Pattern(format!("`{name}` has a bad operator `{operator}`: {operand}"))
    })?;
    Ok(values.iter().any(|value| comparison.holds(value)))
}

fn refuse<T>(why: String) -> Result<T, Error> {
    Err(Error::Pattern(why))
}
