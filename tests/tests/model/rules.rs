//! The invariants, looked at before each write that Demarc makes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use demarc_harness::{
    Clock, Deployment, Store,
    remediation::{
        classification::Resource,
        element::{Delta, Edit},
        journal::{Purpose, Stage, setting_key},
    },
    store::Plan,
};
use serde_json::Value;

use crate::{
    clock::ModelClock,
    resource::{Kind, Place, closes},
};

/// What the configuration of the model gives one actor in an hour, and keeps of it for what is safe.
pub const PER_HOUR: u32 = 12;
pub const RESERVE: u32 = 4;
const HOUR: u64 = 3_600_000;

/// What somebody put there on purpose: it stays until a moment.
#[derive(Clone, Debug)]
pub struct Exempt {
    pub place: Place,
    pub id: String,
    pub value: Option<Value>,
    pub until: u64,
}

/// What the invariants are told from.
pub struct Rules {
    pub journal: Store,
    pub clock: Arc<ModelClock>,
    known: Mutex<Known>,
}

#[derive(Default)]
pub struct Known {
    /// Each invariant that did not hold.
    pub broken: Vec<String>,
    pub exempt: Vec<Exempt>,
    /// What may be exempt: whether a call had effect is not known.
    pub maybe: Vec<Exempt>,
    pub is_stopped: bool,
    /// Why nothing may be written at the moment.
    pub barred: Option<&'static str>,
    /// The plans that were written, in their order.
    pub written: Vec<String>,
    /// Writes on account of an actor, by hour.
    spent: BTreeMap<(String, u64), u32>,
}

impl Rules {
    pub fn new(journal: Store, clock: Arc<ModelClock>) -> Self {
        Self { journal, clock, known: Mutex::default() }
    }

    pub fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at a write that is about to be made.
    pub async fn before_write(&self, place: Place, delta: &Delta, by: Deployment, of: &Resource) {
        let plans = self.open_plans(place, of).await;
        let mut broken = Vec::new();
        if delta.is_empty() {
            broken.push("a write that changes nothing".to_owned());
        }
        for edit in delta.edits() {
            match plans.iter().find_map(|plan| Some((plan, planned(plan, edit)?))) {
                None => broken.push(format!("no before-image of {edit:?}")),
                Some((plan, inverse)) => self.one(place, edit, by, plan, inverse, &mut broken),
            }
        }
        if let Some(plan) = plans.first() {
            self.whole(place, delta, plan, &mut broken);
        }
        let mut known = self.lock();
        known.written.extend(plans.iter().map(|plan| plan.entry.plan.clone()));
        known.broken.extend(broken.into_iter().map(|why| format!("{place:?}: {why}")));
    }

    /// The claimed plans of a setting whose lease somebody holds.
    async fn open_plans(&self, place: Place, of: &Resource) -> Vec<Plan> {
        let key = setting_key(place.kind.meta().id, of);
        let head = self.journal.head(&key).await.unwrap();
        let mut plans = Vec::new();
        if head.leased_until >= self.clock.now() {
            for id in &head.open {
                plans.extend(self.journal.plan(id).await.unwrap());
            }
        }
        plans.retain(|plan| plan.stage() == Stage::Claimed);
        plans
    }

    fn one(
        &self,
        place: Place,
        edit: &Edit,
        by: Deployment,
        plan: &Plan,
        exact: bool,
        broken: &mut Vec<String>,
    ) {
        let known = self.lock();
        let now = self.clock.now();
        if !exact && plan.entry.continues.is_none() {
            broken.push(format!("a false before-image of {edit:?}"));
        }
        if plan.undoes().is_some() {
            if by == Deployment::Remediator {
                broken.push("the remediator takes something back".to_owned());
            }
            return;
        }
        if !closes(place.kind, edit) {
            broken.push(format!("what was not wrong is changed: {edit:?}"));
        }
        if plan.entry.caller.is_some() {
            return;
        }
        if place.takes_a_person(edit) {
            broken.push(format!("above the ceiling: {edit:?}"));
        }
        let covers = |e: &&Exempt| e.place == place && e.id == edit.id && e.value == edit.before;
        if known.exempt.iter().filter(covers).any(|e| now < e.until) {
            broken.push(format!("exempt, and changed all the same: {edit:?}"));
        }
    }

    /// What holds for a write as a whole.
    fn whole(&self, place: Place, delta: &Delta, plan: &Plan, broken: &mut Vec<String>) {
        let mut known = self.lock();
        if let Purpose::Undo(_) = plan.entry.purpose {
            let planned = plan.entry.delta.edits().count();
            if planned != delta.edits().count() {
                broken.push("an undo of something else than was done".to_owned());
            }
            return;
        }
        if known.is_stopped {
            broken.push("written while the kill switch is on".to_owned());
        }
        if plan.entry.caller.is_some() {
            return;
        }
        if let Some(why) = known.barred {
            broken.push(format!("{why} leads to a write"));
        }
        let Some(actor) = plan.entry.actor.as_ref().and_then(role_of) else { return };
        let spent = known.spent.entry((actor.clone(), plan.entry.at / HOUR)).or_default();
        *spent += 1;
        // Of what the model puts right without asking, only instances are disruptive.
        let is_disruptive = place.kind == Kind::Instance;
        let limit = if is_disruptive { PER_HOUR - RESERVE } else { PER_HOUR };
        if *spent > limit {
            broken.push(format!("the budget of {actor} is spent"));
        }
    }
}

/// Whether the plan has this edit, exactly (`true`) or with another content before.
fn planned(plan: &Plan, edit: &Edit) -> Option<bool> {
    let found = plan.entry.delta.edits().find(|e| e.id == edit.id && e.after == edit.after)?;
    Some(found.before == edit.before && plan.entry.before.get(&edit.id) == edit.before.as_ref())
}

/// The role of one of the model's actors.
pub fn role_of(actor: &impl serde::Serialize) -> Option<String> {
    let text = serde_json::to_string(actor).ok()?;
    let at = text.find("actor-")?;
    text.get(at..at + "actor-0".len()).map(str::to_owned)
}
