//! Putting up for approval what is not done without a person.

use demarc_remediation::plan::Decision;

use super::{Pipeline, Task, task::new_id};
use crate::{
    Error, Outcome, Report,
    store::{WAITS_MILLIS, Waiting, WaitingEnd},
};

impl Pipeline {
    /// Puts up every plan of the reports that waits for a person, and says in the report how it is
    /// approved.
    pub(super) async fn put_up(
        &self,
        task: &Task<'_>,
        reports: &mut [Report],
    ) -> Result<(), Error> {
        for report in reports {
            let waits = report.outcome == Outcome::Skipped
                && report.plan.as_ref().is_some_and(|plan| plan.decision == Decision::APPROVE);
            let Some(waiting) = self.waiting(task, report).filter(|_| waits) else { continue };
            let id = self.store.put_up(&waiting).await?;
            report.because = format!("{}; `demarc approve {id}`", report.because);
            if let Some(plan) = &mut report.plan {
                plan.id = Some(id);
            }
        }
        Ok(())
    }

    /// What waits for a person and has nothing left to put right waits no longer.
    pub(super) async fn withdraw(&self, task: &Task<'_>, reports: &[Report]) -> Result<(), Error> {
        for report in reports {
            let over =
                matches!(report.outcome, Outcome::Compliant | Outcome::Gone | Outcome::Remediated);
            let Some(control) = report.control.filter(|_| over) else { continue };
            if !self.store.may_be_waiting(&task.key(), control).await? {
                continue;
            }
            if let Some(waiting) = self.store.waiting_for(&task.key(), control).await? {
                let end = WaitingEnd::Withdrawn { because: report.because.clone() };
                self.store.end_waiting(&waiting, &end).await?;
            }
        }
        Ok(())
    }

    fn waiting(&self, task: &Task<'_>, report: &Report) -> Option<Waiting> {
        let plan = report.plan.as_ref()?;
        let at = self.clock.now();
        Some(Waiting {
            id: new_id(at),
            incident: task.incident.clone(),
            control: report.control?.to_owned(),
            setting: task.setting.meta().id.to_owned(),
            resource: task.resource.clone(),
            delta: plan.delta.clone(),
            detail: plan.detail.clone(),
            safety: plan.safety,
            undo: plan.undo.clone(),
            evidence: plan.evidence.clone(),
            because: report.because.clone(),
            actor: task.cause.as_ref().map(|cause| cause.actor.clone()),
            at,
            until: at + WAITS_MILLIS,
        })
    }
}
