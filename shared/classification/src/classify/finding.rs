//! What another service reports.

use super::{Identities, foreign, reason, whose};
use crate::catalogue::controls::{Remedy, SecurityHubControl};
use crate::catalogue::services::{Service, service_model};
use crate::finding::{Finding, State, Topic};
use crate::rejection::quote;
use crate::responsibility::{Classification, Disposition, Kind, Reason, Responsibility};

pub(super) fn decide(finding: &Finding, identities: &Identities) -> Classification {
    let control = finding.controls.iter().find_map(|id| SecurityHubControl::find(id));
    let placed = place(finding, control);
    // Who sent it comes before what it says.
    if let Some(reason) = forged(finding) {
        return Classification::undetermined().end(Disposition::Reject, reason);
    }
    if let Some(reason) = foreign(&finding.account.value, identities, &finding.account.pointer) {
        return placed.end(Disposition::Reject, reason);
    }
    if finding.stray {
        let text = "our own findings come by their own rules";
        return placed
            .end(Disposition::Ignore, reason("not-a-stray", &finding.account.pointer, text));
    }
    if let Some(reason) = over(finding) {
        return placed.end(Disposition::Ignore, reason);
    }
    match (finding.topic, control) {
        (Topic::Control, Some(control)) => of_control(placed, finding, &control),
        (Topic::Control, None) => of_unknown_control(placed, finding),
        (topic, _) => of_topic(placed, finding, topic),
    }
}

/// Where the finding stands on the map: by its control, else by its layer and its resource.
fn place(finding: &Finding, control: Option<SecurityHubControl>) -> Classification {
    let unknown = || finding.controls.first().and_then(|id| Service::of_control(id));
    let model = control
        .map(|control| control.model)
        .or_else(|| finding.resources.iter().find_map(|resource| service_model(&resource.kind)))
        .or_else(|| unknown().map(|service| service.model));
    let layer = control.map(|control| control.layer).or(finding.layer);
    let whose = layer.and_then(|layer| whose(model, layer));
    let (responsibility, kind) =
        whose.unwrap_or_else(|| without_layer(finding.topic, model.is_some()));
    Classification {
        responsibility,
        kind,
        service_model: model,
        layer,
        controls: finding.controls.clone(),
        frameworks: frameworks(finding),
        ..Classification::undetermined()
    }
}

/// Whose a finding is that names no layer.
fn without_layer(topic: Topic, known: bool) -> (Responsibility, Kind) {
    match topic {
        Topic::Configuration if known => (Responsibility::Customer, Kind::SharedConfiguration),
        Topic::Threat | Topic::Exposure | Topic::SensitiveData => {
            (Responsibility::Customer, Kind::CustomerSpecific)
        }
        Topic::Operation => (Responsibility::Aws, Kind::Inherited),
        _ => (Responsibility::Undetermined, Kind::Undetermined),
    }
}

