//! Whose responsibility an input is: the order of decision, first match wins.

use crate::actor::Actor;
use crate::change::{Change, ChangeKind};
use crate::layers::layer;
use crate::other::Other;
use crate::payload::Input;
use crate::rejection::quote;
use crate::request::{Evaluate, Request};
use crate::responsibility::{Classification, Disposition, Kind, Reason, Responsibility, demarcate};
use crate::services::service_model;

const ISSUER: &str = "/detail/userIdentity/sessionContext/sessionIssuer/arn";

/// Who Demarc is, and whom its owner named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identities {
    /// The exact ARNs of Demarc's own roles.
    pub own_roles: Vec<String>,
    /// The exact ARNs of the roles that deploy the owner's infrastructure.
    pub pipeline_roles: Vec<String>,
    /// The account that Demarc runs in; empty when it is not known, and then the
    /// account of an input is not compared.
    pub account: String,
}

/// Decides whose responsibility an input is and what may be done about it.
///
/// The order: another account's, reject; our own change, ignore; a reading, a
/// failed call or a dry run, ignore; AWS's own doing, ignore; then the table
/// "layer x service model". What is not in the tables is undetermined and never
/// remediated. The actor never ends the decision: it raises caution only.
#[must_use]
pub fn classify(input: &Input, identities: &Identities) -> Classification {
    match input {
        Input::Change(change) => of_change(change, identities),
        Input::Request(Request::Evaluate(evaluate)) => of_evaluate(evaluate, identities),
        Input::Request(Request::Sweep(_)) => of_pass("/sweep"),
        Input::Request(Request::Settle(_)) => of_pass("/settle"),
        Input::Other(other) => of_other(other, identities),
    }
}

fn of_change(change: &Change, identities: &Identities) -> Classification {
    let placed = place(change);
    // Who sent it comes before what it says.
    if let Some(reason) = foreign(&change.account, identities, "/account") {
        return placed.end(Disposition::Reject, reason);
    }
    if identities.own_roles.iter().any(|role| change.actor.is_role(role)) {
        return placed
            .end(Disposition::Ignore, reason("own-role", ISSUER, "demarc made this change"));
    }
    if let Some(reason) = without_effect(change) {
        return placed.end(Disposition::Ignore, reason);
    }
    match change.kind {
        ChangeKind::ServiceEvent if placed.layer.is_none() => of_service_event(placed),
        ChangeKind::SignIn => {
            let text = "a sign-in changes no setting";
            placed.end(Disposition::Notify, reason("sign-in", "/detail/eventType", text))
        }
        _ => of_setting(placed, change, identities),
    }
}

/// Where the change stands on the map, before any decision.
fn place(change: &Change) -> Classification {
    let model = service_model(&change.service);
    let layer = layer(&change.service, &change.name);
    let (responsibility, kind) = match (model, layer) {
        (Some(model), Some(layer)) => demarcate(model, layer),
        _ => (Responsibility::Undetermined, Kind::Undetermined),
    };
    Classification {
        responsibility,
        kind,
        service_model: model,
        layer,
        disposition: Disposition::Notify,
        reasons: Vec::new(),
    }
}

/// Calls that changed nothing: a sixth of recorded events failed.
fn without_effect(change: &Change) -> Option<Reason> {
    if change.dry_run {
        return Some(reason("dry-run", "/detail/requestParameters", "the call was a dry run"));
    }
    if let Some(code) = &change.error_code {
        let text = format!("the call failed with {}", quote(code));
        return Some(reason("failed-call", "/detail/errorCode", &text));
    }
    let text = "the call only read";
    change.read_only.then(|| reason("read-only", "/detail/readOnly", text))
}

fn of_service_event(placed: Classification) -> Classification {
    let text = "aws did this of its own accord and no setting of the customer is behind it";
    Classification { responsibility: Responsibility::Aws, kind: Kind::Inherited, ..placed }
        .end(Disposition::Ignore, reason("aws-service-event", "/detail/eventType", text))
}

/// A setting, judged by the table; the actor adds caution and words.
fn of_setting(placed: Classification, change: &Change, identities: &Identities) -> Classification {
    let mut result = by_table(placed, change);
    if change.omitted {
        let text = "parameters over 100 kb were left out, so the live state is read";
        result.reasons.push(reason("omitted", "/detail/requestParameters", text));
    }
    if result.writable() {
        caution(&mut result, &change.actor, identities, "/detail/userIdentity");
    }
    result
}

