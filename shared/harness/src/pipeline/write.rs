//! Under the lease: read again, write, verify, close.

use std::time::Duration;

use demarc_remediation::{
    configuration::Configuration,
    element::Elements,
    journal::{Progress, Settlement, Stage, settlement},
};

use super::{
    Pipeline, Readings, Task,
    attempt::{APPLYING, Held, LOOK_AT_APPLYING_MILLIS},
};
use crate::{Error, Fault, Observed, Outcome, Report, report::Alert};

/// Pauses before each reading that verifies, in milliseconds.
const VERIFY_AFTER: [u64; 3] = [0, 300, 1_000];

/// What a write came to.
pub(super) struct Written {
    pub reports: Vec<Report>,
    /// Readings that are to be judged again at once.
    pub look_further: Option<Readings>,
}

impl Written {
    fn done(reports: Vec<Report>) -> Self {
        Self { reports, look_further: None }
    }
}

impl Pipeline {
    pub(super) async fn write(
        &self,
        task: &Task<'_>,
        readings: &Readings,
        configuration: &Configuration,
        held: Held,
    ) -> Result<Written, Error> {
        let Some(fresh) = task.setting.read(&task.resource).await? else {
            self.end(&held, Stage::Abandoned, "the resource is gone", None).await?;
            let gone = task.report_each(&task.controls, &Outcome::Gone, "gone before the write");
            return Ok(Written::done(gone));
        };
        let fresh = Readings { observed: fresh, ..readings.clone() };
        let exempt = &held.exemptions.elements;
        let folded = self.judge(task, &task.controls, &fresh, configuration, exempt);
        if folded.deltas() != held.folded.deltas() {
            self.abandon(&held, "the state changed before the write").await?;
            return Ok(Written { reports: Vec::new(), look_further: Some(fresh) });
        }
        if let Some(busy) = &fresh.observed.busy {
            self.abandon(&held, busy).await?;
            return self.wait_for_service(task, busy).await.map(Written::done);
        }
        match task.setting.write(&task.resource, &fresh.observed, &folded.desired).await {
            Ok(()) => self.verify(task, &fresh, configuration, &held).await,
            Err(error) => self.after_failed_write(task, &held, error).await,
        }
    }

    /// Gives the lease back without a write. A plan that carries on an unfinished one stays open:
    /// it holds the before-image of what was written already.
    async fn abandon(&self, held: &Held, note: &str) -> Result<(), Error> {
        let at = self.clock.now();
        let (unfinished, own): (Vec<_>, Vec<_>) =
            held.entries.iter().partition(|entry| entry.continues.is_some());
        let progress: Vec<Progress> = own
            .into_iter()
            .map(|entry| Progress {
                plan: entry.plan.clone(),
                stage: Stage::Abandoned,
                at,
                note: note.to_owned(),
            })
            .collect();
        let open: Vec<String> = unfinished.into_iter().map(|e| e.plan.clone()).collect();
        self.store.close(&held.lease, &progress, &open, None).await
    }

    async fn end(
        &self,
        held: &Held,
        stage: Stage,
        note: &str,
        look_again_at: Option<u64>,
    ) -> Result<(), Error> {
        let at = self.clock.now();
        let progress: Vec<Progress> = held
            .entries
            .iter()
            .map(|entry| Progress { plan: entry.plan.clone(), stage, at, note: note.to_owned() })
            .collect();
        self.store.close(&held.lease, &progress, &[], look_again_at).await
    }

    /// A refused write that changed nothing ends its plans; a write that may have had effect, or
    /// that carries on an older one, leaves them open, for the next delivery or the settle pass to
    /// take over.
    async fn after_failed_write(
        &self,
        task: &Task<'_>,
        held: &Held,
        error: Error,
    ) -> Result<Written, Error> {
        let Some(now) = task.setting.read(&task.resource).await? else {
            self.end(held, Stage::Abandoned, "the resource is gone", None).await?;
            let gone = task.report_each(&task.controls, &Outcome::Gone, "gone during the write");
            return Ok(Written::done(gone));
        };
        let settled =
            |wanted| held.entries.iter().all(|e| settlement(&e.delta, &now.state) == wanted);
        if settled(Settlement::Done) {
            let note = format!("in place all the same: {error}");
            self.end(held, Stage::Verified, &note, None).await?;
            return Ok(Written::done(self.remediated(task, held)));
        }
        let refused = error.api().is_some_and(|api| api.fault != Fault::Unknown);
        let is_first = held.entries.iter().all(|e| e.continues.is_none());
        if refused && is_first && settled(Settlement::Untouched) {
            self.end(held, Stage::Failed, &error.to_string(), None).await?;
        } else {
            let open: Vec<String> = held.entries.iter().map(|e| e.plan.clone()).collect();
            self.store.close(&held.lease, &[], &open, None).await?;
        }
        Err(error)
    }

