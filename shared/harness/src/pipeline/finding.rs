//! From another service's finding to tasks: what it names is read and judged, whatever it says.

use demarc_remediation::{
    classification::{Cause, Classification, Disposition, Finding, Resource},
    control::AnyControl,
};

use super::{Pipeline, Task, task::new_id};
use crate::{AnySetting, Error, Outcome, Report};

impl Pipeline {
    pub(super) async fn finding(
        &self,
        finding: &Finding,
        classification: &Classification,
    ) -> Result<Vec<Report>, Error> {
        if !classification.writable() {
            return Ok(vec![left(finding, classification)]);
        }
        let incident = new_id(self.clock.now());
        let mut reports = Vec::new();
        for task in self.tasks_of(finding, classification, &incident) {
            reports.extend(Box::pin(self.evaluate(&task)).await?);
        }
        if reports.is_empty() {
            let why = "no control of this function judges what the finding names, in this region";
            reports.push(of_finding(finding, classification, Outcome::Ignored, why));
        }
        Ok(reports)
    }

    /// Every setting of every resource that the finding names, with the controls that it is of.
    fn tasks_of<'a>(
        &'a self,
        finding: &'a Finding,
        classification: &'a Classification,
        incident: &str,
    ) -> Vec<Task<'a>> {
        let pairs = finding.resources.iter().flat_map(|resource| {
            let settings = self.function.settings();
            settings.filter(|s| s.meta().resource == resource.kind).map(move |s| (s, resource))
        });
        pairs
            .filter_map(|(setting, named)| {
                let resource = self.ours(setting, named)?;
                let controls = self.asked(setting, &finding.controls);
                (!controls.is_empty()).then(|| Task {
                    setting,
                    resource,
                    controls,
                    classification,
                    change: None,
                    cause: Some(cause_of(finding)),
                    incident: incident.to_owned(),
                    attempt: 0,
                    first_seen: None,
                    approved: None,
                    creates: false,
                })
            })
            .collect()
    }

    /// The resource, if it is this stack's to look at.
    fn ours(&self, setting: &dyn AnySetting, named: &Resource) -> Option<Resource> {
        let resource = self.placed(setting.meta(), named.clone());
        let ours =
            resource.account == self.environment.account && self.is_ours(setting.meta(), &resource);
        ours.then_some(resource)
    }

    /// The controls of a setting that find the same as these of Security Hub; all of them where
    /// the finding names none.
    fn asked(
        &self,
        setting: &dyn AnySetting,
        security_hub: &[String],
    ) -> Vec<&'static dyn AnyControl> {
        let same = |control: &&'static dyn AnyControl| {
            security_hub.is_empty()
                || control.meta().security_hub.iter().any(|id| security_hub.iter().any(|s| s == id))
        };
        self.function.controls_of(setting.meta()).filter(same).collect()
    }
}

/// A finding about which nothing is done. Another account's counts where the rule that collects
/// them sent it, and nowhere else.
fn left(finding: &Finding, classification: &Classification) -> Report {
    let rejected = classification.disposition == Disposition::Reject;
    // The reasons before it say whose it is.
    let because = classification.reasons.last().map_or("no reason given", |r| r.text.as_str());
    let counted = rejected && (finding.stray || !finding.genuine);
    let outcome = if counted { Outcome::Rejected } else { Outcome::Ignored };
    let because = if rejected { format!("rejected: {because}") } else { because.to_owned() };
    of_finding(finding, classification, outcome, because)
}

fn of_finding(
    finding: &Finding,
    classification: &Classification,
    outcome: Outcome,
    because: impl Into<String>,
) -> Report {
    let mut report = Report::of_message(&finding.id, outcome, because, classification);
    report.change = Some(format!("{} {}", finding.source, named(finding)));
    report
}

/// The control that the finding is of, else what its source calls it.
fn named(finding: &Finding) -> &str {
    finding.controls.first().map_or(finding.subject.value.as_str(), String::as_str)
}

fn cause_of(finding: &Finding) -> Cause {
    Cause {
        id: finding.id.clone(),
        name: named(finding).to_owned(),
        service: finding.source.as_str().to_owned(),
        time: finding.time,
        ..Cause::default()
    }
}
