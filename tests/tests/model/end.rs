//! The end of a history: everything is let come to rest, and has to be as the controls demand.

use demarc_harness::{
    Clock,
    remediation::{
        element::{Delta, Edit},
        journal::setting_key,
    },
};
use demarc_tests::stage::PERSON;
use serde_json::{Value, json};

use crate::{
    resource::{Place, places, wrong},
    rules::Exempt,
    run::Run,
};

const HOUR: u64 = 3_600_000;
/// Milliseconds from the last settle pass to the judgement.
const LAST: u64 = 600_000;

impl Run {
    /// Lets everything come to rest, twice: while what was undone is exempt, and when it no longer is.
    pub async fn end(&mut self) {
        self.ground.troubles.clear();
        let answer = self.ground.ask(PERSON, &json!({"resume": {"reason": "the end"}})).await;
        assert_eq!(answer.unwrap().0, 200);
        self.known().is_stopped = false;
        self.rest(4).await;
        self.judge().await;
        self.pass(24 * HOUR, 1).await;
        self.rest(3).await;
        self.judge().await;
    }

    async fn rest(&mut self, hours: usize) {
        for _ in 0..hours {
            self.post.redrive(self.ground.clock.now());
            self.settle();
            self.sweep();
            self.pass(HOUR, 1).await;
        }
        self.settle();
        self.pass(LAST, 1).await;
    }

    async fn judge(&mut self) {
        if let Some(dead) = self.post.dead.first() {
            let why = format!("at the end: a dead letter: {}", dead.body);
            self.known().broken.push(why);
        }
        let answer = self.ground.ask(PERSON, &json!({"waiting": {}})).await;
        let waiting = answer.unwrap().1["waiting"].as_array().unwrap().clone();
        for place in places() {
            self.has_no_open_plan(place).await;
            let state = self.ground.world.state(place);
            for (id, value) in state.iter().flat_map(|state| wrong(place.kind, state)) {
                if !self.is_exempt(place, &id, value.as_ref()) && !waits(&waiting, place, &id) {
                    self.breaks(place, &format!("at the end: `{id}` is {value:?}"));
                }
            }
        }
    }

    async fn has_no_open_plan(&self, place: Place) {
        let resource = place.resource();
        let key = setting_key(place.kind.meta().id, &resource);
        let head = self.ground.world.rules.journal.head(&key).await.unwrap();
        if !head.open.is_empty() {
            self.breaks(place, &format!("at the end: open plans: {:?}", head.open));
        }
    }

    fn is_exempt(&self, place: Place, id: &str, value: Option<&Value>) -> bool {
        // What has ended since the last settle pass is not looked at yet.
        let last = self.ground.clock.now() - LAST;
        let covers = |e: &Exempt| {
            e.place == place && e.id == id && e.value.as_ref() == value && last < e.until
        };
        let known = self.known();
        known.exempt.iter().chain(&known.maybe).any(covers)
    }
}

/// Whether a person is waited for, by a plan that has this element and that takes a person.
fn waits(waiting: &[Value], place: Place, id: &str) -> bool {
    let of_place = |plan: &&Value| {
        plan["resource"]["id"] == json!(place.id()) && plan["setting"] == place.kind.meta().id
    };
    waiting.iter().filter(of_place).any(|plan| {
        let delta: Delta = serde_json::from_value(plan["delta"].clone()).unwrap();
        let edits: Vec<&Edit> = delta.edits().collect();
        edits.iter().any(|e| e.id == id) && edits.iter().any(|e| place.takes_a_person(e))
    })
}
