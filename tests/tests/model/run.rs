//! One history: its steps, one after the other.

use demarc_harness::{
    Clock, Deployment,
    remediation::{
        classification::{Request, Settle, Sweep},
        element::{Delta, Edit},
    },
};
use demarc_tests::{local::ACCOUNT, stage::PERSON};
use serde_json::json;

use crate::{
    emulator::Emulator,
    event::{self, Doer},
    flaw::Flaw,
    ground::{Ground, SANDBOXES},
    post::{Message, Post, batch, has_failed},
    resource::{Place, change, created, places, with},
    rules::Known,
    step::Step,
    trouble::in_sandbox,
    world::Written,
};

const STRANGER: &str = "210987654321";
/// Milliseconds until the trail tells what Demarc did.
const TOLD_AFTER: u64 = 20_000;

pub struct Run {
    pub ground: Ground,
    pub post: Post,
    /// Events that were delivered, again and again ones too.
    pub events: usize,
    number: usize,
}

impl Run {
    pub async fn new(flaw: Option<Flaw>, emulator: Option<Emulator>) -> Self {
        let ground = Ground::new(flaw, emulator).await;
        Self { ground, post: Post::default(), events: 0, number: 0 }
    }

    pub fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.ground.world.rules.lock()
    }

    /// What did not hold first.
    pub fn verdict(&self) -> Result<(), String> {
        self.known().broken.first().map_or(Ok(()), |broken| Err(broken.clone()))
    }

    /// One step after the other, until something does not hold.
    pub async fn live(&mut self, steps: &[Step]) -> Result<(), String> {
        for (at, step) in steps.iter().enumerate() {
            self.take(step).await;
            self.verdict().map_err(|broken| format!("step {at}: {broken}"))?;
        }
        Ok(())
    }

    pub async fn take(&mut self, step: &Step) {
        match *step {
            Step::Act { actor, place, choice, delay, again } => {
                self.act(actor, places()[place], choice, delay, again);
            }
            Step::Forge { actor, place, choice, is_stranger, delay } => {
                self.forge(actor, places()[place], choice, is_stranger, delay);
            }
            Step::Remove { place } => {
                self.ground.world.lock().states.remove(&places()[place]);
            }
            Step::Undo { which, by } => self.undo(which, by).await,
            Step::Approve { which, by } => self.approve(which, by).await,
            Step::Exempt { place, hours } => self.exempt(places()[place], hours).await,
            Step::Stop { on } => self.stop(on).await,
            Step::Trouble { calls, trouble } => self.ground.troubles.strike(calls, trouble),
            Step::Wait { seconds, side_by_side } => {
                let most = if side_by_side { SANDBOXES } else { 1 };
                self.pass(seconds * 1000, most).await;
            }
            Step::Settle => self.settle(),
            Step::Sweep => self.sweep(),
            Step::Forget { sandbox } => self.ground.renew(sandbox),
        }
    }

    pub fn settle(&mut self) {
        self.schedule(&Request::Settle(Settle::default()));
    }

    pub fn sweep(&mut self) {
        self.schedule(&Request::Sweep(Sweep::default()));
    }

    fn schedule(&mut self, request: &Request) {
        let now = self.ground.clock.now();
        self.post.send(now, serde_json::to_string(request).unwrap());
    }

    fn act(&mut self, actor: u8, place: Place, choice: usize, delay: u64, again: Option<u64>) {
        let Some(state) = self.ground.world.state(place) else {
            self.ground.world.lock().states.insert(place, created(place.kind));
            return;
        };
        let (id, after) = change(place.kind, &state, choice);
        self.ground
            .world
            .change(place, &Delta::between(&state, &with(&state, &id, after.as_ref())));
        let before = state.get(&id).cloned();
        let edit = Edit { id, before, after, preceding: Vec::new() };
        let body = self.event(place, &edit, &format!("actor-{actor}"), ACCOUNT);
        let at = self.ground.clock.now() + delay * 1000;
        if let Some(later) = again {
            self.post.send(at + later * 1000, body.clone());
        }
        self.post.send(at, body);
    }

    fn forge(&mut self, actor: u8, place: Place, choice: usize, is_stranger: bool, delay: u64) {
        let edit = event::forged(place, self.ground.world.state(place).as_ref(), choice);
        let account = if is_stranger { STRANGER } else { ACCOUNT };
        let body = self.event(place, &edit, &format!("actor-{actor}"), account);
        let barred = is_stranger.then_some("an event of another account");
        self.post.send_barred(self.ground.clock.now() + delay * 1000, body, barred);
    }

    fn event(&mut self, place: Place, edit: &Edit, role: &str, account: &'static str) -> String {
        self.number += 1;
        let doer = Doer { role: role.to_owned(), account };
        event::of(place, edit, &doer, self.number, self.ground.clock.now()).to_string()
    }

    /// Time passes; what arrives in it is handled, so many at the same time.
    pub async fn pass(&mut self, millis: u64, most: usize) {
        let until = self.ground.clock.now() + millis;
        while let Some(at) = self.post.next().filter(|at| *at <= until) {
            self.ground.clock.reach(at);
            let messages = self.post.take(self.ground.clock.now(), most);
            self.handle(messages).await;
        }
        self.ground.clock.reach(until);
    }

    async fn handle(&mut self, messages: Vec<Message>) {
        self.events += messages.iter().filter(|message| message.body.contains("eventID")).count();
        let barred = messages.first().and_then(|message| message.barred);
        self.known().barred = barred;
        let handled = messages.iter().enumerate().map(|(at, message)| {
            let handler = &self.ground.sandboxes[at];
            let payload = if barred.is_some() { message.body.clone() } else { batch(message) };
            in_sandbox(async move { handler.handle(payload.as_bytes(), None).await })
        });
        let handled = futures_util::future::join_all(handled).await;
        self.known().barred = None;
        for (at, (message, answer)) in messages.into_iter().zip(handled).enumerate() {
            let now = self.ground.clock.now();
            match answer {
                Some(Ok(answer)) if barred.is_some() => self.quiet(&answer),
                Some(Ok(answer)) if !has_failed(&answer) => {}
                Some(_) => self.post.give_back(message, now),
                None => {
                    self.ground.renew(at);
                    self.post.give_back(message, now);
                }
            }
        }
        self.collect();
    }

    /// What may lead to no write raises no alarm either.
    fn quiet(&self, answer: &serde_json::Value) {
        let reports = answer["reports"].as_array().into_iter().flatten();
        for report in reports.filter(|report| !report["alert"].is_null()) {
            let because = &report["because"];
            self.known().broken.push(format!("an alarm about what is none: {because}"));
        }
    }

    /// Sends on what was sent to the queues, and tells what was written.
    pub fn collect(&mut self) {
        let now = self.ground.clock.now();
        for sent in self.ground.wire.take_sent() {
            self.post.send(now + sent.delay * 1000, sent.body);
        }
        let untold = std::mem::take(&mut self.ground.world.lock().untold);
        for Written { at, place, delta, by } in untold {
            let role = match by {
                Deployment::Remediator => "demarc-s3-remediator-us-east-1",
                Deployment::Operator => "demarc-s3-operator-us-east-1",
            };
            for edit in delta.edits() {
                self.number += 1;
                let doer = Doer { role: role.to_owned(), account: ACCOUNT };
                let body = event::of(place, edit, &doer, self.number, at).to_string();
                let own = Some("an event of Demarc's own");
                self.post.send_barred(now + TOLD_AFTER, body, own);
            }
        }
    }

    async fn stop(&mut self, on: bool) {
        let ask = if on { "stop" } else { "resume" };
        let answer = self.ground.ask(PERSON, &json!({ask: {"reason": "the model"}})).await;
        self.collect();
        match answer {
            Some((200, _)) => self.known().is_stopped = on,
            // Whether it is on is not known: nobody is blamed for a write.
            _ => self.known().is_stopped = false,
        }
    }
}
