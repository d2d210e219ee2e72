//! Writing a plan back: claim, read again, write, verify, close.

use demarc_remediation::{
    control::AnyControl,
    element::{Delta, Elements},
    journal::{Entry, Progress, Purpose, SCHEMA, Settlement, Stage, settlement},
    plan::ExemptElement,
};
use serde_json::Value;

use super::{Caller, Undo, current, view, way_back};
use crate::{
    AnySetting, Error, Fault, Observed, Pipeline,
    pipeline::new_id,
    store::{Claim, Claimed, Ending, Exempting, Exemptions, Head, Lease, Plan},
};

/// How long what an undo puts back is left alone.
const EXEMPT_MILLIS: u64 = 24 * 3_600_000;
const ROUNDS: u32 = 3;

/// One plan that is taken back.
pub(super) struct Job<'a> {
    pub pipeline: &'a Pipeline,
    pub plan: &'a Plan,
    pub setting: &'a dyn AnySetting,
    pub control: &'static dyn AnyControl,
    pub undo: &'a Undo,
    pub caller: &'a Caller,
}

impl Job<'_> {
    pub(super) async fn run(
        &self,
        mut observed: Observed<Elements>,
        mut delta: Delta,
    ) -> Result<Value, Error> {
        for _ in 0..ROUNDS {
            let entry = self.entry(&observed.state, &delta);
            let (lease, until) = self.claim(&entry).await?;
            let again = current(self.setting, self.plan).await;
            let fresh = match again {
                Ok(fresh) => fresh,
                Err(error) => {
                    self.end(&lease, &entry, Stage::Abandoned, &error.to_string()).await?;
                    return Err(error);
                }
            };
            if fresh.state != observed.state {
                self.end(&lease, &entry, Stage::Abandoned, "the state changed").await?;
                delta = way_back(self.pipeline, self.plan, self.control, &fresh.state, &[]).await?;
                observed = fresh;
                continue;
            }
            self.write(&lease, &entry, &fresh).await?;
            return Ok(view(self.plan, Some(&entry.plan), &delta, until));
        }
        Err(Error::Refused("the setting changes all the time: try again later".to_owned()))
    }

    fn entry(&self, before: &Elements, delta: &Delta) -> Entry {
        let now = self.pipeline.clock.now();
        let original = &self.plan.entry;
        Entry {
            schema: SCHEMA,
            plan: new_id(now),
            purpose: Purpose::Undo(original.plan.clone()),
            at: now,
            actor: None,
            caller: Some(self.caller.arn.clone()),
            detail: self.undo.reason.clone(),
            evidence: None,
            delta: delta.clone(),
            before: before.clone(),
            continues: None,
            contested: false,
            ..original.clone()
        }
    }

    /// Takes the lease and, in the same transaction, exempts what is going to be put back.
    async fn claim(&self, entry: &Entry) -> Result<(Lease, Option<u64>), Error> {
        let store = &self.pipeline.store;
        let key = entry.key();
        let mut head = store.known_head(&key);
        if !head.open.is_empty() {
            // An undo of ours that was left open: the settle pass may have finished it since.
            head = self.free_head(&key).await?;
        }
        for _ in 0..ROUNDS {
            let kept = store.exemptions(&key).await?;
            let exempting = self.exempt(entry, &kept);
            let claim = Claim {
                key: &key,
                head: &head,
                exemption_version: kept.version,
                entries: std::slice::from_ref(entry),
                older: &[],
                ends: &[],
                carried: &[],
                exempt: Some(&exempting),
                stoppable: false,
                writes: true,
                counts: None,
            };
            if let Claimed::Taken(lease) = store.claim(&claim).await? {
                return Ok((lease, exempting.ending.map(|ending| ending.until)));
            }
            head = self.free_head(&key).await?;
        }
        Err(Error::Refused(format!("`{key}` could not be claimed: try again later")))
    }

    /// The setting's item, read, where nobody is writing it and nothing of it is unfinished.
    async fn free_head(&self, key: &str) -> Result<Head, Error> {
        let head = self.pipeline.store.head(key).await?;
        if head.leased_until >= self.pipeline.clock.now() || !head.open.is_empty() {
            let why = format!("`{key}` is being written: try again in a minute");
            return Err(Error::Refused(why));
        }
        Ok(head)
    }

    /// The setting's exemptions after this undo. An undo of an undo exempts nothing.
    fn exempt(&self, entry: &Entry, kept: &Exemptions) -> Exempting {
        let from = entry.at;
        let mut elements: Vec<ExemptElement> =
            ExemptElement::beside(&kept.elements, &entry.delta, from).collect();
        if self.plan.undoes().is_some() {
            return Exempting { elements, ending: None };
        }
        let ending = Ending {
            setting: entry.setting.clone(),
            resource: entry.resource.clone(),
            control: entry.control.clone(),
            from,
            until: from + EXEMPT_MILLIS,
            owner: self.caller.arn.clone(),
            justification: self.undo.reason.clone(),
            noted: None,
        };
        elements.extend(entry.delta.edits().map(|edit| ExemptElement {
            id: edit.id.clone(),
            value: edit.after.clone(),
            until: ending.until,
            owner: ending.owner.clone(),
            justification: ending.justification.clone(),
        }));
        Exempting { elements, ending: Some(ending) }
    }

    async fn write(
        &self,
        lease: &Lease,
        entry: &Entry,
        observed: &Observed<Elements>,
    ) -> Result<(), Error> {
        let wanted = entry.delta.apply(&observed.state);
        let resource = &entry.resource;
        if let Err(error) = self.setting.write(resource, observed, &wanted).await {
            return self.failed(lease, entry, error).await;
        }
        let asynchronous = self.setting.meta().applies_within_seconds > 0;
        let after = current(self.setting, self.plan).await;
        let shows = after.as_ref().is_ok_and(|o| entry.delta.unmet(&o.state).is_empty());
        let (stage, note) = match (shows, asynchronous) {
            (true, _) => (Stage::Verified, "read again: the delta holds"),
            (false, true) => (Stage::Applying, "the service is working on it"),
            (false, false) => (Stage::Unverified, "the delta does not show"),
        };
        self.end(lease, entry, stage, note).await?;
        match stage {
            Stage::Unverified => Err(Error::Unverified { key: entry.key() }),
            _ => Ok(()),
        }
    }

    /// As for a remediation: what is in place all the same is done, what was refused has failed,
    /// and what nobody knows stays open for the settle pass.
    async fn failed(&self, lease: &Lease, entry: &Entry, error: Error) -> Result<(), Error> {
        let now = self.setting.read(&entry.resource).await?;
        let settled = now.map_or(Settlement::Untouched, |o| settlement(&entry.delta, &o.state));
        let refused = error.api().is_some_and(|api| api.fault != Fault::Unknown);
        match settled {
            Settlement::Done => {
                let note = format!("in place all the same: {error}");
                return self.end(lease, entry, Stage::Verified, &note).await;
            }
            Settlement::Untouched if refused => {
                self.end(lease, entry, Stage::Failed, &error.to_string()).await?;
            }
            Settlement::Untouched | Settlement::Partial => {
                let open = std::slice::from_ref(&entry.plan);
                self.pipeline.store.close(lease, &[], open, None).await?;
            }
        }
        Err(error)
    }

    async fn end(
        &self,
        lease: &Lease,
        entry: &Entry,
        stage: Stage,
        note: &str,
    ) -> Result<(), Error> {
        let at = self.pipeline.clock.now();
        let progress = Progress { plan: entry.plan.clone(), stage, at, note: note.to_owned() };
        let again = stage.is_open().then_some(at + 30_000);
        self.pipeline.store.close(lease, &[progress], &[], again).await
    }
}
