//! The component definition against the catalogue, and what NIST's schema cannot see.

use std::collections::{BTreeMap, BTreeSet};

use demarc_classification::{
    Responsibility,
    catalogue::{controls::SecurityHubControl, services::Service},
    explain::parts,
};
use serde_json::{Value, json};

use super::{derived, schema::document, words};

/// Every part of a document, in its order.
fn parts_of<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    found.push(value);
    match value {
        Value::Object(members) => members.values().for_each(|member| parts_of(member, found)),
        Value::Array(items) => items.iter().for_each(|item| parts_of(item, found)),
        _ => {}
    }
}

/// Every text of that name, wherever it stands.
fn texts<'a>(document: &'a Value, name: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    parts_of(document, &mut parts);
    parts.iter().filter_map(|part| part.get(name)?.as_str()).collect()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap_or_else(|| panic!("no list `{name}`"))
}

/// The roles that are named, and that the metadata does not define.
fn unknown_roles(document: &Value) -> Vec<&str> {
    let metadata = &document["component-definition"]["metadata"];
    let known: BTreeSet<&str> =
        list(metadata, "roles").iter().map(|role| role["id"].as_str().unwrap()).collect();
    texts(document, "role-id").into_iter().filter(|role| !known.contains(role)).collect()
}

/// The service and the requirement of each control.
fn requirements(document: &Value) -> Vec<(&str, &Value)> {
    let components = list(&document["component-definition"], "components").iter();
    components
        .flat_map(|component| {
            let service = values(component, "service")[0];
            let sets = list(component, "control-implementations").iter();
            sets.flat_map(|set| list(set, "implemented-requirements"))
                .map(move |requirement| (service, requirement))
        })
        .collect()
}

/// The values of the properties of that name.
fn values<'a>(part: &'a Value, name: &str) -> Vec<&'a str> {
    let properties = list(part, "props").iter().filter(|property| property["name"] == name);
    properties.map(|property| property["value"].as_str().unwrap()).collect()
}

#[test]
fn every_control_occurs_once_in_its_services_component() {
    let document = document();
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (service, requirement) in requirements(&document) {
        found.entry(requirement["control-id"].as_str().unwrap()).or_default().push(service);
    }
    let known: BTreeMap<&str, Vec<&str>> = SecurityHubControl::all()
        .map(|control| (control.id, vec![Service::of_control(control.id).unwrap().key]))
        .collect();
    assert_eq!(found, known);
}

#[test]
fn the_responsible_roles_are_those_of_the_catalogue() {
    let document = document();
    for (_, requirement) in requirements(&document) {
        let id = requirement["control-id"].as_str().unwrap();
        let expected: &[&str] = match SecurityHubControl::find(id).unwrap().responsibility().0 {
            Responsibility::Aws => &["aws"],
            Responsibility::Customer => &["customer"],
            Responsibility::Shared => &["aws", "customer"],
            Responsibility::Undetermined => panic!("nobody answers for {id}"),
        };
        let roles: Vec<&Value> =
            list(requirement, "responsible-roles").iter().map(|role| &role["role-id"]).collect();
        assert_eq!(roles, expected, "{id}");
    }
}

#[test]
fn every_statement_says_what_each_side_does() {
    let document = document();
    for (_, requirement) in requirements(&document) {
        let control =
            SecurityHubControl::find(requirement["control-id"].as_str().unwrap()).unwrap();
        let parts = parts(control.model, control.layer);
        let statement = requirement["description"].as_str().unwrap();
        for part in [control.title, parts.aws, parts.customer, control.call] {
            assert!(statement.contains(part), "{}: `{part}` is not in {statement}", control.id);
        }
        assert!(!parts.aws.is_empty() && !parts.customer.is_empty(), "{}", control.id);
    }
}

#[test]
fn the_properties_are_those_of_the_catalogue() {
    let document = document();
    for (_, requirement) in requirements(&document) {
        let control =
            SecurityHubControl::find(requirement["control-id"].as_str().unwrap()).unwrap();
        let (responsibility, kind) = control.responsibility();
        let expected = [
            ("title", vec![control.title]),
            ("responsibility", vec![responsibility.as_str()]),
            ("kind", vec![kind.as_str()]),
            ("layer", vec![control.layer.as_str()]),
            ("service-model", vec![control.model.as_str()]),
            ("severity", vec![control.severity.as_str()]),
            ("remedy", vec![control.remedy.as_str()]),
            ("call", vec![control.call].into_iter().filter(|call| !call.is_empty()).collect()),
            ("config-rule", words(control.config_rule)),
            ("resource-type", words(control.resources)),
            ("framework", words(control.frameworks)),
            ("derived-framework", derived(&control)),
        ];
        for (name, known) in expected {
            assert_eq!(values(requirement, name), known, "{}: {name}", control.id);
        }
    }
}

#[test]
fn a_derived_framework_says_what_it_is_derived_from() {
    let document = document();
    let mut count = 0;
    for (_, requirement) in requirements(&document) {
        let own = values(requirement, "framework");
        for property in
            list(requirement, "props").iter().filter(|p| p["name"] == "derived-framework")
        {
            let from = property["remarks"].as_str().unwrap().strip_prefix("derived from ").unwrap();
            assert!(own.contains(&from), "{}", requirement["control-id"]);
            count += 1;
        }
    }
    assert!(count > 0);
}

#[test]
fn every_property_is_in_the_projects_namespace() {
    let document = document();
    let mut parts = Vec::new();
    parts_of(&document, &mut parts);
    for property in parts.iter().filter_map(|part| part.get("props")?.as_array()).flatten() {
        assert_eq!(property["ns"], "urn:demarc:oscal", "{property}");
    }
}

#[test]
fn identifiers_are_unique() {
    let document = document();
    let mut seen = BTreeSet::new();
    for uuid in texts(&document, "uuid") {
        assert!(seen.insert(uuid), "{uuid} twice");
    }
    assert!(seen.len() > SecurityHubControl::all().count());
}

#[test]
fn every_role_and_party_is_defined() {
    let mut document = document();
    assert_eq!(unknown_roles(&document), [""; 0]);
    let metadata = &document["component-definition"]["metadata"];
    let parties: Vec<&Value> = list(metadata, "parties").iter().map(|p| &p["uuid"]).collect();
    let responsible = list(metadata, "responsible-parties").iter();
    let named: Vec<&Value> = responsible.flat_map(|r| list(r, "party-uuids")).collect();
    assert_eq!(named, parties);
    let first = "/component-definition/components/0/control-implementations/0/implemented-requirements/0/responsible-roles/0/role-id";
    *document.pointer_mut(first).unwrap() = json!("nobody");
    assert_eq!(unknown_roles(&document), ["nobody"]);
}

#[test]
fn the_metadata_names_the_versions() {
    let document = document();
    let metadata = &document["component-definition"]["metadata"];
    assert_eq!(metadata["oscal-version"], "1.2.3");
    assert_eq!(metadata["version"], env!("CARGO_PKG_VERSION"));
}
