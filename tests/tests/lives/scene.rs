//! One emulator with one function on it, for tests that need more than one resource's life.

use std::{cell::Cell, collections::BTreeSet, time::Duration};

use demarc_harness::{
    Clock, Handler,
    remediation::{classification::Resource, controls, journal::setting_key},
    store::{Head, Plan},
};
use demarc_tests::{
    lives::{self, Life, World},
    local::{ACCOUNT, REGION, cloud::Cloud, proxy::Call},
    stage::{self, PERSON, Stage},
};
use serde_json::{Value, json};

pub use crate::support::outcomes;

/// Longer than a lease.
pub const LEASE: Duration = Duration::from_secs(46);

/// A function with its emulator, and what it sent to its queues.
pub struct Scene {
    pub cloud: Cloud,
    pub world: World,
    pub stage: Stage,
    function: &'static str,
    delivered: Cell<usize>,
    events: Cell<u32>,
}

/// A message that was sent to one of the function's queues.
#[derive(Clone, Debug)]
pub struct Message {
    pub queue: String,
    pub delay: u64,
    pub body: Value,
}

impl Scene {
    /// A function that enforces these controls and observes the others.
    pub async fn enforcing(enforced: &[&'static str]) -> Self {
        Self::on(Cloud::start().unwrap(), enforced).await
    }

    /// The same on an emulator that has nothing else on it.
    pub async fn on(cloud: Cloud, enforced: &[&'static str]) -> Self {
        let function = enforced[0].split('.').next().unwrap();
        let world = World::of(&cloud).unwrap();
        let stage = Stage::new(&cloud, function).await.unwrap();
        let lives = lives::all().into_iter().filter(|life| enforced.contains(&life.control()));
        let documents: BTreeSet<&str> = lives.map(Life::configuration).collect();
        let document: String = documents.into_iter().collect();
        if !document.is_empty() {
            stage.configure(&document).await.unwrap();
        }
        for control in enforced {
            stage.set_mode(control, "enforce").await.unwrap();
        }
        let (delivered, events) = (Cell::new(0_usize), Cell::new(0_u32));
        let scene = Self { cloud, world, stage, function, delivered, events };
        scene.clear();
        scene
    }

    /// Another sandbox of the remediator, that remembers nothing.
    pub async fn sandbox(&self) -> Handler {
        self.stage.another(&self.cloud, self.function).await.unwrap()
    }

    /// A resource that is a violation of the life's control: its id, and the event that tells.
    pub async fn violated(&self, life: &dyn Life, name: &str) -> (String, Value) {
        let id = life.create(&self.world, name).await.unwrap();
        let event = self.violate(life, &id).await;
        (id, event)
    }

    /// Violates a resource, and gives the event that tells of it.
    pub async fn violate(&self, life: &dyn Life, id: &str) -> Value {
        let named = life.named(&self.world, id).await.unwrap();
        life.violate(&self.world, id).await.unwrap();
        assert!(self.is_violated(life, id).await, "the violation is none");
        self.event(life, &named)
    }

    /// A new event of the life's kind.
    pub fn event(&self, life: &dyn Life, named: &str) -> Value {
        self.events.set(self.events.get() + 1);
        let id = format!("{:08}-0000-4000-8000-000000000000", self.events.get());
        lives::event(life, named, &id, self.stage.clock.now()).unwrap()
    }

    pub async fn is_violated(&self, life: &dyn Life, id: &str) -> bool {
        life.is_violated(&self.world, id).await.unwrap()
    }

    pub async fn snapshot(&self, life: &dyn Life, id: &str) -> Value {
        life.snapshot(&self.world, id).await.unwrap()
    }

    /// Sends an event and gives one control's reports.
    pub async fn send(&self, event: &Value, control: &str) -> Vec<Value> {
        only(self.stage.send(event).await.unwrap(), control)
    }

    /// Forgets calls, messages and faults so far.
    pub fn clear(&self) {
        self.cloud.proxy().clear_faults();
        self.cloud.proxy().clear_calls();
        self.delivered.set(0);
    }

    /// The writing calls to services since the last time they were cleared.
    pub fn writes(&self) -> Vec<String> {
        let calls = self.cloud.proxy().operations();
        calls.into_iter().filter(|operation| is_write(operation)).collect()
    }

    /// Each write comes after a claim that was taken, with its before-image.
    pub fn journaled_before_written(&self) {
        let calls = self.cloud.proxy().calls();
        let Some(first) = calls.iter().position(|call| is_write(&call.operation)) else { return };
        let is_claim =
            |c: &Call| c.operation == "dynamodb:TransactWriteItems" && c.status == Some(200);
        assert!(calls[..first].iter().any(is_claim), "written without a before-image");
    }

    /// The messages that were taken by a queue since the last time they were asked for.
    pub fn messages(&self) -> Vec<Message> {
        let calls = self.cloud.proxy().calls();
        let new = &calls[self.delivered.replace(calls.len())..];
        new.iter()
            .filter(|c| c.status == Some(200))
            .flat_map(|c| sent(&c.operation, &c.body))
            .collect()
    }

    /// Delivers every message when it is due, and those that come of it, until there is none.
    pub async fn until_quiet(&self) -> Vec<Value> {
        let mut reports = Vec::new();
        for _ in 0..200 {
            let messages = self.messages();
            if messages.is_empty() {
                return reports;
            }
            for message in messages {
                self.wait_for(&message);
                reports.extend(self.stage.send(&message.body).await.unwrap());
            }
        }
        panic!("messages without end: {reports:#?}");
    }

    /// Moves the clock to where the message is due.
    pub fn wait_for(&self, message: &Message) {
        let due = message.body.pointer("/evaluate/not_before").and_then(Value::as_u64);
        let due = due.unwrap_or(0) * 1000;
        let now = self.stage.clock.now();
        self.stage.clock.advance(Duration::from_millis(due.saturating_sub(now)));
    }

    pub async fn settle(&self) -> Vec<Value> {
        self.stage.send(&json!({"settle": {}})).await.unwrap()
    }

    /// The setting's item in the journal.
    pub async fn head(&self, life: &dyn Life, id: &str) -> Head {
        let store = &self.stage.remediator.pipeline.store;
        store.head(&key(life, id)).await.unwrap()
    }

    /// Every plan of the setting, oldest first.
    pub async fn plans(&self, life: &dyn Life, id: &str) -> Vec<Plan> {
        let store = &self.stage.remediator.pipeline.store;
        let mut plans = Vec::new();
        for plan in store.plans_of(&key(life, id)).await.unwrap() {
            plans.push(store.plan(&plan).await.unwrap().unwrap());
        }
        plans
    }

    /// The plans that wrote something and were not taken back, oldest first.
    pub async fn in_force(&self, life: &dyn Life, id: &str) -> Vec<String> {
        let plans = self.plans(life, id).await;
        let undone = |id: &str| plans.iter().any(|p| p.took_back(id));
        let forward = plans.iter().filter(|p| p.was_written() && p.undoes().is_none());
        forward.map(|p| p.entry.plan.clone()).filter(|id| !undone(id)).collect()
    }

    /// Asks for an undo, and gives the status and the answer.
    pub async fn undo(&self, plan: &str) -> (u64, Value) {
        self.ask(json!({"undo": {"plan": plan, "reason": "it was meant"}})).await
    }

    /// Takes back all that is in force, the latest first.
    pub async fn undo_all(&self, life: &dyn Life, id: &str) {
        for plan in self.in_force(life, id).await.iter().rev() {
            let (status, answer) = self.undo(plan).await;
            assert_eq!(status, 200, "{answer:#}");
        }
    }

    pub async fn ask(&self, request: Value) -> (u64, Value) {
        self.stage.ask(PERSON, &request).await.unwrap()
    }
}

/// The reports of one control.
pub fn only(reports: Vec<Value>, control: &str) -> Vec<Value> {
    reports.into_iter().filter(|report| report["control"] == control).collect()
}

/// Hands a batch of messages to a handler, and gives the ids of those that failed.
pub async fn batch(handler: &Handler, bodies: &[(&str, String)]) -> Vec<String> {
    let records: Vec<Value> = bodies
        .iter()
        .map(|(id, body)| {
            json!({
                "messageId": id, "body": body, "eventSource": "aws:sqs",
                "eventSourceARN": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:live"),
                "attributes": {"ApproximateReceiveCount": "1"},
            })
        })
        .collect();
    let event = json!({"Records": records}).to_string();
    let answer = handler.handle(event.as_bytes(), None).await.unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap();
    failures.iter().map(|f| f["itemIdentifier"].as_str().unwrap().to_owned()).collect()
}

/// The setting's key in the journal.
pub fn key(life: &dyn Life, id: &str) -> String {
    let meta = controls::find(life.control()).unwrap().meta().setting;
    let resource = Resource {
        kind: meta.resource.to_owned(),
        account: ACCOUNT.to_owned(),
        region: REGION.to_owned(),
        id: id.to_owned(),
    };
    setting_key(meta.id, &resource)
}

/// Whether the operation writes a resource; our own tables and queues are none.
pub fn is_write(operation: &str) -> bool {
    let (service, name) = operation.split_once(':').unwrap();
    !["dynamodb", "sqs"].contains(&service)
        && !["Get", "Describe", "List", "Head"].iter().any(|verb| name.starts_with(verb))
}

fn sent(operation: &str, body: &str) -> Vec<Message> {
    let request = || serde_json::from_str::<Value>(body).unwrap();
    let entries = match operation {
        "sqs:SendMessage" => vec![request()],
        "sqs:SendMessageBatch" => request()["Entries"].as_array().unwrap().clone(),
        _ => return Vec::new(),
    };
    let queue = request()["QueueUrl"].as_str().unwrap().to_owned();
    let message = |entry: Value| Message {
        queue: queue.clone(),
        delay: entry["DelaySeconds"].as_u64().unwrap_or(0),
        body: serde_json::from_str(entry["MessageBody"].as_str().unwrap()).unwrap(),
    };
    entries.into_iter().map(message).collect()
}

/// Hands an event to a handler: reports, or that it has to be delivered again.
pub async fn deliver(handler: &Handler, event: &Value) -> Result<Vec<Value>, String> {
    stage::send(handler, event).await.map_err(|error| error.to_string())
}

/// The file of a sample event, with what the sample calls its resource.
pub type Sample = (&'static str, &'static str);

impl Scene {
    /// A sample event about a resource of the emulator, now.
    pub fn sample(&self, (file, named): Sample, id: &str) -> Value {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/cloudtrail/");
        let text = std::fs::read_to_string(format!("{folder}{file}")).unwrap();
        let mut event: Value = serde_json::from_str(&text.replace(named, id)).unwrap();
        self.events.set(self.events.get() + 1);
        let now = lives::rfc3339(self.stage.clock.now() / 1000);
        event["region"] = json!(REGION);
        event["time"] = json!(now);
        event["detail"]["eventTime"] = json!(now);
        event["detail"]["awsRegion"] = json!(REGION);
        event["detail"]["eventID"] =
            json!(format!("{:08}-0000-4000-8000-000000000000", self.events.get()));
        event
    }
}
