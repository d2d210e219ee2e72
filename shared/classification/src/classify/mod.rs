//! Whose responsibility an input is: the order of decision, first match wins.

mod change;
mod finding;
mod request;

use crate::other::Other;
use crate::payload::Input;
use crate::rejection::quote;
use crate::request::Request;
use crate::responsibility::{
    Classification, Disposition, Kind, Layer, Reason, Responsibility, ServiceModel, demarcate,
};

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
/// The order, for a change: another account's, reject; our own, ignore; a reading, a failed call
/// or a dry run, ignore; AWS's own doing, ignore; then the table "layer x service model".
///
/// For a finding: a product that is not AWS's own, reject; another account's, reject; passed,
/// closed or a sample, ignore; then what it is about ([`Topic`](crate::Topic)): a control's own
/// row, the table, or AWS's word for whose turn it is.
///
/// What is not in the tables is undetermined and never remediated. The actor never ends the
/// decision: it raises caution only.
#[must_use]
pub fn classify(input: &Input, identities: &Identities) -> Classification {
    match input {
        Input::Change(change) => change::decide(change, identities),
        Input::Finding(finding) => finding::decide(finding, identities),
        Input::Request(Request::Evaluate(evaluate)) => request::evaluate(evaluate, identities),
        Input::Request(Request::Sweep(_)) => request::pass("/sweep"),
        Input::Request(Request::Settle(_)) => request::pass("/settle"),
        Input::Request(Request::Heartbeat(_)) => request::pass("/heartbeat"),
        Input::Other(other) => of_other(other, identities),
    }
}

fn of_other(other: &Other, identities: &Identities) -> Classification {
    let unread = Classification::undetermined();
    if let Some(reason) = foreign(&other.account, identities, "/account") {
        return unread.end(Disposition::Reject, reason);
    }
    if !other.genuine {
        let text = format!("{} is no source of AWS's: anybody may send that", quote(&other.source));
        return unread.end(Disposition::Reject, reason("source-not-aws", "/source", &text));
    }
    let text =
        format!("{} of {} tells of no setting", quote(&other.detail_type), quote(&other.source));
    unread.end(Disposition::Ignore, reason("no-setting", "/detail-type", &text))
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

/// Whose a layer is. Without a service model only where every model gives the same answer.
fn whose(model: Option<ServiceModel>, layer: Layer) -> Option<(Responsibility, Kind)> {
    if let Some(model) = model {
        return Some(demarcate(model, layer));
    }
    let mut answers = ServiceModel::ALL.iter().map(|model| demarcate(*model, layer));
    let first = answers.next()?;
    answers.all(|answer| answer == first).then_some(first)
}

impl Classification {
    /// Nothing is known yet.
    fn undetermined() -> Self {
        Self {
            responsibility: Responsibility::Undetermined,
            kind: Kind::Undetermined,
            service_model: None,
            layer: None,
            disposition: Disposition::Notify,
            controls: Vec::new(),
            frameworks: Vec::new(),
            reasons: Vec::new(),
        }
    }

    fn end(mut self, disposition: Disposition, reason: Reason) -> Self {
        self.disposition = disposition;
        self.reasons.push(reason);
        self
    }
}

fn reason(code: &str, pointer: &str, text: &str) -> Reason {
    Reason { code: code.to_owned(), pointer: pointer.to_owned(), text: text.to_owned() }
}
