//! One file for each source of findings: where it keeps what it says.

mod access_analyzer;
mod certificate_manager;
mod config;
mod container_registry;
mod guard_duty;
mod health;
mod inspector;
mod kms;
mod macie;
mod ocsf;
mod resources;
mod security_hub;
mod systems_manager;
mod trusted_advisor;

use serde_json::Value;

use crate::finding::{Fact, Finding, Source, State, Topic};
use crate::place::Place;
use crate::rejection::Rejection;
use crate::resource::once;
use crate::time::unix_seconds;

pub(crate) use config::invocation;

/// What a source's reader gives: every finding of the event on its own.
type Found = Vec<Result<Finding, Rejection>>;

/// An event in EventBridge's envelope.
pub(crate) struct Event<'a> {
    /// `aws.guardduty`.
    pub source: &'a str,
    /// `GuardDuty Finding`.
    pub detail_type: &'a str,
    /// The event's content.
    pub detail: Place<'a>,
    /// The envelope.
    pub envelope: Place<'a>,
}

/// Reads the event, if it is of a source that reports findings. A finding names each of its
/// resources once.
pub(crate) fn read(event: &Event<'_>) -> Option<Found> {
    let mut found = by_source(event)?;
    found.iter_mut().flatten().for_each(|finding| once(&mut finding.resources));
    Some(found)
}

fn by_source(event: &Event<'_>) -> Option<Found> {
    let found = match (event.source, event.detail_type) {
        ("aws.config", _) => return config::read(event),
        ("aws.securityhub", "Findings Imported V2") => ocsf::read(event),
        ("aws.securityhub", _) => return security_hub::read(event),
        ("aws.guardduty", "GuardDuty Finding") => guard_duty::read(event),
        ("aws.access-analyzer", _) => access_analyzer::read(event),
        ("aws.health", _) => health::read(event),
        ("aws.trustedadvisor", _) => trusted_advisor::read(event),
        ("aws.inspector2" | "aws.inspector", _) => inspector::read(event),
        ("aws.macie" | "aws.macie2", _) => macie::read(event),
        ("aws.kms", _) => kms::read(event),
        ("aws.acm", _) => certificate_manager::read(event),
        ("aws.ssm", "Configuration Compliance State Change") => systems_manager::read(event),
        ("aws.ecr", "ECR Image Scan") => container_registry::read(event),
        ("aws.scheduler" | "aws.events", _) => scheduled(event),
        _ => return None,
    };
    Some(found)
}

/// A schedule of the account's own: it changes nothing. EventBridge Scheduler sends its detail as
/// the text `"{}"`.
fn scheduled(event: &Event<'_>) -> Found {
    one(Finding { topic: Topic::Information, ..event.finding(Source::Scheduler) })
}

fn one(finding: Finding) -> Found {
    vec![Ok(finding)]
}

impl<'a> Event<'a> {
    /// The event behind an envelope.
    pub fn new(envelope: &'a Value, detail: &'a Value) -> Self {
        let word = |key: &str| envelope.get(key).and_then(Value::as_str).unwrap_or_default();
        Self {
            source: word("source"),
            detail_type: word("detail-type"),
            detail: Place::new(detail, "/detail"),
            envelope: Place::new(envelope, ""),
        }
    }

    /// A finding with what the envelope says. A reader replaces what its source knows better.
    fn finding(&self, source: Source) -> Finding {
        let account = self.envelope.get("account");
        Finding {
            source,
            id: self.envelope.get("id").word(),
            subject: self.envelope.get("detail-type").stated(),
            topic: Topic::Information,
            layer: None,
            state: State::Open,
            status: Fact::default(),
            product: None,
            genuine: true,
            account: account.account().unwrap_or_else(|| account.stated()),
            region: self.envelope.get("region").word(),
            time: self.envelope.get("time").text().as_deref().and_then(unix_seconds),
            controls: Vec::new(),
            resources: Vec::new(),
            stray: false,
        }
    }
}
