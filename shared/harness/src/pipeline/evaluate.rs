//! Evaluating one setting: read, judge, and go on to put it right where that may be.

use std::collections::BTreeMap;

use demarc_remediation::{
    classification::Resource,
    control::AnyControl,
    plan::{Decision, Folded},
    setting::Effect,
};

use super::{Pipeline, Readings, Task};
use crate::{
    Error, Outcome, Report,
    store::{Exemptions, Past},
};

/// A change that is younger than this may not show everywhere yet.
const SETTLED_MILLIS: u64 = 60_000;
const LOOK_AGAIN_MILLIS: u64 = 5_000;
const LOOK_AT_BUSY_MILLIS: u64 = 60_000;

impl Pipeline {
    pub(super) async fn evaluate(&self, task: &Task<'_>) -> Result<Vec<Report>, Error> {
        let configuration = self.store.configuration().await?;
        let (now, mut reports) = self.settling(task, configuration.settle_seconds()).await?;
        if now.is_empty() {
            return Ok(reports);
        }
        let task = &Task { controls: now, ..task.clone() };
        match self.read(task, &task.controls).await {
            Ok(Some(readings)) => {
                // Boxed, as futures lie in each other: together they would not fit a small stack.
                let mut judged = Box::pin(self.judged(task, readings)).await?;
                self.put_up(task, &mut judged).await?;
                reports.extend(judged);
            }
            Ok(None) => reports.extend(self.vanished(task).await?),
            Err(error) => reports.extend(self.elsewhere(task, error).await?),
        }
        let withdrawn = self.withdraw(task, &reports).await;
        self.or_print(withdrawn, reports)
    }

    /// The controls that judge now; the others look again when the new resource has settled.
    async fn settling(
        &self,
        task: &Task<'_>,
        seconds: u64,
    ) -> Result<(Vec<&'static dyn AnyControl>, Vec<Report>), Error> {
        let due = task.changed_at().unwrap_or(0) + seconds * 1000;
        if !task.creates || self.clock.now() >= due {
            return Ok((task.controls.clone(), Vec::new()));
        }
        let (now, later): (Vec<_>, Vec<_>) =
            task.controls.iter().copied().partition(|c| c.meta().exposure);
        if later.is_empty() {
            return Ok((now, Vec::new()));
        }
        self.look_again(task, &later, due).await?;
        let why = "the resource is new: whoever created it may still be setting it up";
        Ok((now, task.report_each(&later, &Outcome::Later { at: due }, why)))
    }

    async fn judged(&self, task: &Task<'_>, mut readings: Readings) -> Result<Vec<Report>, Error> {
        let configuration = self.store.configuration().await?;
        let key = task.key();
        let meta = task.setting.meta();
        let mut folded = self.judge(task, &task.controls, &readings, &configuration, &[]);
        if meta.baseline && !folded.all_compliant() {
            readings.past = Some(self.store.past(meta, &key).await?);
            folded = self.judge(task, &task.controls, &readings, &configuration, &[]);
        }
        if folded.all_compliant() {
            return self.compliant(task, &readings, &folded).await;
        }
        // What an exemption leaves may be put right where the whole would wait.
        let mut exemptions = Exemptions::default();
        if folded.applied().next().is_none() && !folded.planned.is_empty() {
            exemptions = self.store.exemptions(&key).await?;
            folded =
                self.judge(task, &task.controls, &readings, &configuration, &exemptions.elements);
        }
        self.look_after_grace(task, &folded).await?;
        if folded.applied().next().is_some() {
            // The event of our own write may name nothing but the member.
            self.store.index(&members(task, &readings)).await?;
            return self.remediate(task, readings, &configuration, exemptions).await;
        }
        if matches!(readings.past, Some(Past::Known { broken_at: None, .. })) {
            self.store.note_broken(&key).await?;
        }
        Ok(task.reports_of(&folded))
    }

    /// What is in its period of grace is looked at again at the period's end.
    async fn look_after_grace(&self, task: &Task<'_>, folded: &Folded) -> Result<(), Error> {
        for planned in &folded.planned {
            let Decision::Wait(at) = planned.decision else { continue };
            let of_plan =
                |control: &&&'static dyn AnyControl| control.meta().id == planned.control.id;
            let controls: Vec<_> = task.controls.iter().filter(of_plan).copied().collect();
            let first_seen = Some(task.since(self.clock.now()));
            let task = Task { first_seen, ..task.clone() };
            self.look_again(&task, &controls, at).await?;
        }
        Ok(())
    }

