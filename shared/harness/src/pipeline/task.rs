//! One setting of one resource to look at, with what led there.

use demarc_remediation::{
    classification::{Cause, Change, Classification, Evaluate, Resource},
    control::{AnyControl, Meta},
    element::Delta,
    journal::setting_key,
    plan::{Decision, Finding, Folded, Planned},
};
use ulid::Ulid;

use crate::{AnySetting, Outcome, Report, report::PlanView};

/// A person's approval of one plan.
#[derive(Clone, Debug)]
pub(crate) struct Approved {
    /// The ARN that IAM names.
    pub caller: String,
    /// Why.
    pub reason: String,
    /// What was approved, and nothing else.
    pub delta: Delta,
}

/// What is evaluated together: all controls of one setting of one resource.
#[derive(Clone)]
pub(crate) struct Task<'a> {
    pub setting: &'a dyn AnySetting,
    pub resource: Resource,
    pub controls: Vec<&'static dyn AnyControl>,
    pub classification: &'a Classification,
    /// The change itself, on its first look.
    pub change: Option<&'a Change>,
    pub cause: Option<Cause>,
    pub incident: String,
    pub attempt: u32,
    /// When an earlier look saw it first, in milliseconds since 1970.
    pub first_seen: Option<u64>,
    /// The approval by which it is put right.
    pub approved: Option<Approved>,
    /// Whether the change created the resource.
    pub creates: bool,
}

impl Task<'_> {
    /// The key of the setting.
    pub fn key(&self) -> String {
        setting_key(self.setting.meta().id, &self.resource)
    }

    /// Whether an AWS service made the change.
    pub fn by_service(&self) -> bool {
        self.cause.as_ref().is_some_and(|cause| cause.actor.is_service())
    }

    /// Whether one of these roles, that deploy on purpose, made the change.
    pub fn by_pipeline(&self, roles: &[String]) -> bool {
        let actor = self.cause.as_ref().map(|cause| &cause.actor);
        actor.is_some_and(|actor| roles.iter().any(|role| actor.is_role(role)))
    }

    /// When the change was made, in milliseconds since 1970.
    pub fn changed_at(&self) -> Option<u64> {
        self.cause.as_ref().and_then(|cause| cause.time).map(|seconds| seconds * 1000)
    }

    /// Since when a violation is there, in milliseconds since 1970, as far as is known.
    pub fn since(&self, now: u64) -> u64 {
        self.changed_at().or(self.first_seen).unwrap_or(now)
    }

    /// The request that looks at the same again.
    pub fn again(&self, controls: &[&'static dyn AnyControl], not_before: u64) -> Evaluate {
        Evaluate {
            resource: self.resource.id.clone(),
            kind: Some(self.resource.kind.clone()),
            account: Some(self.resource.account.clone()),
            region: Some(self.resource.region.clone()),
            setting: Some(self.setting.meta().id.to_owned()),
            controls: controls.iter().map(|c| c.meta().id.to_owned()).collect(),
            not_before: Some(not_before.div_ceil(1000)),
            since: self.first_seen.map(|at| at / 1000),
            incident: Some(self.incident.clone()),
            attempt: self.attempt + 1,
            cause: self.cause.clone(),
        }
    }

    /// A report about this task.
    pub fn report(
        &self,
        control: Option<&'static Meta>,
        outcome: Outcome,
        because: impl Into<String>,
    ) -> Report {
        let mut report = Report::of_message(&self.incident, outcome, because, self.classification);
        if let Some(meta) = control {
            let whose = demarc_remediation::classification::demarcate(meta.model, meta.layer).0;
            report.responsibility = whose.as_str();
        }
        report.resource = Some(self.resource.clone());
        report.control = control.map(|meta| meta.id);
        report.change = self.cause.as_ref().map(|c| format!("{} {}", c.service, c.name));
        report.actor = self.cause.as_ref().map(|c| c.actor.name());
        report
    }

    /// One report for each control, all with the same outcome.
    pub fn report_each(
        &self,
        controls: &[&'static dyn AnyControl],
        outcome: &Outcome,
        because: &str,
    ) -> Vec<Report> {
        controls.iter().map(|c| self.report(Some(c.meta()), outcome.clone(), because)).collect()
    }

    /// The reports of everything in a fold that is not put right.
    pub fn reports_of(&self, folded: &Folded) -> Vec<Report> {
        let findings = folded.findings.iter().map(|(meta, finding)| {
            let (outcome, because) = match finding {
                Finding::Compliant(because) => (Outcome::Compliant, because),
                Finding::Advise(steps) => (Outcome::Advised, steps),
                Finding::Undecidable(why) => (Outcome::Undecided, why),
                Finding::NotTheCustomers(why) => (Outcome::Ignored, why),
            };
            self.report(Some(meta), outcome, because)
        });
        let planned = folded.planned.iter().filter_map(|p| self.skipped(p));
        findings.chain(planned).collect()
    }

    fn skipped(&self, planned: &Planned) -> Option<Report> {
        let because = match &planned.decision {
            Decision::Apply => return None,
            Decision::Wait(at) => {
                let why = format!(
                    "it is put right at {} unless its owner objects: exempt it, or lower the mode",
                    rfc3339(*at)
                );
                return Some(self.report_plan(planned, None, Outcome::Later { at: *at }, why));
            }
            Decision::Observe => "the control's mode is observe: nothing was written".to_owned(),
            Decision::Approve(why) => format!("it waits for approval: {why}"),
            Decision::Exempt(exemption) => format!(
                "`{}` is exempt until {} by `{}`: {}",
                exemption.id,
                rfc3339(exemption.until),
                exemption.owner,
                exemption.justification
            ),
        };
        Some(self.report_plan(planned, None, Outcome::Skipped, because))
    }

    /// A report about one plan.
    pub fn report_plan(
        &self,
        planned: &Planned,
        id: Option<&str>,
        outcome: Outcome,
        because: impl Into<String>,
    ) -> Report {
        let written = outcome.is_written();
        let mut report = self.report(Some(planned.control), outcome, because);
        report.plan = Some(PlanView::of(planned, id));
        report.not_undone = written.then_some(planned.control.outlives);
        report
    }
}

/// A time in milliseconds since 1970 for a person to read, in UTC.
pub(super) fn rfc3339(millis: u64) -> String {
    let seconds = i64::try_from(millis / 1000).unwrap_or(i64::MAX);
    let time = aws_smithy_types::DateTime::from_secs(seconds);
    time.fmt(aws_smithy_types::date_time::Format::DateTime).unwrap_or_else(|_| millis.to_string())
}

/// An id that is unique for each occurrence, and sorts by time.
pub(crate) fn new_id(now: u64) -> String {
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_millis(now);
    Ulid::from_datetime(at).to_string()
}
