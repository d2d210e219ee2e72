//! Demarc's own requests: the customer's configuration, at a layer that only the control knows.

use super::change::caution;
use super::{Identities, foreign, reason};
use crate::catalogue::services::service_model;
use crate::rejection::quote;
use crate::request::Evaluate;
use crate::responsibility::{Classification, Disposition, Kind, Responsibility};

pub(super) fn evaluate(evaluate: &Evaluate, identities: &Identities) -> Classification {
    let target = evaluate.target(&identities.account, "");
    let mut result = pass("/evaluate/resource");
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
        return Classification::undetermined().end(Disposition::Notify, unknown);
    }
    // A second look is as careful as the first was.
    if let Some(cause) = &evaluate.cause {
        caution(&mut result, &cause.actor, identities, "/evaluate/cause/actor");
    }
    result
}

/// A pass over many resources: each is the customer's, or its kind would not be swept.
pub(super) fn pass(pointer: &str) -> Classification {
    let own = reason("own-request", pointer, "demarc asked for this itself");
    Classification {
        responsibility: Responsibility::Customer,
        kind: Kind::SharedConfiguration,
        ..Classification::undetermined()
    }
    .end(Disposition::Remediate, own)
}
