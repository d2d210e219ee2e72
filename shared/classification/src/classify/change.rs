//! A change that CloudTrail recorded.

use super::{Identities, foreign, reason, whose};
use crate::actor::Actor;
use crate::catalogue::calls::{Call, Effect};
use crate::catalogue::controls::SecurityHubControl;
use crate::catalogue::services::{Service, short};
use crate::change::{Change, ChangeKind};
use crate::rejection::quote;
use crate::responsibility::{Classification, Disposition, Kind, Layer, Reason, Responsibility};

const ISSUER: &str = "/detail/userIdentity/sessionContext/sessionIssuer/arn";

pub(super) fn decide(change: &Change, identities: &Identities) -> Classification {
    let service = Service::of_event_source(&change.service);
    let call = Call::find(&change.service, &change.name);
    let placed = place(change, service, call);
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
        // A service's own call has a customer's setting behind it only where our table says so.
        ChangeKind::ServiceEvent if call.is_none() => service_event(placed),
        ChangeKind::SignIn => {
            let text = "a sign-in changes no setting";
            placed.end(Disposition::Notify, reason("sign-in", "/detail/eventType", text))
        }
        _ => setting(placed, change, call, identities),
    }
}

/// Where the change stands on the map, before any decision: by its call, else by the layer at
/// which most of its service's calls stand.
fn place(change: &Change, service: Option<Service>, call: Option<Call>) -> Classification {
    let model = service.map(|service| service.model);
    let layer = call.map(|call| call.layer).or(service.and_then(|service| service.layer));
    let whose = model.and(layer).and_then(|layer| whose(model, layer));
    let (responsibility, kind) =
        whose.unwrap_or((Responsibility::Undetermined, Kind::Undetermined));
    let label = short(&change.service).unwrap_or_default();
    let controls = SecurityHubControl::of_call(label, &change.name);
    Classification {
        responsibility,
        kind,
        service_model: model,
        layer,
        controls: controls.map(str::to_owned).collect(),
        ..Classification::undetermined()
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

fn service_event(placed: Classification) -> Classification {
    let text = "aws did this of its own accord and no setting of the customer is behind it";
    Classification { responsibility: Responsibility::Aws, kind: Kind::Inherited, ..placed }
        .end(Disposition::Ignore, reason("aws-service-event", "/detail/eventType", text))
}

/// A setting, judged by the table; the actor adds caution and words.
fn setting(
    placed: Classification,
    change: &Change,
    call: Option<Call>,
    identities: &Identities,
) -> Classification {
    let mut result = by_table(placed, change, call);
    if change.omitted {
        let text = "parameters over 100 kb were left out, so the live state is read";
        result.reasons.push(reason("omitted", "/detail/requestParameters", text));
    }
    if result.writable() {
        caution(&mut result, &change.actor, identities, "/detail/userIdentity");
    }
    result
}

fn by_table(mut placed: Classification, change: &Change, listed: Option<Call>) -> Classification {
    let (Some(model), Some(layer)) = (placed.service_model, placed.layer) else {
        return unknown(placed, change);
    };
    let (call, whose) = (quote(&change.name), placed.responsibility);
    let at = "/detail/eventName";
    let Some(listed) = listed else {
        let text = format!(
            "{call} is not in the table of calls; most of its service's are {layer} of {model} services: {whose}"
        );
        return placed.end(Disposition::Notify, reason("unlisted-call", at, &text));
    };
    let text = format!("{call} is {layer} of {model} services: {whose}");
    let by_layer = reason("layer", at, &text);
    if listed.effect == Effect::Act {
        placed.reasons.push(by_layer);
        let text = format!("{call} leaves no setting behind that could be put right");
        return placed.end(Disposition::Notify, reason("act", at, &text));
    }
    let disposition = disposition(whose, placed.kind, layer);
    placed.end(disposition, by_layer)
}

/// What may be done about a setting of a layer. Code, data and the account's affairs have no state
/// that is right for everybody: people are told.
fn disposition(whose: Responsibility, kind: Kind, layer: Layer) -> Disposition {
    match (whose, kind, layer) {
        (Responsibility::Aws, ..) => Disposition::Ignore,
        (_, Kind::SharedPatch | Kind::SharedTraining, _) => Disposition::Advise,
        (_, _, Layer::AccountGovernance) => Disposition::Advise,
        (_, _, Layer::ApplicationCode | Layer::DataContent) => Disposition::Notify,
        _ => Disposition::Remediate,
    }
}

fn unknown(placed: Classification, change: &Change) -> Classification {
    if placed.service_model.is_none() {
        let text = format!("the service {} is not known", quote(&change.service));
        return placed
            .end(Disposition::Notify, reason("unknown-service", "/detail/eventSource", &text));
    }
    let text =
        format!("the call {} of {} is not known", quote(&change.name), quote(&change.service));
    placed.end(Disposition::Notify, reason("unknown-call", "/detail/eventName", &text))
}

pub(super) fn caution(
    result: &mut Classification,
    actor: &Actor,
    identities: &Identities,
    pointer: &str,
) {
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
