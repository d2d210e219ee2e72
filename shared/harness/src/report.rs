//! What was decided and why: one JSON line a decision, which is a CloudWatch metric as well.

use std::io::Write;

use demarc_remediation::{
    classification::{Classification, Reason, Resource},
    element::{Delta, Difference},
    plan::Planned,
    verdict::{Evidence, Safety, Undo},
};
use serde::Serialize;
use serde_json::{Value, json};

/// What became of one control on one resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// As it should be; nothing was written.
    Compliant,
    /// The resource is no more.
    Gone,
    /// A violation that was left as it is: by its mode, its ceiling, an exemption, the kill switch.
    Skipped,
    /// Put right, read again and found right.
    Remediated,
    /// The service has accepted the change and is working on it.
    Applying {
        /// When it is looked at again, in milliseconds since 1970.
        look_again_at: u64,
    },
    /// Written, and it does not show: not a success.
    Unverified {
        /// Where the reading differs.
        differences: Vec<Difference>,
    },
    /// A person has to act.
    Advised,
    /// It cannot be judged.
    Undecided,
    /// Looked at again later.
    Later {
        /// When, in milliseconds since 1970.
        at: u64,
    },
    /// Nothing of the customer's to decide: reads, failed calls, AWS's own changes.
    Ignored,
    /// The heartbeat came through, and both tables answered.
    Alive,
    /// Not taken: another account's, or a product's that is not AWS's own.
    Rejected,
    /// The bucket is in another region, whose stack is asked or missing.
    Elsewhere {
        /// The region.
        region: String,
    },
    /// It failed; the message is delivered again.
    Failed {
        /// A stable name for the kind of error.
        error: &'static str,
    },
}

impl Outcome {
    /// Whether the setting was written.
    #[must_use]
    pub fn is_written(&self) -> bool {
        matches!(self, Self::Remediated | Self::Applying { .. } | Self::Unverified { .. })
    }

    /// The metric that counts this outcome; `None` for what is only logged.
    #[must_use]
    pub fn metric(&self) -> Option<&'static str> {
        match self {
            Self::Compliant | Self::Ignored | Self::Later { .. } => None,
            Self::Alive => Some("Heartbeat"),
            Self::Gone => Some("Gone"),
            Self::Skipped => Some("Skipped"),
            Self::Remediated => Some("Remediated"),
            Self::Applying { .. } => Some("Applying"),
            Self::Unverified { .. } => Some("Unverified"),
            Self::Advised => Some("Advised"),
            Self::Undecided => Some("Undecided"),
            Self::Elsewhere { .. } => Some("Elsewhere"),
            Self::Rejected => Some("Rejected"),
            Self::Failed { .. } => Some("Failed"),
        }
    }
}

/// What a person is told of besides the outcome: it has a metric and an alarm of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alert {
    /// The setting was put right again and again, and is a violation once more.
    Contested,
    /// An actor's budget is spent: a violation stays until the hour is over.
    BudgetSpent,
    /// An exemption ends within a day.
    ExemptionEnds,
    /// Somebody changed Demarc's own stack.
    Tampering,
    /// Somebody else wrote with one of Demarc's roles.
    ForeignWrite,
    /// A trail records less than before, or nothing.
    TrailStopped,
}

impl Alert {
    /// The metric that counts it.
    #[must_use]
    pub fn metric(self) -> &'static str {
        match self {
            Self::Contested => "Contested",
            Self::BudgetSpent => "BudgetSpent",
            Self::ExemptionEnds => "ExemptionEnds",
            Self::Tampering => "Tampering",
            Self::ForeignWrite => "ForeignWrite",
            Self::TrailStopped => "TrailStopped",
        }
    }
}

/// A plan as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanView {
    /// Its id, where it was claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What changes.
    pub delta: Delta,
    /// What is wrong.
    pub detail: String,
    /// What the remediation may break.
    pub safety: Safety,
    /// What its undo restores.
    pub undo: Undo,
    /// Whether somebody uses what it closes.
    pub evidence: Evidence,
    /// What becomes of it: `apply`, `observe`, `approve` or `exempt`.
    pub decision: &'static str,
}

