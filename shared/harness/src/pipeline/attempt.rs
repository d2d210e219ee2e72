//! Claiming a setting: what is about to be written is journaled first, or not written.

use demarc_remediation::{
    configuration::Configuration,
    journal::{Entry, Progress, Purpose, SCHEMA, Settlement, Stage, carry_on, settlement},
    plan::{Folded, Planned},
};

use super::{Pipeline, Readings, Task, restraint::Paid, task::new_id};
use crate::{
    Error, Outcome, Report,
    store::{Claim, Claimed, Exemptions, Head, Lease, Plan},
};

/// A setting that changes this often while we look at it is left to the next delivery.
const ROUNDS: u32 = 5;
const CROWDED_MILLIS: u64 = 5_000;
pub(super) const LOOK_AT_APPLYING_MILLIS: u64 = 30_000;
pub(super) const APPLYING: &str = "the service is working on it";

/// A claimed fold: what the write works with.
pub(super) struct Held {
    pub lease: Lease,
    pub folded: Folded,
    pub entries: Vec<Entry>,
    pub exemptions: Exemptions,
}

/// What a claim came to.
pub(super) enum Attempt {
    Held(Box<Held>),
    Reports(Vec<Report>),
}

impl Pipeline {
    /// Puts right what is wrong, again for what is found wrong afterwards. `exemptions`: as far as
    /// they are known; the claim finds out.
    pub(crate) async fn remediate(
        &self,
        task: &Task<'_>,
        mut readings: Readings,
        configuration: &Configuration,
        exemptions: Exemptions,
    ) -> Result<Vec<Report>, Error> {
        let mut reports = Vec::new();
        for _ in 0..ROUNDS {
            // Boxed, as futures lie in each other: together they would not fit a small stack.
            let hold = self.hold(task, &readings, configuration, exemptions.clone());
            let held = match Box::pin(hold).await? {
                Attempt::Held(held) => held,
                Attempt::Reports(rest) => {
                    reports.extend(rest);
                    return Ok(reports);
                }
            };
            let written = Box::pin(self.write(task, &readings, configuration, *held)).await?;
            reports.extend(written.reports);
            match written.look_further {
                Some(further) => readings = further,
                None => return Ok(reports),
            }
        }
        Err(Error::Internal(format!(
            "`{}` changed {ROUNDS} times while it was being put right: somebody else writes it too",
            task.key()
        )))
    }

    /// Claims the setting for what the controls would apply. First with what is known of exemptions
    /// and head (usually: nothing), then with what the failed condition told to read.
    async fn hold(
        &self,
        task: &Task<'_>,
        readings: &Readings,
        configuration: &Configuration,
        mut exemptions: Exemptions,
    ) -> Result<Attempt, Error> {
        let key = task.key();
        if let Some(busy) = &readings.observed.busy {
            return self.wait_for_service(task, busy).await.map(Attempt::Reports);
        }
        let mut head = self.store.known_head(&key);
        let mut paid = Paid::default();
        for _ in 0..ROUNDS {
            let folded =
                self.judge(task, &task.controls, readings, configuration, &exemptions.elements);
            if folded.applied().next().is_none() {
                return Ok(Attempt::Reports(task.reports_of(&folded)));
            }
            let older = self.open_plans(&head).await?;
            if older.iter().any(|plan| self.is_working(task, plan)) {
                return self.wait_for_service(task, APPLYING).await.map(Attempt::Reports);
            }
            let repeats = &head.repeats;
            let restrained = self.restrained(task, &folded, repeats, configuration, &mut paid);
            if let Some(reports) = restrained.await? {
                return Ok(Attempt::Reports(reports));
            }
            let (mut entries, ends) = self.succeed(task, readings, &folded, &older);
            let contested = configuration.contested.pause(repeats, self.clock.now()).is_some();
            entries.iter_mut().for_each(|entry| entry.contested = contested);
            let claim = Claim {
                key: &key,
                head: &head,
                exemption_version: exemptions.version,
                entries: &entries,
                older: &older,
                ends: &ends,
                carried: &[],
                exempt: None,
                stoppable: true,
                writes: true,
                counts: task.approved.is_none().then_some(configuration.contested),
            };
            match self.store.claim(&claim).await? {
                Claimed::Taken(lease) => {
                    let held = Held { lease, folded, entries, exemptions };
                    return Ok(Attempt::Held(Box::new(held)));
                }
                Claimed::Stopped => return Ok(Attempt::Reports(stopped(task, &folded))),
                Claimed::OtherExemptions => exemptions = self.store.exemptions(&key).await?,
                Claimed::OtherHead => {
                    head = self.store.head(&key).await?;
                    if head.leased_until >= self.clock.now() {
                        return self.leased(task, &head).await.map(Attempt::Reports);
                    }
                }
            }
        }
        // Many at once: whoever was first is done when this is looked at again.
        let at = self.clock.now() + CROWDED_MILLIS;
        self.look_again(task, &task.controls, at).await?;
        let why = "others claim this setting at the same moment";
        Ok(Attempt::Reports(task.report_each(&task.controls, &Outcome::Later { at }, why)))
    }

