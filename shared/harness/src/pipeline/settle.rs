//! Finishing plans that a crash, a time-out or a slow service left open.

use demarc_remediation::{
    classification::{Classification, Evaluate, Request},
    element::Elements,
    journal::{Entry, Progress, Settlement, Stage, settlement},
};

use super::{Pipeline, task::new_id};
use crate::{
    Error, Outcome, Report,
    store::{Claim, Claimed, Head, Plan},
};

const LOOK_AGAIN_MILLIS: u64 = 60_000;

/// Who looks at the resource of a plan that did not end well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looks {
    /// A message of ours.
    Queued,
    /// Whoever settles: a message for each look would make two of one.
    AtOnce,
}

/// How open plans end now; what is in neither list stays open.
#[derive(Default)]
struct Ends {
    progress: Vec<Progress>,
    /// What is in place of half-written plans: plans of their own, so that it can be undone.
    kept: Vec<Entry>,
}

impl Pipeline {
    /// Finishes every plan that should have been finished by now, and every exemption.
    pub(super) async fn settle_all(
        &self,
        classification: &Classification,
    ) -> Result<Vec<Report>, Error> {
        let mut reports = Vec::new();
        let mut failed = Ok(());
        for key in self.store.overdue().await? {
            match self.settle(&key, Looks::Queued, classification).await {
                Ok(settled) => reports.extend(settled),
                // One setting that cannot be finished stands in no other's way.
                Err(error) => {
                    reports.push(unsettled(&key, &error, classification));
                    failed = failed.and(Err(error));
                }
            }
        }
        let ended = self.end_exemptions(classification, &mut reports).await;
        self.or_print(failed.and(ended), reports)
    }

    /// Finishes the open plans of one setting, where nobody holds its lease.
    pub(super) async fn settle(
        &self,
        key: &str,
        looks: Looks,
        classification: &Classification,
    ) -> Result<Vec<Report>, Error> {
        let head = self.store.head(key).await?;
        if head.open.is_empty() || head.leased_until >= self.clock.now() {
            return Ok(Vec::new());
        }
        let mut plans = Vec::new();
        for id in &head.open {
            plans.extend(self.store.plan(id).await?);
        }
        let Some(first) = plans.first() else { return Ok(Vec::new()) };
        let Ok(setting) = self.function.setting(&first.entry.setting) else {
            // Another function's: its own settle pass finishes it.
            return Ok(Vec::new());
        };
        let observed = setting.read(&first.entry.resource).await?.map(|o| o.state);
        let deadline = setting.meta().applies_within_seconds * 1000;
        let mut ends = Ends::default();
        for plan in &plans {
            end(plan, observed.as_ref(), self.clock.now(), deadline, &mut ends);
        }
        if !self.finish(key, &head, &plans, &ends).await? {
            // Somebody else took it between our reading and here, and finishes it.
            return Ok(Vec::new());
        }
        let settled =
            ends.kept.is_empty() && ends.progress.iter().all(|p| p.stage == Stage::Verified);
        if !settled && looks == Looks::Queued {
            self.queue.later(&look_at(&first.entry), 0).await?;
        }
        Ok(reports(&ends, &plans, classification))
    }

    /// `false` where the claim is not to be had.
    async fn finish(
        &self,
        key: &str,
        head: &Head,
        plans: &[Plan],
        ends: &Ends,
    ) -> Result<bool, Error> {
        let at = self.clock.now();
        let step =
            |plan: &str, stage, note: String| Progress { plan: plan.to_owned(), stage, at, note };
        let superseded: Vec<Progress> = ends
            .kept
            .iter()
            .filter_map(|kept| {
                let note = format!("half of it is in place: plan {}", kept.plan);
                Some(step(kept.continues.as_deref()?, Stage::Superseded, note))
            })
            .collect();
        let is_among = |steps: &[Progress], id: &String| steps.iter().any(|p| &p.plan == id);
        let carried: Vec<String> =
            head.open.iter().filter(|id| !is_among(&superseded, id)).cloned().collect();
        let claim = Claim {
            key,
            head,
            exemption_version: self.store.exemptions(key).await?.version,
            entries: &ends.kept,
            older: plans,
            ends: &superseded,
            carried: &carried,
            exempt: None,
            stoppable: false,
            writes: false,
            counts: None,
        };
        let Claimed::Taken(lease) = self.store.claim(&claim).await? else { return Ok(false) };
        let kept = ends.kept.iter().map(|kept| {
            let note = "in place of a half-written plan; the rest is evaluated anew";
            step(&kept.plan, Stage::Verified, note.to_owned())
        });
        let progress: Vec<Progress> = ends.progress.iter().cloned().chain(kept).collect();
        let open: Vec<String> = carried.into_iter().filter(|id| !is_among(&progress, id)).collect();
        let again = (!open.is_empty()).then_some(at + LOOK_AGAIN_MILLIS);
        self.store.close(&lease, &progress, &open, again).await?;
        Ok(true)
    }
}