impl PlanView {
    /// A plan with its id.
    #[must_use]
    pub fn of(planned: &Planned, id: Option<&str>) -> Self {
        Self {
            id: id.map(str::to_owned),
            delta: planned.delta.clone(),
            detail: planned.detail.clone(),
            safety: planned.safety,
            undo: planned.undo.clone(),
            evidence: planned.evidence.clone(),
            decision: planned.decision.as_str(),
        }
    }
}

/// One decision.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What all plans of one change have in common.
    pub incident: String,
    /// The resource, where the decision is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Resource>,
    /// The control, where the decision is one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<&'static str>,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Why.
    pub because: String,
    /// What a person is told of besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert: Option<Alert>,
    /// Whose responsibility it is.
    pub responsibility: &'static str,
    /// What that rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// The change that led here: service and call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// What was changed, or would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanView>,
    /// What the remediation did not undo: access that goes on, or what was done before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_undone: Option<&'static str>,
    /// The AWS calls that were made since the last report of this message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<String>,
}

impl Report {
    /// A decision about a whole message.
    #[must_use]
    pub fn of_message(
        incident: &str,
        outcome: Outcome,
        because: impl Into<String>,
        classification: &Classification,
    ) -> Self {
        Self {
            incident: incident.to_owned(),
            resource: None,
            control: None,
            outcome,
            because: because.into(),
            alert: None,
            responsibility: classification.responsibility.as_str(),
            reasons: classification.reasons.clone(),
            change: None,
            actor: None,
            plan: None,
            not_undone: None,
            calls: Vec::new(),
        }
    }

    /// The metrics that count the decision; none for what is only logged.
    #[must_use]
    pub fn metrics(&self) -> Vec<&'static str> {
        self.outcome.metric().into_iter().chain(self.alert.map(Alert::metric)).collect()
    }

    /// Prints the report as one line of JSON, in CloudWatch's embedded metric format where it
    /// counts. Whatever stands in a name or an error is escaped by JSON.
    pub fn print(&self, function: &str, now: u64) {
        let Ok(Value::Object(mut line)) = serde_json::to_value(self) else { return };
        line.insert("service".into(), json!(function));
        let metrics = self.metrics();
        if !metrics.is_empty() {
            line.extend(metrics.iter().map(|metric| ((*metric).to_owned(), json!(1))));
            line.insert("_aws".into(), embedded_metrics(&metrics, self.control.is_some(), now));
        } else if !information_is_wanted() {
            return;
        }
        write_line(&Value::Object(line));
    }
}

fn embedded_metrics(metrics: &[&str], has_control: bool, now: u64) -> Value {
    let mut dimensions = vec![json!(["service"])];
    if has_control {
        dimensions.push(json!(["service", "control"]));
    }
    let metrics: Vec<Value> =
        metrics.iter().map(|name| json!({ "Name": name, "Unit": "Count" })).collect();
    json!({
        "Timestamp": now,
        "CloudWatchMetrics": [{
            "Namespace": "Demarc",
            "Dimensions": dimensions,
            "Metrics": metrics,
        }],
    })
}

/// A line that an alarm of the template watches for: something that no queue would retry.
pub fn alarm(what: &str, message: &str) {
    write_line(&json!({ "level": "ERROR", "alarm": what, "message": message }));
}

/// Lambda's own log control: `WARN` and above leave out what is not counted.
fn information_is_wanted() -> bool {
    !matches!(std::env::var("AWS_LAMBDA_LOG_LEVEL").as_deref(), Ok("WARN" | "ERROR" | "FATAL"))
}

fn write_line(line: &Value) {
    let mut out = std::io::stdout().lock();
    // A closed standard output leaves nowhere to say so; the decision itself is in the journal.
    let _ = writeln!(out, "{line}");
}