fn frameworks(finding: &Finding) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for control in finding.controls.iter().filter_map(|id| SecurityHubControl::find(id)) {
        for name in control.frameworks.split(' ').filter(|name| !name.is_empty()) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

/// A finding that AWS did not make. Whoever may import findings could have it write anything.
fn forged(finding: &Finding) -> Option<Reason> {
    if finding.genuine {
        return None;
    }
    let Some(product) = &finding.product else {
        let text = "the finding names no product, so nobody answers for it";
        return Some(reason("product-not-aws", "/detail/findings", text));
    };
    let text = format!("the product {} is not AWS's own", quote(&product.value));
    Some(reason("product-not-aws", &product.pointer, &text))
}

/// A finding that asks for nothing any more, or never did.
fn over(finding: &Finding) -> Option<Reason> {
    let (code, text) = match finding.state {
        State::Open => return None,
        State::Passed => ("passed", "the check passed"),
        State::Closed => ("closed", "it is closed"),
        State::Sample => ("sample", "it is a sample"),
    };
    let text = format!("{text}: {}", quote(&finding.status.value));
    Some(reason(code, &finding.status.pointer, &text))
}

fn of_control(
    mut placed: Classification,
    finding: &Finding,
    control: &SecurityHubControl,
) -> Classification {
    let SecurityHubControl { id, title, layer, model, .. } = control;
    let text =
        format!("`{id}` ({title}) is {layer} of {model} services: {}", placed.responsibility);
    placed.reasons.push(reason("control", &finding.subject.pointer, &text));
    let (disposition, text) = match (placed.responsibility, placed.kind, control.remedy) {
        (Responsibility::Aws, ..) => (Disposition::Ignore, "it is AWS's to put right"),
        (_, Kind::SharedPatch, _) => (
            Disposition::Advise,
            "AWS gives the patch or the version; when to take it is the customer's",
        ),
        (_, _, Remedy::InPlace) => (Disposition::Remediate, "one call puts it right in place"),
        (_, _, Remedy::WithInput) => (
            Disposition::Remediate,
            "it is put right in place, where the configuration gives what it needs",
        ),
        (_, _, Remedy::Disruptive) => (
            Disposition::Approve,
            "it is put right in place, and somebody may depend on what is taken away",
        ),
        (_, _, Remedy::Replacement) => (Disposition::Advise, "only a new resource puts it right"),
        (_, _, Remedy::Person) => {
            (Disposition::Advise, "people or another architecture put it right")
        }
    };
    let remedy = reason(control.remedy.as_str(), &finding.subject.pointer, text);
    placed.end(disposition, remedy)
}

fn of_unknown_control(placed: Classification, finding: &Finding) -> Classification {
    let text = format!("the control {} is not known", quote(&finding.controls.join(" ")));
    placed.end(Disposition::Notify, reason("unknown-control", &finding.subject.pointer, &text))
}

fn of_topic(mut placed: Classification, finding: &Finding, topic: Topic) -> Classification {
    let subject = quote(&finding.subject.value);
    if let (Some(layer), Some(model)) = (placed.layer, placed.service_model) {
        let text = format!("{subject} is {layer} of {model} services: {}", placed.responsibility);
        placed.reasons.push(reason("layer", &finding.subject.pointer, &text));
    } else if let Some(layer) =
        placed.layer.filter(|_| placed.responsibility != Responsibility::Undetermined)
    {
        let text = format!("{subject} is {layer}: {}", placed.responsibility);
        placed.reasons.push(reason("layer", &finding.subject.pointer, &text));
    }
    let (disposition, text) = by_topic(&placed, topic);
    // Health's own word for whose turn it is stands beside the event's code.
    let said = if finding.status.pointer.is_empty() { &finding.subject } else { &finding.status };
    let fact = if matches!(topic, Topic::Operation | Topic::ActionRequired) {
        said
    } else {
        &finding.subject
    };
    placed.end(disposition, reason(topic.as_str(), &fact.pointer, text))
}

fn by_topic(placed: &Classification, topic: Topic) -> (Disposition, &'static str) {
    let owned = placed.responsibility == Responsibility::Customer;
    match topic {
        Topic::Configuration | Topic::Setting if owned => {
            (Disposition::Remediate, "the live state of the setting decides")
        }
        Topic::Control | Topic::Configuration | Topic::Setting => {
            (Disposition::Notify, "the type of the resource is not known")
        }
        Topic::Threat => (
            Disposition::Approve,
            "somebody acts in the account: a person decides how it is contained",
        ),
        Topic::Exposure => {
            (Disposition::Approve, "AWS cannot take it back: a person decides how it is contained")
        }
        Topic::Vulnerability => {
            (Disposition::Advise, "software with a known fault is replaced by whoever chose it")
        }
        Topic::SensitiveData => {
            (Disposition::Advise, "which data lies where is known to its owner alone")
        }
        Topic::Expiry => (Disposition::Advise, "what ends has to be renewed or kept by its owner"),
        Topic::ActionRequired => (Disposition::Advise, "AWS asks the customer to act"),
        Topic::Advice => (Disposition::Advise, "AWS suggests something; the owner decides"),
        Topic::Operation => {
            (Disposition::Notify, "it happens to AWS's part, and AWS puts it right")
        }
        Topic::Notice => (Disposition::Notify, "a person sent it on for people to read"),
        Topic::Information => (Disposition::Ignore, "it tells of nothing to decide"),
    }
}