/// How an open plan ends now, where it does.
fn end(plan: &Plan, observed: Option<&Elements>, now: u64, deadline: u64, ends: &mut Ends) {
    let settled =
        observed.map_or(Settlement::Untouched, |state| settlement(&plan.entry.delta, state));
    let is_applying = plan.stage() == Stage::Applying;
    let in_time = is_applying && now < plan.entry.at + deadline && observed.is_some();
    let (stage, note) = match (settled, observed) {
        (Settlement::Done, _) => (Stage::Verified, "read again: the delta holds"),
        (Settlement::Untouched | Settlement::Partial, _) if in_time => return,
        _ if is_applying => (Stage::Unverified, "the delta does not show within its time"),
        (_, None) => (Stage::Abandoned, "the resource is gone"),
        (Settlement::Untouched, _) => (Stage::Abandoned, "nothing was written"),
        // The remediator cannot finish it: whoever asked for the undo asks again.
        (Settlement::Partial, _) if plan.undoes().is_some() => {
            (Stage::Unverified, "half of it is in place: ask for the undo again")
        }
        (Settlement::Partial, Some(state)) => match in_place(plan, state, now) {
            Some(kept) => return ends.kept.push(kept),
            None => (Stage::Unverified, "somebody else has changed it since"),
        },
    };
    let note = note.to_owned();
    ends.progress.push(Progress { plan: plan.entry.plan.clone(), stage, at: now, note });
}

/// A plan with what a half-written one has in place, and its before-image; `None`: nothing.
fn in_place(plan: &Plan, state: &Elements, now: u64) -> Option<Entry> {
    let delta = plan.entry.delta.filtered(|edit| state.get(&edit.id) == edit.after.as_ref());
    (!delta.is_empty()).then(|| Entry {
        plan: new_id(now),
        at: now,
        delta,
        continues: Some(plan.entry.plan.clone()),
        ..plan.entry.clone()
    })
}

fn unsettled(key: &str, error: &Error, classification: &Classification) -> Report {
    let outcome = Outcome::Failed { error: error.kind() };
    let because = format!("the open plans of `{key}` cannot be finished: {error}");
    Report::of_message(key, outcome, because, classification)
}

fn look_at(entry: &Entry) -> Request {
    Request::Evaluate(Evaluate {
        resource: entry.resource.id.clone(),
        kind: Some(entry.resource.kind.clone()),
        account: Some(entry.resource.account.clone()),
        region: Some(entry.resource.region.clone()),
        setting: Some(entry.setting.clone()),
        incident: Some(entry.incident.clone()),
        ..Evaluate::default()
    })
}

fn reports(ends: &Ends, plans: &[Plan], classification: &Classification) -> Vec<Report> {
    let ended = ends.progress.iter().filter_map(|step| {
        let plan = plans.iter().find(|plan| plan.entry.plan == step.plan)?;
        let outcome = match step.stage {
            Stage::Verified => Outcome::Remediated,
            Stage::Abandoned => Outcome::Skipped,
            _ => Outcome::Unverified { differences: Vec::new() },
        };
        Some((&plan.entry, outcome, step.note.as_str()))
    });
    let half = "half of it is in place; the rest is evaluated anew";
    let kept = ends.kept.iter().map(|entry| (entry, Outcome::Remediated, half));
    ended
        .chain(kept)
        .map(|(entry, outcome, note)| {
            let because = format!("plan {}: {note}", entry.plan);
            let mut report = Report::of_message(&entry.incident, outcome, because, classification);
            report.resource = Some(entry.resource.clone());
            report
        })
        .collect()
}
