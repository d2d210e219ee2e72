//! A control of Security Hub.

use demarc_classification::{
    catalogue::{
        controls::{Remedy, SecurityHubControl},
        frameworks::{FRAMEWORKS, Mapping},
    },
    explain::parts,
};
use serde_json::json;

use super::page::Page;

/// Whose job a control is, how it is put right, who asks for it.
pub(super) fn page(control: &SecurityHubControl) -> Page {
    let (responsibility, kind) = control.responsibility();
    let parts = parts(control.model, control.layer);
    let derived = derived(control);
    let facts = json!({
        "control": control.id, "title": control.title, "severity": control.severity,
        "resources": control.resources.split(' ').collect::<Vec<_>>(),
        "responsibility": responsibility, "kind": kind, "layer": control.layer,
        "service_model": control.model, "aws": parts.aws, "customer": parts.customer,
        "remedy": control.remedy, "call": control.call, "config_rule": control.config_rule,
        "frameworks": words(control.frameworks), "derived_frameworks": derived,
        "training": kind.training(),
    });
    Page::new(format!("{}  {}", control.id, control.title), facts)
        .row("whose", format!("{responsibility} ({kind}): {}", kind.meaning()))
        .row("layer", format!("{}: {}", control.layer, control.layer.meaning()))
        .row("service", format!("{}: {}", control.model, control.model.meaning()))
        .row("AWS", parts.aws)
        .row("customer", parts.customer)
        .row("severity", control.severity.as_str())
        .row("checks", control.resources.replace(' ', ", "))
        .row("put right", put_right(control))
        .row("AWS Config", control.config_rule)
        .row("frameworks", words(control.frameworks).join(", "))
        .row("derived", through(&derived))
        .rows(training(kind.training()))
}

/// The training text of a shared kind, as a row.
pub(super) fn training(text: Option<&str>) -> Option<(String, String)> {
    text.map(|text| ("to know".to_owned(), text.to_owned()))
}

fn words(text: &str) -> Vec<&str> {
    text.split(' ').filter(|word| !word.is_empty()).collect()
}

fn put_right(control: &SecurityHubControl) -> String {
    let how = match control.remedy {
        Remedy::InPlace => "in place, with one call",
        Remedy::WithInput => "in place, with something that only the owner knows",
        Remedy::Disruptive => "in place, and somebody may depend on what is taken away",
        Remedy::Replacement => "only by making the resource anew",
        Remedy::Person => "by people or by another architecture",
    };
    if control.call.is_empty() { how.to_owned() } else { format!("{how}: {}", control.call) }
}

/// Frameworks that ask for the control through another one.
fn derived(control: &SecurityHubControl) -> Vec<&'static str> {
    let own = words(control.frameworks);
    let through = |mapping: Mapping| match mapping {
        Mapping::Derived { from, .. } => own.contains(&from),
        Mapping::Published | Mapping::Unknown { .. } => false,
    };
    FRAMEWORKS.iter().filter(|known| through(known.mapping)).map(|known| known.id).collect()
}

fn through(derived: &[&str]) -> String {
    match derived {
        [] => String::new(),
        some => format!("{} (candidate, through NIST SP 800-53)", some.join(", ")),
    }
}
