//! The component definition against NIST's schema.

use std::fs;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::{here, published};

fn validator() -> Validator {
    let schema = fs::read_to_string(here("schema/oscal_component_schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

/// The published document.
pub fn document() -> Value {
    serde_json::from_str(&published("oscal/component-definition.json")).unwrap()
}

/// Its first component with the first control alone, which the schema takes too.
fn excerpt() -> Value {
    let mut document = document();
    for list in [
        "/component-definition/components",
        "/component-definition/components/0/control-implementations/0/implemented-requirements",
    ] {
        document.pointer_mut(list).unwrap().as_array_mut().unwrap().truncate(1);
    }
    document
}

/// Parts that must have an identifier. (A party's is left to the publisher by NIST's schema.)
const IDENTIFIED: [&str; 4] = [
    "/component-definition",
    "/component-definition/components/0",
    "/component-definition/components/0/control-implementations/0",
    "/component-definition/components/0/control-implementations/0/implemented-requirements/0",
];

#[test]
fn the_document_is_what_nists_schema_asks_for() {
    let document = document();
    let errors: Vec<String> = validator()
        .iter_errors(&document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn a_document_without_an_identifier_is_refused() {
    let (validator, whole) = (validator(), excerpt());
    assert!(validator.is_valid(&whole));
    for place in IDENTIFIED {
        let mut broken = whole.clone();
        let part = broken.pointer_mut(place).unwrap().as_object_mut().unwrap();
        assert!(part.remove("uuid").is_some(), "{place}");
        assert!(!validator.is_valid(&broken), "{place}");
    }
}

#[test]
fn a_document_with_a_wrong_value_is_refused() {
    let requirement = IDENTIFIED[3];
    let cases = [
        ("/component-definition/uuid".to_owned(), json!("not-a-uuid")),
        ("/component-definition/metadata/last-modified".to_owned(), json!("2026-11-26")),
        ("/component-definition/metadata/roles/0/id".to_owned(), json!("two words")),
        (format!("{requirement}/control-id"), json!("3.S")),
        (format!("{requirement}/props/0/value"), json!("")),
        (format!("{requirement}/props/0/ns"), json!("no namespace")),
        (format!("{requirement}/responsible-roles"), json!([])),
        (format!("{requirement}/description"), Value::Null),
    ];
    let (validator, whole) = (validator(), excerpt());
    for (place, value) in cases {
        let mut broken = whole.clone();
        *broken.pointer_mut(&place).unwrap() = value;
        assert!(!validator.is_valid(&broken), "{place}");
    }
}
