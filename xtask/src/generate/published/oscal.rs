//! `docs/oscal/component-definition.json`: the controls as an OSCAL component definition, with the
//! responsible role and the implementation statement of each.

use demarc_remediation::classification::{
    Responsibility,
    catalogue::{
        controls::SecurityHubControl,
        frameworks::{FRAMEWORKS, Mapping},
    },
};
use serde_json::{Value, json};

use super::{
    Served, derived,
    identity::{NAMESPACE, identifier},
    services,
    statement::statement,
    words,
};

/// The version of OSCAL.
const OSCAL_VERSION: &str = "1.2.3";
/// When the published content last changed: set by hand, so that the file is the same each time.
const LAST_MODIFIED: &str = "2026-11-26T00:00:00Z";
/// What the control ids are ids of.
const SOURCE: &str =
    "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html";
const AWS: &str = "aws";
const CUSTOMER: &str = "customer";

/// The whole document. Its own identifier is made of its content, because OSCAL asks for another
/// one for each revision.
pub fn document() -> String {
    let components: Vec<Value> =
        services().iter().filter(|served| !served.controls.is_empty()).map(component).collect();
    let metadata = metadata();
    let content = json!({ "metadata": metadata, "components": components }).to_string();
    let document = json!({
        "component-definition": {
            "uuid": identifier(&content),
            "metadata": metadata,
            "components": components,
        }
    });
    format!("{document:#}\n")
}

fn metadata() -> Value {
    let party = |role: &str| identifier(&format!("party {role}"));
    json!({
        "title": "Who answers for the controls of AWS Security Hub",
        "last-modified": LAST_MODIFIED,
        "version": env!("CARGO_PKG_VERSION"),
        "oscal-version": OSCAL_VERSION,
        "roles": [
            { "id": AWS, "title": "AWS: security of the cloud" },
            { "id": CUSTOMER, "title": "Customer: security in the cloud" },
        ],
        "parties": [
            { "uuid": party(AWS), "type": "organization", "name": "Amazon Web Services" },
            {
                "uuid": party(CUSTOMER),
                "type": "organization",
                "name": "Customer",
                "remarks": "Whoever holds the AWS account.",
            },
        ],
        "responsible-parties": [
            { "role-id": AWS, "party-uuids": [party(AWS)] },
            { "role-id": CUSTOMER, "party-uuids": [party(CUSTOMER)] },
        ],
        "remarks": remarks(),
    })
}

/// What a reader must know before they rely on it.
fn remarks() -> String {
    let open: Vec<String> = FRAMEWORKS
        .iter()
        .filter_map(|framework| match framework.mapping {
            Mapping::Derived { basis, .. } => Some(format!("- {}: {basis}.", framework.id)),
            _ => None,
        })
        .collect();
    format!(
        "Ids, severities, resource types, frameworks and AWS Config rules are Security Hub's. \
         Titles, layers, service models and remedies, and with them every responsibility, are the \
         judgement of the project Demarc and not AWS's.\n\n\
         Security Hub publishes no OSCAL catalog: `source` is its reference for people, and \
         `control-id` an id that stands there.\n\n\
         Properties have the namespace `{NAMESPACE}`. A `framework` asks for the control, as \
         Security Hub publishes it. For a `derived-framework` the control is a candidate and not a \
         proof:\n\n{}",
        open.join("\n")
    )
}

fn component(served: &Served) -> Value {
    let Served { service, controls } = served;
    let requirements: Vec<Value> = controls.iter().map(requirement).collect();
    json!({
        "uuid": identifier(&format!("component {}", service.key)),
        "type": "service",
        "title": service.name,
        "description": format!("{}: {}.", service.name, service.model.meaning()),
        "props": [
            property("service", service.key),
            property("service-model", service.model.as_str()),
        ],
        "control-implementations": [{
            "uuid": identifier(&format!("controls of {}", service.key)),
            "source": SOURCE,
            "description": format!(
                "What AWS does and what its customer does for each control that AWS Security Hub \
                 has for {}, and how a failure is put right.",
                service.name,
            ),
            "implemented-requirements": requirements,
        }],
    })
}

fn requirement(control: &SecurityHubControl) -> Value {
    let roles: Vec<Value> = roles(control).iter().map(|role| json!({ "role-id": role })).collect();
    json!({
        "uuid": identifier(&format!("control {}", control.id)),
        "control-id": control.id,
        "description": statement(control),
        "props": properties(control),
        "responsible-roles": roles,
    })
}

/// Who answers. A switch of AWS's that the customer sets is the customer's: AWS's part in it is in
/// the statement.
fn roles(control: &SecurityHubControl) -> &'static [&'static str] {
    match control.responsibility().0 {
        Responsibility::Aws => &[AWS],
        Responsibility::Customer => &[CUSTOMER],
        Responsibility::Shared => &[AWS, CUSTOMER],
        Responsibility::Undetermined => &[],
    }
}

fn properties(control: &SecurityHubControl) -> Vec<Value> {
    let (responsibility, kind) = control.responsibility();
    let single = [
        ("title", control.title),
        ("responsibility", responsibility.as_str()),
        ("kind", kind.as_str()),
        ("layer", control.layer.as_str()),
        ("service-model", control.model.as_str()),
        ("severity", control.severity.as_str()),
        ("remedy", control.remedy.as_str()),
        ("call", control.call),
        ("config-rule", control.config_rule),
    ];
    let single = single.into_iter().filter(|(_, value)| !value.is_empty());
    let types = words(control.resources).map(|kind| ("resource-type", kind));
    let frameworks = words(control.frameworks).map(|id| ("framework", id));
    let plain = single.chain(types).chain(frameworks).map(|(name, value)| property(name, value));
    plain.chain(derived(control).map(|(framework, from)| candidate(framework.id, from))).collect()
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "ns": NAMESPACE, "value": value })
}

/// A framework that asks for the control only by way of another.
fn candidate(framework: &str, from: &str) -> Value {
    json!({
        "name": "derived-framework",
        "ns": NAMESPACE,
        "value": framework,
        "remarks": format!("derived from {from}"),
    })
}
