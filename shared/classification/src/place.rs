//! A value of an event together with the place where it stands.

use serde_json::Value;

use crate::finding::Fact;
use crate::json::{member, scalar};
use crate::rejection::step;

/// A value and its JSON pointer. What is not there is null, at the place where it would be.
#[derive(Clone)]
pub(crate) struct Place<'a> {
    pub value: &'a Value,
    pub pointer: String,
}

impl<'a> Place<'a> {
    pub fn new(value: &'a Value, pointer: impl Into<String>) -> Self {
        Self { value, pointer: pointer.into() }
    }

    /// A member, under another capitalisation where the exact one is absent: some senders write
    /// `AccountId` for `accountId`.
    pub fn get(&self, key: &str) -> Self {
        let (name, value) = member(self.value, key).unwrap_or((key, &Value::Null));
        Self { value, pointer: step(&self.pointer, name) }
    }

    /// A member of a member.
    pub fn at(&self, path: &[&str]) -> Self {
        path.iter().fold(self.clone(), |place, key| place.get(key))
    }

    /// The first of the members that has text.
    pub fn any(&self, paths: &[&[&str]]) -> Option<Fact> {
        paths.iter().find_map(|path| self.at(path).fact())
    }

    /// The elements of a list; an object alone counts as a list of one.
    pub fn items(&self) -> Vec<Self> {
        match self.value {
            Value::Array(list) => list
                .iter()
                .enumerate()
                .map(|(at, value)| Self { value, pointer: step(&self.pointer, &at.to_string()) })
                .collect(),
            Value::Object(_) => vec![self.clone()],
            _ => Vec::new(),
        }
    }

    /// The members of an object.
    pub fn members(&self) -> Vec<(&'a str, Self)> {
        let object = self.value.as_object().into_iter().flatten();
        object
            .map(|(key, value)| (key.as_str(), Self { value, pointer: step(&self.pointer, key) }))
            .collect()
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<String> {
        scalar(self.value)
    }

    /// The text, empty where there is none.
    pub fn word(&self) -> String {
        self.text().unwrap_or_default()
    }

    /// The text with its place.
    pub fn fact(&self) -> Option<Fact> {
        self.text().map(|value| Fact { value, pointer: self.pointer.clone() })
    }

    /// The same; where there is no text, the place where it would be.
    pub fn stated(&self) -> Fact {
        Fact { value: self.word(), pointer: self.pointer.clone() }
    }

    /// The account id; one that a sender wrote as a number gets its zeros back.
    pub fn account(&self) -> Option<Fact> {
        let value = match self.value {
            Value::Number(number) => number.as_u64().map(|id| format!("{id:012}")),
            other => scalar(other),
        };
        value.map(|value| Fact { value, pointer: self.pointer.clone() })
    }

    pub fn is_true(&self) -> bool {
        match self.value {
            Value::Bool(flag) => *flag,
            Value::String(text) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }
}
