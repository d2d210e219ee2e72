//! What operators answer. Fields that this release does not know are left alone.

mod modes;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

pub(crate) use modes::{ControlMode, Freeze, ModeSet, Modes, Scope};

/// An answer that is an error.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: u16,
    kind: Option<String>,
    message: String,
}

#[derive(Deserialize)]
struct ErrorBody {
    #[serde(default)]
    error: Option<String>,
    /// AWS itself writes both spellings.
    #[serde(alias = "Message")]
    message: String,
}

impl Refusal {
    /// Reads an answer; what is not JSON is shown as it is.
    pub(crate) fn read(status: u16, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        match serde_json::from_str::<ErrorBody>(&text) {
            Ok(ErrorBody { error, message }) => {
                Self { status, kind: error, message: message.trim_end().to_owned() }
            }
            Err(_) => {
                let start: String = text.trim().chars().take(300).collect();
                Self { status, kind: None, message: start }
            }
        }
    }

    /// Whether another operator may know the plan that was asked for: each acts on its own only.
    pub(crate) fn is_anothers(&self) -> bool {
        self.kind.as_deref() == Some("Demarc.NoSuchPlan")
    }

    /// Whether an operator itself refused, so that another would refuse as well.
    pub(crate) fn is_decision(&self) -> bool {
        self.kind.is_some() && matches!(self.status, 400 | 409)
    }

    /// What to do next.
    pub(crate) fn next(&self) -> &'static str {
        let operators = self.kind.is_some();
        match self.status {
            400 => "compare `demarc --version` with the deployed release",
            401 | 403 if operators => "name the operator's Function URL, not a proxy before it",
            401 | 403 => {
                "the caller needs `lambda:InvokeFunctionUrl` on the operator, and `lambda:InvokeFunction` through its URL; `aws sts get-caller-identity` says who you are"
            }
            404 => "the URL is of no operator: run `demarc connect` again",
            409 => "nothing was written: do what the message says, and ask again",
            429 => "too many ask at once: try again in a minute",
            _ => "it may have had effect: read the operator's log before you ask again",
        }
    }

    /// Whether the request was turned away before anybody looked at it.
    pub(crate) fn is_throttled(&self) -> bool {
        self.status == 429
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.status)?;
        if let Some(kind) = &self.kind {
            write!(f, " {kind}")?;
        }
        write!(f, ": {}", if self.message.is_empty() { "no message" } else { &self.message })
    }
}

/// A page of a scan.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    /// The reports as they came.
    #[serde(default)]
    pub(crate) reports: Vec<Box<RawValue>>,
    /// How many resources were looked at.
    #[serde(default)]
    pub(crate) looked_at: u64,
    /// What to ask for next; null after the last page.
    #[serde(default)]
    pub(crate) next: Value,
}

/// A resource.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Resource {
    /// CloudFormation type.
    pub(crate) kind: String,
    /// Owner.
    pub(crate) account: String,
    /// Region.
    pub(crate) region: String,
    /// Primary identifier.
    pub(crate) id: String,
}

/// One decision about one control on one resource.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Report {
    /// The resource, where the decision is about one.
    #[serde(default)]
    pub(crate) resource: Option<Resource>,
    /// The control, where the decision is one's.
    #[serde(default)]
    pub(crate) control: Option<String>,
    /// What became of it.
    pub(crate) outcome: String,
    /// Why.
    #[serde(default)]
    pub(crate) because: String,
    /// What would be changed.
    #[serde(default)]
    pub(crate) plan: Option<Plan>,
    /// What the remediation did not undo.
    #[serde(default)]
    pub(crate) not_undone: Option<String>,
}

/// A plan as it is shown.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Plan {
    /// Its id, where it is in the journal.
    #[serde(default)]
    pub(crate) id: Option<String>,
    /// What changes.
    pub(crate) delta: Vec<Edit>,
    /// What is wrong.
    pub(crate) detail: String,
    /// What the remediation may break.
    pub(crate) safety: String,
    /// What its undo restores.
    pub(crate) undo: Restores,
    /// Whether somebody uses what it closes.
    #[serde(default)]
    pub(crate) evidence: Option<Evidence>,
    /// What becomes of it.
    pub(crate) decision: String,
}

/// What happens to one element.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Edit {
    /// The element's identity.
    pub(crate) id: String,
    /// Its content before; `None` where it was absent.
    #[serde(default)]
    pub(crate) before: Option<Value>,
    /// Its content after; `None` where it goes.
    #[serde(default)]
    pub(crate) after: Option<Value>,
}

/// What tells whether somebody uses what a remediation closes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Evidence {
    /// Nothing is closed.
    NothingCloses,
    /// Nothing tells.
    NoneAvailable,
    /// Nobody does; by what was looked at.
    Unused(String),
    /// Somebody does, or may; by what tells so.
    Used(String),
}

/// What an undo restores.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Restores {
    /// What was.
    Exact,
    /// What does the same; the text says what differs.
    Equivalent(String),
    /// Nothing; the text says why.
    None(String),
}

/// The answer to an undo.
#[derive(Debug, Deserialize)]
pub(crate) struct Undone {
    /// What was taken back, or would be.
    pub(crate) undone: Vec<UndoneView>,
    /// The plan of the incident at which it stopped.
    #[serde(default)]
    pub(crate) stopped_at: Option<String>,
    /// Why it stopped.
    #[serde(default)]
    pub(crate) because: Option<String>,
}