    /// Compliant, unless the reading does not show the change yet.
    async fn compliant(
        &self,
        task: &Task<'_>,
        readings: &Readings,
        folded: &Folded,
    ) -> Result<Vec<Report>, Error> {
        if self.is_stale(task, readings)? {
            let at = self.clock.now() + LOOK_AGAIN_MILLIS;
            self.look_again(task, &task.controls, at).await?;
            let why = "the reading does not show the change yet";
            return Ok(task.report_each(&task.controls, &Outcome::Later { at }, why));
        }
        if let Some(busy) = readings.observed.busy.as_ref().filter(|_| self.may_be_applying(task)) {
            let at = self.clock.now() + LOOK_AT_BUSY_MILLIS;
            self.look_again(task, &task.controls, at).await?;
            return Ok(task.report_each(&task.controls, &Outcome::Later { at }, busy));
        }
        if task.setting.meta().baseline && !readings.observed.state.is_absent() {
            self.keep_good(task, readings).await?;
        }
        Ok(task.reports_of(folded))
    }

    /// Whether a change may have been accepted and not be in force yet.
    fn may_be_applying(&self, task: &Task<'_>) -> bool {
        let within = task.setting.meta().applies_within_seconds * 1000;
        task.changed_at().is_some_and(|at| self.clock.now() < at + within)
    }

    fn is_stale(&self, task: &Task<'_>, readings: &Readings) -> Result<bool, Error> {
        let (Some(change), Some(control)) = (task.change, task.controls.first()) else {
            return Ok(false);
        };
        let changed_at = task.changed_at().unwrap_or(0);
        if self.store.wrote_since(&task.key(), changed_at) {
            return Ok(false);
        }
        let age = self.clock.now().saturating_sub(changed_at);
        Ok(age < SETTLED_MILLIS && !control.shows(&readings.observed.state, change)?)
    }

    pub(super) async fn keep_good(
        &self,
        task: &Task<'_>,
        readings: &Readings,
    ) -> Result<(), Error> {
        let index = members(task, readings);
        self.store.keep_good(&task.key(), &readings.observed.state, &index).await
    }

    /// Gone for a delete event, or when the event is old enough that the reading is not stale.
    async fn vanished(&self, task: &Task<'_>) -> Result<Vec<Report>, Error> {
        let now = self.clock.now();
        let fresh = task.changed_at().is_some_and(|at| now < at + SETTLED_MILLIS);
        let deleted = task.cause.as_ref().is_some_and(|cause| cause.deleted);
        if fresh && !deleted {
            let at = now + LOOK_AGAIN_MILLIS;
            self.look_again(task, &task.controls, at).await?;
            let why =
                "the resource is not there; so soon after the change the reading may be stale";
            return Ok(task.report_each(&task.controls, &Outcome::Later { at }, why));
        }
        Ok(task.report_each(&task.controls, &Outcome::Gone, "there is no such resource"))
    }

    /// A bucket of another region is handed to that region's stack, or reported.
    async fn elsewhere(&self, task: &Task<'_>, error: Error) -> Result<Vec<Report>, Error> {
        let region = error.api().and_then(|api| api.bucket_region.clone());
        let Some(region) = region.filter(|region| *region != self.environment.region) else {
            return Err(error);
        };
        let mut request = task.again(&task.controls, self.clock.now());
        request.region = Some(region.clone());
        let request = demarc_remediation::classification::Request::Evaluate(request);
        let because = if self.queue.hand_over(&request, &region).await? {
            format!("the bucket is in {region}: handed to the stack there")
        } else {
            format!("the bucket is in {region}, where there is no stack of this name: deploy one")
        };
        Ok(task.report_each(&task.controls, &Outcome::Elsewhere { region }, &because))
    }
}

/// The members of a reading, each with its container; none where the setting has no members.
fn members(task: &Task<'_>, readings: &Readings) -> BTreeMap<String, Resource> {
    let kind = task.setting.meta().triggers.iter().find_map(|t| match t.effect {
        Effect::DeletesMember(kind) => Some(kind),
        Effect::Changes | Effect::Creates => None,
    });
    let key = |kind: &str, id: &String| {
        Resource { kind: kind.to_owned(), id: id.clone(), ..task.resource.clone() }.key()
    };
    kind.map(|kind| {
        let ids = readings.observed.handle.values();
        ids.map(|id| (key(kind, id), task.resource.clone())).collect()
    })
    .unwrap_or_default()
}