    async fn verify(
        &self,
        task: &Task<'_>,
        before: &Readings,
        configuration: &Configuration,
        held: &Held,
    ) -> Result<Written, Error> {
        let Some(after) = self.read_until_done(task, held).await? else {
            self.end(held, Stage::Unverified, "gone after the write", None).await?;
            let gone = task.report_each(&task.controls, &Outcome::Gone, "gone after the write");
            return Ok(Written::done(gone));
        };
        let unmet: Vec<_> = held.entries.iter().flat_map(|e| e.delta.unmet(&after.state)).collect();
        if unmet.is_empty() {
            return self.verified(task, before, configuration, held, after).await;
        }
        if task.setting.meta().applies_within_seconds > 0 {
            return self.applying(task, held).await;
        }
        self.end(held, Stage::Unverified, "the delta does not show", None).await?;
        let outcome = Outcome::Unverified { differences: unmet };
        let reports = self.report_plans(task, held, &outcome, "written, and it does not show");
        for report in &reports {
            report.print(self.function.name, self.clock.now());
        }
        Err(Error::Unverified { key: task.key() })
    }

    async fn read_until_done(
        &self,
        task: &Task<'_>,
        held: &Held,
    ) -> Result<Option<Observed<Elements>>, Error> {
        let mut last = None;
        for pause in VERIFY_AFTER {
            if pause > 0 {
                self.clock.sleep(Duration::from_millis(pause)).await;
            }
            let Some(after) = task.setting.read(&task.resource).await? else { return Ok(None) };
            let done = held.entries.iter().all(|e| e.delta.unmet(&after.state).is_empty());
            let asynchronous = task.setting.meta().applies_within_seconds > 0;
            last = Some(after);
            if done || asynchronous {
                break;
            }
        }
        Ok(last)
    }

    /// The delta holds. What a control still finds wrong is a new plan, at once.
    async fn verified(
        &self,
        task: &Task<'_>,
        before: &Readings,
        configuration: &Configuration,
        held: &Held,
        after: Observed<Elements>,
    ) -> Result<Written, Error> {
        self.end(held, Stage::Verified, "read again: the delta holds", None).await?;
        let after = Readings { observed: after, ..before.clone() };
        let exempt = &held.exemptions.elements;
        let rest = self.judge(task, &task.controls, &after, configuration, exempt);
        if task.setting.meta().baseline && rest.all_compliant() {
            self.keep_good(task, &after).await?;
        }
        let mut reports = self.remediated(task, held);
        if rest.applied().next().is_some() {
            return Ok(Written { reports, look_further: Some(after) });
        }
        let ours = |id: &str| held.entries.iter().any(|entry| entry.control == id);
        let others = task.reports_of(&rest).into_iter();
        reports.extend(
            others.filter(|r| r.outcome != Outcome::Compliant || !r.control.is_some_and(ours)),
        );
        Ok(Written::done(reports))
    }

    async fn applying(&self, task: &Task<'_>, held: &Held) -> Result<Written, Error> {
        let look_again_at = self.clock.now() + LOOK_AT_APPLYING_MILLIS;
        self.end(held, Stage::Applying, APPLYING, Some(look_again_at)).await?;
        self.look_again(task, &task.controls, look_again_at).await?;
        let outcome = Outcome::Applying { look_again_at };
        Ok(Written::done(self.report_plans(task, held, &outcome, APPLYING)))
    }

    fn remediated(&self, task: &Task<'_>, held: &Held) -> Vec<Report> {
        self.report_plans(task, held, &Outcome::Remediated, "put right, and read again")
    }

    fn report_plans(
        &self,
        task: &Task<'_>,
        held: &Held,
        outcome: &Outcome,
        because: &str,
    ) -> Vec<Report> {
        let plans = held.folded.applied().zip(&held.entries);
        plans
            .map(|(planned, entry)| {
                let alert = entry.contested.then_some(Alert::Contested);
                let id = Some(entry.plan.as_str());
                Report { alert, ..task.report_plan(planned, id, outcome.clone(), because) }
            })
            .collect()
    }
}
