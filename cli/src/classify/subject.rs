//! What an event is about, in the words that a reader needs.

use demarc_classification::{Change, Finding, Input, Other, Request, Resource};
use serde_json::{Value, json};

/// What an event is about.
#[derive(Debug, Default)]
pub(crate) struct Subject {
    /// `change`, `finding`, `request` or `other`.
    pub(crate) kind: &'static str,
    /// The service that was called, or that reports.
    pub(crate) source: String,
    /// The call, or what the finding is called.
    pub(crate) name: String,
    /// Who made the change.
    pub(crate) actor: Option<String>,
    /// The account that it is about.
    pub(crate) account: String,
    /// The region that it is about.
    pub(crate) region: String,
    /// When, in seconds since 1970.
    pub(crate) time: Option<u64>,
    /// What it is about.
    pub(crate) resources: Vec<Resource>,
}

impl Subject {
    /// Of whatever was read.
    pub(crate) fn of(input: &Input) -> Self {
        match input {
            Input::Change(change) => of_change(change),
            Input::Finding(finding) => of_finding(finding),
            Input::Request(request) => of_request(request),
            Input::Other(other) => of_other(other),
        }
    }

    /// As members of a line of JSON.
    pub(crate) fn json(&self) -> Value {
        let resources: Vec<Value> = self
            .resources
            .iter()
            .map(|r| {
                json!({ "type": r.kind, "id": r.id, "arn": r.arn(), "account": r.account, "region": r.region })
            })
            .collect();
        json!({
            "kind": self.kind,
            "source": self.source,
            "name": self.name,
            "actor": self.actor,
            "account": self.account,
            "region": self.region,
            "time": self.time,
            "resources": resources,
        })
    }
}

fn of_change(change: &Change) -> Subject {
    Subject {
        kind: "change",
        source: change.service.clone(),
        name: change.name.clone(),
        actor: Some(change.actor.name()),
        account: change.account.clone(),
        region: change.region.clone(),
        time: change.time,
        resources: change.resources(),
    }
}

fn of_finding(finding: &Finding) -> Subject {
    Subject {
        kind: "finding",
        source: finding.source.as_str().to_owned(),
        name: finding.controls.first().unwrap_or(&finding.subject.value).clone(),
        actor: None,
        account: finding.account.value.clone(),
        region: finding.region.clone(),
        time: finding.time,
        resources: finding.resources.clone(),
    }
}

fn of_request(request: &Request) -> Subject {
    let (name, resources) = match request {
        Request::Evaluate(evaluate) => {
            let account = evaluate.account.as_deref().unwrap_or_default();
            let region = evaluate.region.as_deref().unwrap_or_default();
            ("evaluate", evaluate.target(account, region).into_iter().collect())
        }
        Request::Sweep(_) => ("sweep", Vec::new()),
        Request::Settle(_) => ("settle", Vec::new()),
        Request::Heartbeat(_) => ("heartbeat", Vec::new()),
    };
    Subject {
        kind: "request",
        source: "demarc".to_owned(),
        name: name.to_owned(),
        resources,
        ..Subject::default()
    }
}

fn of_other(other: &Other) -> Subject {
    Subject {
        kind: "other",
        source: other.source.clone(),
        name: other.detail_type.clone(),
        account: other.account.clone(),
        region: other.region.clone(),
        resources: other.resources.clone(),
        ..Subject::default()
    }
}