/// A plan that was taken back.
#[derive(Debug, Deserialize)]
pub(crate) struct UndoneView {
    /// The plan.
    pub(crate) plan: String,
    /// Its control.
    pub(crate) control: String,
    /// Its resource.
    pub(crate) resource: Resource,
    /// The plan that is the undo.
    #[serde(default)]
    pub(crate) undo_plan: Option<String>,
    /// What the undo changed.
    pub(crate) delta: Vec<Edit>,
    /// What it restores.
    pub(crate) restores: Restores,
    /// Until when what was put back is left alone, in milliseconds since 1970.
    #[serde(default)]
    pub(crate) exempt_until: Option<u64>,
}

/// A page of a function's plans.
#[derive(Debug, Deserialize)]
pub(crate) struct PlanPage {
    /// The plans as they came.
    pub(crate) plans: Vec<Box<RawValue>>,
    /// Where the next page starts.
    #[serde(default)]
    pub(crate) next: Option<String>,
}

/// A plan in the journal.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct JournaledPlan {
    /// Its id.
    pub(crate) plan: String,
    /// Its control.
    pub(crate) control: String,
    /// Its resource.
    pub(crate) resource: Resource,
    /// When it was claimed, in milliseconds since 1970.
    pub(crate) at: u64,
    /// How far it came.
    pub(crate) stage: String,
    /// Whether it was written, as far as is known, and not taken back.
    pub(crate) in_force: bool,
    /// Whether the setting had been put right again and again before.
    #[serde(default)]
    pub(crate) contested: bool,
    /// The plan that it takes back.
    #[serde(default)]
    pub(crate) undoes: Option<String>,
    /// Who made the change.
    #[serde(default)]
    pub(crate) actor: Option<String>,
    /// Who asked for it.
    #[serde(default)]
    pub(crate) caller: Option<String>,
    /// What was wrong, or why it was taken back.
    pub(crate) detail: String,
    /// Whether somebody used what it closed.
    #[serde(default)]
    pub(crate) evidence: Option<Evidence>,
    /// What it did not undo.
    #[serde(default)]
    pub(crate) not_undone: Option<String>,
}

/// The plans that wait for a function's operator.
#[derive(Debug, Deserialize)]
pub(crate) struct WaitingPlans {
    /// One for each.
    pub(crate) waiting: Vec<Box<RawValue>>,
}

/// A plan that waits for a person.
#[derive(Debug, Deserialize)]
pub(crate) struct WaitingPlan {
    /// Its id.
    pub(crate) id: String,
    /// Its control.
    pub(crate) control: String,
    /// Its resource.
    pub(crate) resource: Resource,
    /// What would change.
    pub(crate) delta: Vec<Edit>,
    /// What is wrong.
    pub(crate) detail: String,
    /// What it may break.
    pub(crate) safety: String,
    /// What its undo would restore.
    pub(crate) undo: Restores,
    /// Whether somebody uses what it would close.
    #[serde(default)]
    pub(crate) evidence: Option<Evidence>,
    /// Why it waits.
    pub(crate) because: String,
    /// Until when, in milliseconds since 1970.
    pub(crate) until: u64,
}

/// What became of a plan that was approved.
#[derive(Debug, Deserialize)]
pub(crate) struct Approved {
    /// The plan as it waited.
    pub(crate) approved: WaitingPlan,
    /// What was done; nothing in a dry run.
    pub(crate) reports: Vec<Report>,
}

/// What was exempt, or is no longer.
#[derive(Debug, Deserialize)]
pub(crate) struct Exempted {
    /// The control that leaves it alone.
    pub(crate) control: String,
    /// The resource.
    pub(crate) resource: Resource,
    /// Until when, in milliseconds since 1970; none where an exemption ended.
    #[serde(default)]
    pub(crate) until: Option<u64>,
    /// What the control would change.
    pub(crate) delta: Vec<Edit>,
}

/// The answer to a stop and to its end.
#[derive(Debug, Deserialize)]
pub(crate) struct Switched {
    /// Whether remediation is stopped now.
    pub(crate) stopped: bool,
}

/// The configuration as it is stored.
#[derive(Debug, Deserialize)]
pub(crate) struct Configuration {
    /// The document, in TOML; empty where there is none.
    pub(crate) document: String,
    /// Grows with each change; 0 where there is none.
    pub(crate) version: u64,
}

/// The answer to a document that was only to be checked.
#[derive(Debug, Deserialize)]
pub(crate) struct Checked {
    /// Whether it could be applied.
    pub(crate) valid: bool,
}

/// The answer to a document that was applied.
#[derive(Debug, Deserialize)]
pub(crate) struct Configured {
    /// Its version.
    pub(crate) version: u64,
    /// How long functions may go on with the former one.
    #[serde(default)]
    pub(crate) in_force_within_seconds: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_itself_answers_is_read_too() {
        let refusal = Refusal::read(403, br#"{"Message":"Forbidden"}"#);
        assert_eq!(refusal.to_string(), "403: Forbidden");
        assert!(refusal.next().contains("lambda:InvokeFunctionUrl"));
        assert_eq!(
            Refusal::read(502, b"Internal Server Error").to_string(),
            "502: Internal Server Error"
        );
    }

    #[test]
    fn a_refusal_is_told_from_a_fault_by_its_kind() {
        let read = |status: u16, kind: &str| {
            let body = serde_json::json!({ "error": kind, "message": "no" }).to_string();
            let refusal = Refusal::read(status, body.as_bytes());
            (refusal.is_anothers(), refusal.is_decision())
        };
        assert_eq!(read(409, "Demarc.NoSuchPlan"), (true, true));
        assert_eq!(read(409, "Demarc.Refused"), (false, true));
        assert_eq!(read(400, "Demarc.Rejected"), (false, true));
        assert_eq!(read(502, "Demarc.ServiceFault"), (false, false));
        assert!(!Refusal::read(400, br#"{"message":"Bad Request"}"#).is_decision());
    }
}
