//! A violated resource in the deployed stack's account.

use demarc_tests::lives::{self, Life};
use demarc_tests::stack::{Stack, until};
use serde_json::{Value, json};

use super::{PERSON, function_of, now, unique};

/// A resource that violates a control, and the event that tells of it.
pub struct Scene<'a> {
    stack: &'a Stack,
    life: &'a dyn Life,
    /// The control that it violates.
    pub control: &'static str,
    /// The function of the control.
    pub function: &'static str,
    /// The resource's id.
    pub id: String,
    /// What CloudTrail tells.
    pub event: Value,
}

impl<'a> Scene<'a> {
    /// Creates a resource, lets the function see that it is compliant, and violates it.
    pub async fn violated(stack: &'a Stack, life: &'a dyn Life) -> Self {
        let control = life.control();
        let function = function_of(control);
        let id = life.create(&stack.world, &unique("scene")).await.unwrap();
        assert!(!life.is_violated(&stack.world, &id).await.unwrap(), "{control}");
        let named = life.named(&stack.world, &id).await.unwrap();
        let setting = super::setting_of(control);
        let look = json!({"evaluate": {
            "resource": id, "type": setting.resource, "setting": setting.id,
        }});
        stack.invoke(function, &look).await.unwrap();
        life.violate(&stack.world, &id).await.unwrap();
        assert!(life.is_violated(&stack.world, &id).await.unwrap(), "{control}");
        let event = lives::event(life, &named, &unique("event"), now()).unwrap();
        Self { stack, life, control, function, id, event }
    }

    /// Whether the resource is a violation, told without any of the tested code.
    pub async fn is_violated(&self) -> bool {
        self.life.is_violated(&self.stack.world, &self.id).await.unwrap()
    }

    /// Waits until it is none.
    pub async fn until_fixed(&self) {
        let fixed = async || Ok(!self.life.is_violated(&self.stack.world, &self.id).await?);
        until(self.control, fixed).await.unwrap();
        // The resource is put right before its plan is closed.
        let closed = async || Ok(self.plan().await.is_some_and(|plan| plan["stage"] != "claimed"));
        until("the plan is closed", closed).await.unwrap();
    }

    /// The latest plan for the resource that the operator knows.
    pub async fn plan(&self) -> Option<Value> {
        let request = json!({"plans": {"since": 0, "control": self.control}});
        let (status, answer) = self.stack.ask(self.function, PERSON, &request).await.unwrap();
        assert_eq!(status, 200, "{answer}");
        let plans = answer["plans"].as_array().unwrap();
        let ours = plans.iter().filter(|plan| plan["resource"]["id"] == self.id.as_str());
        ours.max_by_key(|plan| plan["plan"].as_str()).cloned()
    }

    /// Whether a report is about this resource and control.
    pub fn is_about(&self, report: &Value) -> bool {
        report["control"] == self.control && report["resource"]["id"] == self.id.as_str()
    }

    /// Whether a report is about this event.
    pub fn is_told_by(&self, report: &Value) -> bool {
        report["incident"] == self.event["detail"]["eventID"]
    }

    /// Whether a report tells that it was put right.
    pub fn is_fixed_by(&self, report: &Value) -> bool {
        self.is_about(report) && report["outcome"] == "remediated"
    }
}