fn by_table(placed: Classification, change: &Change) -> Classification {
    let (Some(model), Some(layer)) = (placed.service_model, placed.layer) else {
        return undetermined(placed, change);
    };
    let (call, whose) = (quote(&change.name), placed.responsibility);
    let text = format!("{call} is {layer} of {model} services: {whose}");
    let disposition = match (whose, placed.kind) {
        (Responsibility::Customer, _) | (_, Kind::SharedConfiguration) => Disposition::Remediate,
        (Responsibility::Aws, _) => Disposition::Ignore,
        _ => Disposition::Advise,
    };
    placed.end(disposition, reason("layer", "/detail/eventName", &text))
}

fn undetermined(placed: Classification, change: &Change) -> Classification {
    if placed.service_model.is_none() {
        let text = format!("the service {} is not known", quote(&change.service));
        return placed
            .end(Disposition::Notify, reason("unknown-service", "/detail/eventSource", &text));
    }
    let text =
        format!("the call {} of {} is not known", quote(&change.name), quote(&change.service));
    placed.end(Disposition::Notify, reason("unknown-call", "/detail/eventName", &text))
}

fn caution(result: &mut Classification, actor: &Actor, identities: &Identities, pointer: &str) {
    if identities.pipeline_roles.iter().any(|role| actor.is_role(role)) {
        let text = "a pipeline made this change, so putting it right is drift from its source";
        result.reasons.push(reason("drift", pointer, text));
    }
    if actor.is_service() {
        result.disposition = Disposition::Approve;
        let text = "an aws service made this change; a hole deployed by a service is still a hole";
        result.reasons.push(reason("service-actor", pointer, text));
    }
}

fn of_evaluate(evaluate: &Evaluate, identities: &Identities) -> Classification {
    let target = evaluate.target(&identities.account, "");
    let mut result = configuration("/evaluate/resource");
    result.service_model = target.as_ref().and_then(|target| service_model(&target.kind));
    let stated = evaluate.account.as_deref().unwrap_or_default();
    let owner = target.as_ref().map_or("", |target| target.account.as_str());
    let foreign = foreign(stated, identities, "/evaluate/account")
        .or_else(|| foreign(owner, identities, "/evaluate/resource"));
    if let Some(reason) = foreign {
        return result.end(Disposition::Reject, reason);
    }
    if result.service_model.is_none() {
        let text = format!("the resource {} is of no known type", quote(&evaluate.resource));
        let unknown = reason("unknown-resource", "/evaluate/resource", &text);
        let (responsibility, kind) = (Responsibility::Undetermined, Kind::Undetermined);
        return Classification { responsibility, kind, reasons: Vec::new(), ..result }
            .end(Disposition::Notify, unknown);
    }
    // A second look is as careful as the first was.
    if let Some(cause) = &evaluate.cause {
        caution(&mut result, &cause.actor, identities, "/evaluate/cause/actor");
    }
    result
}

/// A pass over many resources: each is the customer's, or its kind would not be swept.
fn of_pass(pointer: &str) -> Classification {
    configuration(pointer)
}

/// The customer's configuration, at a layer that only the control knows.
fn configuration(pointer: &str) -> Classification {
    Classification {
        responsibility: Responsibility::Customer,
        kind: Kind::SharedConfiguration,
        service_model: None,
        layer: None,
        disposition: Disposition::Remediate,
        reasons: vec![reason("own-request", pointer, "demarc asked for this itself")],
    }
}

fn of_other(other: &Other, identities: &Identities) -> Classification {
    let unread = Classification {
        responsibility: Responsibility::Undetermined,
        kind: Kind::Undetermined,
        service_model: None,
        layer: None,
        disposition: Disposition::Ignore,
        reasons: Vec::new(),
    };
    if let Some(reason) = foreign(&other.account, identities, "/account") {
        return unread.end(Disposition::Reject, reason);
    }
    let text = format!("events of {} are not read yet", quote(&other.source));
    unread.end(Disposition::Ignore, reason("source-not-read", "/source", &text))
}

/// Another account's: its event reached us by mistake or on purpose.
fn foreign(account: &str, identities: &Identities, pointer: &str) -> Option<Reason> {
    let ours = &identities.account;
    if account.is_empty() || ours.is_empty() || account == ours {
        return None;
    }
    let text = format!("this is of account {}, not of {}", quote(account), quote(ours));
    Some(reason("wrong-account", pointer, &text))
}

impl Classification {
    fn end(mut self, disposition: Disposition, reason: Reason) -> Self {
        self.disposition = disposition;
        self.reasons.push(reason);
        self
    }
}

fn reason(code: &str, pointer: &str, text: &str) -> Reason {
    Reason { code: code.to_owned(), pointer: pointer.to_owned(), text: text.to_owned() }
}
