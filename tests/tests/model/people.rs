//! What people ask of the operator, and what has to come of it.

use demarc_harness::{
    Clock,
    remediation::element::{Delta, Edit},
    store::Plan,
};
use demarc_tests::{local::ACCOUNT, stage::PERSON};
use serde_json::{Value, json};

use crate::{
    resource::{Kind, Place},
    rules::{Exempt, Known, role_of},
    run::Run,
};

const HOUR: u64 = 3_600_000;

/// Who asks.
fn caller(by: Option<u8>) -> String {
    match by {
        None => PERSON.to_owned(),
        Some(n) => format!("arn:aws:sts::{ACCOUNT}:assumed-role/actor-{n}/session"),
    }
}

/// Whether the caller made the change that the plan answers.
fn is_own(by: Option<u8>, actor: Option<&impl serde::Serialize>) -> bool {
    let role = by.map(|n| format!("actor-{n}"));
    role.is_some() && actor.and_then(role_of) == role
}

impl Run {
    pub async fn undo(&mut self, which: usize, by: Option<u8>) {
        let written = self.known().written.clone();
        let Some(id) = (!written.is_empty()).then(|| &written[which % written.len()]) else {
            return;
        };
        let Some(plan) = self.ground.world.rules.journal.plan(id).await.unwrap() else { return };
        let place = Place::of(&plan.entry.setting, &plan.entry.resource.id).unwrap();
        let before = self.ground.world.state(place);
        let request = json!({"undo": {"plan": id, "reason": "the model"}});
        let answer = self.ground.ask(&caller(by), &request).await;
        self.collect();
        match answer {
            Some((200, body)) => {
                let undone = &body["undone"][0];
                let delta: Delta = serde_json::from_value(undone["delta"].clone()).unwrap();
                if is_own(by, plan.entry.actor.as_ref()) {
                    self.breaks(place, "an actor takes back what was done about its own change");
                }
                if !delta.edits().all(|edit| takes_back(&plan, edit)) {
                    self.breaks(place, "an undo of something else than the plan's delta");
                }
                let expected = before.map(|state| delta.apply(&state));
                if place.kind != Kind::Instance && self.ground.world.state(place) != expected {
                    self.breaks(place, "an undo that does not give back what was");
                }
                self.hold(place, &delta, undone["exempt_until"].as_u64(), |edit| {
                    edit.after.clone()
                });
            }
            Some((status, _)) if status < 500 => {}
            _ => self.may_hold(place, &plan.entry.delta),
        }
    }

    pub async fn approve(&mut self, which: usize, by: Option<u8>) {
        let list = self.ground.ask(PERSON, &json!({"waiting": {}})).await;
        let Some((200, list)) = list else { return };
        let waiting = list["waiting"].as_array().unwrap();
        let Some(plan) = (!waiting.is_empty()).then(|| &waiting[which % waiting.len()]) else {
            return;
        };
        let request = json!({"approve": {"plan": plan["id"], "reason": "the model"}});
        let answer = self.ground.ask(&caller(by), &request).await;
        self.collect();
        let is_done = matches!(answer, Some((200, _)));
        if is_done && is_own(by, Some(&plan["actor"])) {
            self.known().broken.push("an actor approves what its own change led to".to_owned());
        }
    }

    pub async fn exempt(&mut self, place: Place, hours: u64) {
        let until = (self.ground.clock.now() + hours * HOUR) / 1000;
        let request = json!({"exempt": {
            "resource": place.id(), "control": place.kind.control(), "until": until,
            "reason": "the model",
        }});
        let state = self.ground.world.state(place).unwrap_or_default();
        let answer = self.ground.ask(PERSON, &request).await;
        self.collect();
        match answer {
            Some((200, body)) => {
                let delta: Delta = serde_json::from_value(body["delta"].clone()).unwrap();
                self.hold(place, &delta, Some(until * 1000), |edit| edit.before.clone());
            }
            Some((status, _)) if status < 500 => {}
            _ => {
                let until = until * 1000;
                let wrong = crate::resource::wrong(place.kind, &state).into_iter();
                let maybe = wrong.map(|(id, value)| Exempt { place, id, value, until });
                self.known().maybe.extend(maybe);
            }
        }
    }

    pub fn breaks(&self, place: Place, what: &str) {
        self.known().broken.push(format!("{place:?}: {what}"));
    }

    /// Elements stay as they are now, until a moment. Without one, what was exempt may no longer be.
    fn hold(
        &self,
        place: Place,
        delta: &Delta,
        until: Option<u64>,
        content: impl Fn(&Edit) -> Option<Value>,
    ) {
        let mut known = self.known();
        for edit in delta.edits() {
            known.forget(place, &edit.id);
            if let Some(until) = until {
                let (id, value) = (edit.id.clone(), content(edit));
                known.exempt.push(Exempt { place, id, value, until });
            }
        }
    }

    /// What a plan had closed may be open again, and exempt.
    fn may_hold(&self, place: Place, delta: &Delta) {
        let until = self.ground.clock.now() + 25 * HOUR;
        let mut known = self.known();
        for edit in delta.edits() {
            known.forget(place, &edit.id);
            let (id, value) = (edit.id.clone(), edit.before.clone());
            known.maybe.push(Exempt { place, id, value, until });
        }
    }
}

impl Known {
    /// What was exempt of an element may be so no longer.
    fn forget(&mut self, place: Place, id: &str) {
        let is_of = |exempt: &mut Exempt| exempt.place == place && exempt.id == id;
        let former: Vec<Exempt> = self.exempt.extract_if(.., is_of).collect();
        self.maybe.extend(former);
    }
}

/// Whether an edit is the way back from one of the plan's.
fn takes_back(plan: &Plan, edit: &Edit) -> bool {
    plan.entry
        .delta
        .edits()
        .any(|of| of.id == edit.id && of.before == edit.after && of.after == edit.before)
}