    /// Whether the service is still working on an older plan's write. A change that was made after
    /// that write is not answered by it.
    fn is_working(&self, task: &Task<'_>, plan: &Plan) -> bool {
        let within = task.setting.meta().applies_within_seconds * 1000;
        let at = plan.entry.at;
        plan.stage() == Stage::Applying
            && self.clock.now() < at + within
            && task.changed_at().is_none_or(|changed| changed <= at)
    }

    /// What cannot be written now is not claimed either: it is looked at again.
    pub(super) async fn wait_for_service(
        &self,
        task: &Task<'_>,
        why: &str,
    ) -> Result<Vec<Report>, Error> {
        let at = self.clock.now() + LOOK_AT_APPLYING_MILLIS;
        self.look_again(task, &task.controls, at).await?;
        Ok(task.report_each(&task.controls, &Outcome::Later { at }, why))
    }

    async fn open_plans(&self, head: &Head) -> Result<Vec<Plan>, Error> {
        let mut plans = Vec::new();
        for id in &head.open {
            plans.extend(self.store.plan(id).await?);
        }
        Ok(plans)
    }

    /// The new plans' entries. An unfinished plan of the same control hands its before-image on.
    fn succeed(
        &self,
        task: &Task<'_>,
        readings: &Readings,
        folded: &Folded,
        older: &[Plan],
    ) -> (Vec<Entry>, Vec<Progress>) {
        let now = self.clock.now();
        let entries: Vec<Entry> = folded
            .applied()
            .map(|planned| {
                let mut entry = entry(task, readings, planned, now);
                let unfinished =
                    older.iter().find(|p| p.undoes().is_none() && p.entry.control == entry.control);
                if let Some(plan) = unfinished {
                    entry.delta = carry_on(&plan.entry.delta, &entry.delta);
                    entry.before = plan.entry.before.clone();
                    entry.continues = Some(plan.entry.plan.clone());
                }
                entry
            })
            .collect();
        let ends = older.iter().map(|plan| ended(plan, &entries, readings, now)).collect();
        (entries, ends)
    }

    /// Somebody else holds the lease and may have read before this change: look again when the
    /// lease has run out.
    async fn leased(&self, task: &Task<'_>, head: &Head) -> Result<Vec<Report>, Error> {
        let at = head.leased_until + 1000;
        self.look_again(task, &task.controls, at).await?;
        let why = "another run is writing this setting";
        Ok(task.report_each(&task.controls, &Outcome::Later { at }, why))
    }
}

fn entry(task: &Task<'_>, readings: &Readings, planned: &Planned, now: u64) -> Entry {
    Entry {
        schema: SCHEMA,
        plan: new_id(now),
        incident: task.incident.clone(),
        purpose: Purpose::Remediate,
        control: planned.control.id.to_owned(),
        setting: task.setting.meta().id.to_owned(),
        resource: task.resource.clone(),
        at: now,
        actor: task.cause.as_ref().map(|cause| cause.actor.clone()),
        caller: task.approved.as_ref().map(|approved| approved.caller.clone()),
        detail: match &task.approved {
            None => planned.detail.clone(),
            Some(approved) => format!("{}; approved: {}", planned.detail, approved.reason),
        },
        safety: planned.safety,
        undo: planned.undo.clone(),
        evidence: Some(planned.evidence.clone()),
        delta: planned.delta.clone(),
        before: readings.observed.state.clone(),
        continues: None,
        contested: false,
    }
}

/// How an older open plan ends when new plans take over.
fn ended(plan: &Plan, successors: &[Entry], readings: &Readings, now: u64) -> Progress {
    let id = &plan.entry.plan;
    let successor = successors.iter().find(|entry| entry.continues.as_ref() == Some(id));
    let (stage, note) = match (successor, settlement(&plan.entry.delta, &readings.observed.state)) {
        (Some(entry), _) => (Stage::Superseded, format!("carried on by plan {}", entry.plan)),
        (None, Settlement::Done) => (Stage::Verified, "found in place by a later plan".to_owned()),
        (None, Settlement::Untouched) if plan.stage() == Stage::Claimed => {
            (Stage::Abandoned, "nothing was written".to_owned())
        }
        (None, _) => (Stage::Unverified, "a later plan found another state".to_owned()),
    };
    Progress { plan: id.clone(), stage, at: now, note }
}

fn stopped(task: &Task<'_>, folded: &Folded) -> Vec<Report> {
    let why = "the kill switch is on: nothing was written; `demarc resume` lets it go on";
    let held = folded.applied().map(|p| task.report_plan(p, None, Outcome::Skipped, why));
    task.reports_of(folded).into_iter().chain(held).collect()
}
