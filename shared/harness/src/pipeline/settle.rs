//! Finishing plans that a crash, a time-out or a slow service left open.

use demarc_remediation::{
    classification::{Classification, Evaluate, Request},
    journal::{Progress, Settlement, Stage, settlement},
};

use super::Pipeline;
use crate::{
    Error, Outcome, Report,
    store::{Claim, Claimed, Head, Plan},
};

const LOOK_AGAIN_MILLIS: u64 = 60_000;
/// A half-written plan that no evaluation has carried on for so long needs a person.
const HALF_WRITTEN_MILLIS: u64 = 3_600_000;

impl Pipeline {
    /// Finishes every plan that should have been finished by now.
    pub(super) async fn settle_all(
        &self,
        classification: &Classification,
    ) -> Result<Vec<Report>, Error> {
        let mut reports = Vec::new();
        for key in self.store.overdue().await? {
            reports.extend(self.settle(&key, classification).await?);
        }
        Ok(reports)
    }

    /// Finishes the open plans of one setting, where nobody holds its lease.
    pub(super) async fn settle(
        &self,
        key: &str,
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
        let Some(setting) =
            plans.first().and_then(|plan| self.function.setting(&plan.entry.setting).ok())
        else {
            // Another function's: its own settle pass finishes it.
            return Ok(Vec::new());
        };
        let Some(first) = plans.first() else { return Ok(Vec::new()) };
        let observed = setting.read(&first.entry.resource).await?;
        let deadline = setting.meta().applies_within_seconds * 1000;
        let now = self.clock.now();
        let progress: Vec<Progress> = plans
            .iter()
            .filter_map(|plan| {
                let settled = observed
                    .as_ref()
                    .map_or(Settlement::Untouched, |o| settlement(&plan.entry.delta, &o.state));
                end_of(plan, settled, observed.is_none(), now, deadline)
            })
            .collect();
        self.finish(key, &head, &plans, &progress).await?;
        Ok(progress.iter().map(|p| report(p, &plans, classification)).collect())
    }

    async fn finish(
        &self,
        key: &str,
        head: &Head,
        plans: &[Plan],
        progress: &[Progress],
    ) -> Result<(), Error> {
        let ended = |id: &String| progress.iter().any(|p| &p.plan == id);
        let open: Vec<String> = head.open.iter().filter(|id| !ended(id)).cloned().collect();
        let claim = Claim {
            key,
            head,
            exemption_version: self.store.exemptions(key).await?.version,
            entries: &[],
            ends: &[],
            carried: &head.open,
            exempt: None,
            stoppable: false,
        };
        let Claimed::Taken(lease) = self.store.claim(&claim).await? else {
            // Somebody else took it between our reading and here, and finishes it.
            return Ok(());
        };
        let again = (!open.is_empty()).then(|| self.clock.now() + LOOK_AGAIN_MILLIS);
        self.store.close(&lease, progress, &open, again).await?;
        for plan in plans.iter().filter(|p| open.contains(&p.entry.plan)) {
            self.queue.later(&look_at(plan), LOOK_AGAIN_MILLIS / 1000).await?;
        }
        let unsettled = progress.iter().filter(|p| p.stage != Stage::Verified);
        for step in unsettled {
            if let Some(plan) = plans.iter().find(|p| p.entry.plan == step.plan) {
                self.queue.later(&look_at(plan), 0).await?;
            }
        }
        Ok(())
    }
}

/// How an open plan ends now; `None`: not yet.
fn end_of(
    plan: &Plan,
    settled: Settlement,
    gone: bool,
    now: u64,
    deadline: u64,
) -> Option<Progress> {
    let in_time = plan.stage() == Stage::Applying && now < plan.entry.at + deadline;
    let (stage, note) = match settled {
        Settlement::Done => (Stage::Verified, "read again: the delta holds"),
        Settlement::Untouched | Settlement::Partial if in_time && !gone => return None,
        _ if plan.stage() == Stage::Applying => {
            (Stage::Unverified, "the delta does not show within its time")
        }
        _ if gone => (Stage::Abandoned, "the resource is gone"),
        Settlement::Untouched => (Stage::Abandoned, "nothing was written"),
        // Half written: whoever evaluates it next carries its before-image on.
        Settlement::Partial if now < plan.entry.at + HALF_WRITTEN_MILLIS => return None,
        Settlement::Partial => (Stage::Unverified, "half of it is in place: look at the resource"),
    };
    Some(Progress { plan: plan.entry.plan.clone(), stage, at: now, note: note.to_owned() })
}

fn look_at(plan: &Plan) -> Request {
    Request::Evaluate(Evaluate {
        resource: plan.entry.resource.id.clone(),
        kind: Some(plan.entry.resource.kind.clone()),
        account: Some(plan.entry.resource.account.clone()),
        region: Some(plan.entry.resource.region.clone()),
        setting: Some(plan.entry.setting.clone()),
        incident: Some(plan.entry.incident.clone()),
        ..Evaluate::default()
    })
}

fn report(progress: &Progress, plans: &[Plan], classification: &Classification) -> Report {
    let plan = plans.iter().find(|plan| plan.entry.plan == progress.plan);
    let outcome = match progress.stage {
        Stage::Verified => Outcome::Remediated,
        Stage::Abandoned => Outcome::Skipped,
        _ => Outcome::Unverified { differences: Vec::new() },
    };
    let incident = plan.map_or("", |plan| plan.entry.incident.as_str());
    let because = format!("plan {}: {}", progress.plan, progress.note);
    let mut report = Report::of_message(incident, outcome, because, classification);
    report.resource = plan.map(|plan| plan.entry.resource.clone());
    report
}
