//! A resource policy or a trust policy, part by part.
//!
//! Source: IAM User Guide, "Grammar of the IAM JSON policy language".

use demarc_classification::{Change, parse_arn};
use serde_json::{Map, Value, json};

use super::strings;
use crate::{
    element::Elements,
    state::{State, StateError},
};

const MEMBER: &str = "policy:";
const STATEMENT: &str = "statement:";

/// One part of a policy document, in its place.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    /// `Version`, `Id`, or anything else beside the statements.
    Member(String, Value),
    /// One statement, untouched.
    Statement(Value),
}

/// A policy: every part of the document, in its order. A policy without statements is the
/// absent one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    parts: Vec<Part>,
}

impl Document {
    /// Reads a document. `Statement` may be one object or a list.
    ///
    /// # Errors
    /// The text is no JSON object.
    pub fn parse(document: &str) -> Result<Self, StateError> {
        match serde_json::from_str(document) {
            Ok(Value::Object(members)) => Ok(Self::of(members)),
            Ok(_) => Err(StateError::new("the policy is no object")),
            Err(e) => Err(StateError::new(e.to_string())),
        }
    }

    fn of(members: Map<String, Value>) -> Self {
        let parts = members.into_iter().flat_map(|(name, value)| match (name.as_str(), value) {
            ("Statement", Value::Array(list)) => list.into_iter().map(Part::Statement).collect(),
            ("Statement", one) => vec![Part::Statement(one)],
            (_, value) => vec![Part::Member(name, value)],
        });
        Self::normal(parts.collect())
    }

    fn normal(parts: Vec<Part>) -> Self {
        let any = parts.iter().any(|part| matches!(part, Part::Statement(_)));
        Self { parts: if any { parts } else { Vec::new() } }
    }

    /// The document, as it is written. Empty for the absent policy.
    #[must_use]
    pub fn document(&self) -> String {
        if self.parts.is_empty() {
            return String::new();
        }
        let mut members = Map::new();
        for part in &self.parts {
            match part {
                Part::Member(name, value) => {
                    members.insert(name.clone(), value.clone());
                }
                Part::Statement(statement) => {
                    let list = members
                        .entry("Statement")
                        .or_insert_with(|| Value::Array(Vec::new()))
                        .as_array_mut();
                    list.into_iter().for_each(|list| list.push(statement.clone()));
                }
            }
        }
        Value::Object(members).to_string()
    }

    /// The statements in their order.
    pub fn statements(&self) -> impl Iterator<Item = &Value> {
        self.parts.iter().filter_map(|part| match part {
            Part::Statement(statement) => Some(statement),
            Part::Member(..) => None,
        })
    }

    /// The same policy with only the statements that `keep` wants.
    #[must_use]
    pub fn retaining(&self, keep: impl Fn(&Value) -> bool) -> Self {
        self.changed(|statement| keep(statement).then(|| statement.clone()))
    }

    /// The same policy with every statement as `changed` has it; where that is none, without it.
    #[must_use]
    pub fn changed(&self, changed: impl Fn(&Value) -> Option<Value>) -> Self {
        let parts = self.parts.iter().filter_map(|part| match part {
            Part::Statement(statement) => changed(statement).map(Part::Statement),
            Part::Member(..) => Some(part.clone()),
        });
        Self::normal(parts.collect())
    }

    /// The same policy with one more statement behind the others.
    #[must_use]
    pub fn with(&self, statement: Value) -> Self {
        let mut parts = self.parts.clone();
        let last = parts.iter().rposition(|part| matches!(part, Part::Statement(_)));
        parts.insert(last.map_or(parts.len(), |i| i + 1), Part::Statement(statement));
        Self { parts }
    }
}

/// A statement's `Sid`, where it has one.
#[must_use]
pub fn sid(statement: &Value) -> Option<&str> {
    statement.get("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty())
}

/// What a statement is called in a sentence: by its `Sid`, else by its number, counted from 1.
#[must_use]
pub fn named(statement: &Value, number: usize) -> String {
    sid(statement).map_or_else(|| format!("statement {number}"), |sid| format!("statement `{sid}`"))
}

fn statement_id(statement: &Value) -> String {
    match sid(statement) {
        Some(sid) => format!("{STATEMENT}{sid}"),
        None => format!("{STATEMENT}{statement}"),
    }
}

impl State for Document {
    fn elements(&self) -> Elements {
        let pairs = self.parts.iter().map(|part| match part {
            Part::Member(name, value) => (format!("{MEMBER}{name}"), value.clone()),
            Part::Statement(statement) => (statement_id(statement), statement.clone()),
        });
        pairs.collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        let part = |id: &str, value: &Value| match id.strip_prefix(MEMBER) {
            Some(name) => Ok(Part::Member(name.to_owned(), value.clone())),
            None if id.starts_with(STATEMENT) => Ok(Part::Statement(value.clone())),
            None => Err(StateError::new(format!("`{id}` is no part of a policy"))),
        };
        let parts: Result<Vec<Part>, StateError> =
            elements.iter().map(|e| part(&e.id, &e.value)).collect();
        Ok(Self::normal(parts?))
    }

    fn shows(&self, change: &Change) -> bool {
        if change.name.starts_with("Delete") {
            return self.parts.is_empty();
        }
        let members = ["bucketPolicy", "policyDocument", "assumeRolePolicyDocument"];
        let said = match members.iter().find_map(|member| change.request.get(*member)) {
            Some(Value::Object(members)) => Self::of(members.clone()),
            Some(Value::String(text)) => match Self::parse(text) {
                Ok(policy) => policy,
                Err(_) => return true,
            },
            _ => return true,
        };
        let comparable = |policy: &Self| policy.statements().map(comparable).collect::<Vec<_>>();
        comparable(self) == comparable(&said)
    }
}

/// A statement in a spelling that services keep: they write an account as its root's ARN, and lists
/// of one as they like.
fn comparable(statement: &Value) -> Value {
    match statement {
        Value::Object(members) => {
            let each = members.iter().map(|(name, value)| match name.as_str() {
                "Principal" => (name.clone(), principal(value)),
                _ => (name.clone(), comparable(value)),
            });
            each.collect()
        }
        Value::Array(list) => match list.as_slice() {
            [one] => comparable(one),
            many => many.iter().map(comparable).collect(),
        },
        other => other.clone(),
    }
}

/// Accounts as their ids, in an order. `null` for a canonical user, whom services write as an
/// ARN.
fn principal(value: &Value) -> Value {
    let Some(kinds) = value.as_object() else { return value.clone() };
    if kinds.contains_key("CanonicalUser") {
        return Value::Null;
    }
    let each = kinds.iter().map(|(kind, value)| {
        let mut names: Vec<&str> = strings(value).unwrap_or_default();
        names.iter_mut().for_each(|name| *name = account(name));
        names.sort_unstable();
        (kind.clone(), json!(names))
    });
    each.collect()
}

fn account(name: &str) -> &str {
    match parse_arn(name) {
        Some(arn) if arn.service == "iam" && arn.resource == "root" => arn.account,
        _ => name,
    }
}
