//! What `template.yaml` says, against the catalogue that it is generated from and against AWS's own
//! list of IAM actions.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it waits for"
)]

mod actions;
mod findings;
mod guard;
mod own;
mod patterns;
mod permissions;
mod shape;
mod simulation;

use std::collections::BTreeMap;

use demarc_tests::local::template::{Deployment, Template};
use serde_json::Value;

/// The template in the home region.
fn home() -> Template {
    Template::load(&Deployment::default()).unwrap()
}

/// The template in another region.
fn away() -> Template {
    let deployment = Deployment { region: "eu-west-1".to_owned(), ..Deployment::default() };
    Template::load(&deployment).unwrap()
}

/// The template with a parameter.
fn with(parameter: &str, value: &str) -> Template {
    let parameters = BTreeMap::from([(parameter.to_owned(), value.to_owned())]);
    Template::load(&Deployment { parameters, ..Deployment::default() }).unwrap()
}

/// Every resource of a type, by logical id.
fn of_type<'a>(
    template: &'a Template,
    kind: &'a str,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let resources = template.resources().iter().filter(move |(_, r)| r["Type"] == kind);
    resources.map(|(id, resource)| (id.as_str(), &resource["Properties"]))
}

/// One text or a list of them.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(many) => many.iter().flat_map(texts).collect(),
        Value::Null => Vec::new(),
        other => panic!("{other} is no text"),
    }
}

/// Whether a text fits a pattern of `*`.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn a_pattern_fits_what_it_should() {
    assert!(fits("a*c", "abc") && fits("*", "") && fits("a:*:b*", "a::bcd") && fits("a", "a"));
    assert!(!fits("a*c", "abcd") && !fits("a", "ab") && !fits("a*b*c", "acb"));
}
