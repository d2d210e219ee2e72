//! What all lives need.

use demarc_harness::Clock;
use demarc_tests::{
    lives::{Life, World, event},
    local::cloud::Cloud,
    stage::{PERSON, Stage},
};
use serde_json::{Value, json};

/// One control's life on its own emulator.
pub struct Lived {
    pub cloud: Cloud,
    pub world: World,
    pub stage: Stage,
    pub life: &'static dyn Life,
    pub id: String,
    occurrences: std::cell::Cell<u32>,
    named: std::cell::RefCell<String>,
}

impl Lived {
    /// A compliant resource, with everything that the function needs around it.
    pub async fn start(life: &'static dyn Life) -> Self {
        let cloud = Cloud::start().unwrap();
        let world = World::of(&cloud).unwrap();
        let function = life.control().split('.').next().unwrap();
        let stage = Stage::new(&cloud, function).await.unwrap();
        if !life.configuration().is_empty() {
            stage.configure(life.configuration()).await.unwrap();
        }
        let id = life.create(&world, "a-life").await.unwrap();
        let lived = Self {
            cloud,
            world,
            stage,
            life,
            id,
            occurrences: Default::default(),
            named: Default::default(),
        };
        assert!(!lived.violated().await, "created as a violation");
        lived
    }

    pub async fn violated(&self) -> bool {
        self.life.is_violated(&self.world, &self.id).await.unwrap()
    }

    pub async fn snapshot(&self) -> Value {
        self.life.snapshot(&self.world, &self.id).await.unwrap()
    }

    /// Violates the resource and gives the event that tells of it.
    pub async fn violate(&self) -> Value {
        let named = self.life.named(&self.world, &self.id).await.unwrap();
        self.named.replace(named.clone());
        self.life.violate(&self.world, &self.id).await.unwrap();
        assert!(self.violated().await, "the violation is none");
        self.event(&named)
    }

    /// What the last violation's event named.
    pub fn last_named(&self) -> String {
        self.named.borrow().clone()
    }

    /// A new event of the life's kind.
    pub fn event(&self, named: &str) -> Value {
        let occurrence = self.occurrences.get() + 1;
        self.occurrences.set(occurrence);
        let now = self.stage.clock.now();
        let id = format!("{:08}-0000-4000-8000-000000000000", occurrence);
        event(self.life, named, &id, now).unwrap()
    }

    /// Sends an event and gives the reports of this life's control.
    pub async fn send(&self, event: &Value) -> Vec<Value> {
        self.own(self.stage.send(event).await.unwrap())
    }

    pub fn own(&self, reports: Vec<Value>) -> Vec<Value> {
        let control = self.life.control();
        reports.into_iter().filter(|r| r["control"] == control).collect()
    }

    /// Sends an event that must put the resource right, and gives the plan's id.
    pub async fn remediated(&self, event: &Value) -> String {
        let reports = self.send(event).await;
        assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
        assert!(!self.violated().await, "remediated, and still violated");
        reports[0]["plan"]["id"].as_str().unwrap().to_owned()
    }

    /// Asks for the resource by hand.
    pub fn request(&self) -> Value {
        let setting = demarc_harness::remediation::controls::find(self.life.control())
            .unwrap()
            .meta()
            .setting;
        json!({"evaluate": {
            "resource": self.id, "type": setting.resource, "setting": setting.id,
        }})
    }

    /// Tells of the violation that is there: by hand, or by its event where the control asks who
    /// made it.
    pub fn told(&self) -> Value {
        let control = demarc_harness::remediation::controls::find(self.life.control()).unwrap();
        if control.asks_who() { self.event(&self.last_named()) } else { self.request() }
    }

    pub async fn undo(&self, plan: &str) -> (u64, Value) {
        let request = json!({"undo": {"plan": plan, "reason": "it was meant"}});
        self.stage.ask(PERSON, &request).await.unwrap()
    }

    /// The names of the writing calls since the log was cleared.
    pub fn writes(&self) -> Vec<String> {
        let writing = |op: &String| {
            let name = op.split(':').nth(1).unwrap_or_default();
            let service = op.split(':').next().unwrap_or_default();
            !["dynamodb", "sqs"].contains(&service)
                && !["Get", "Describe", "List", "Head"].iter().any(|p| name.starts_with(p))
        };
        self.cloud.proxy().operations().into_iter().filter(writing).collect()
    }
}

pub fn outcomes(reports: &[Value]) -> Vec<&str> {
    reports.iter().map(|r| r["outcome"].as_str().unwrap()).collect()
}
