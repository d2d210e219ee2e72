//! A violated resource in the deployed stack's account.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use demarc_harness::remediation::controls;
use demarc_harness::remediation::setting::SettingMeta;
use serde_json::{Value, json};

use super::{Stack, until};
use crate::Fault;
use crate::lives::{self, Life};

/// Who asks the operators.
pub const PERSON: &str = "arn:aws:iam::123456789012:user/olivia";

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
    /// Before its first plan, in seconds since 1970.
    pub since: u64,
}

impl<'a> Scene<'a> {
    /// Creates a resource, lets the function see that it is compliant, and violates it.
    ///
    /// # Errors
    /// A call fails, or the resource is not as it was made.
    pub async fn violated(stack: &'a Stack, life: &'a dyn Life) -> Result<Self, Fault> {
        let control = life.control();
        let setting = setting_of(control)?;
        let since = now() / 1000;
        let id = life.create(&stack.world, &unique("scene")).await?;
        let named = life.named(&stack.world, &id).await?;
        expect(stack, life, &id, false).await?;
        let look = json!({"evaluate": {
            "resource": id, "type": setting.resource, "setting": setting.id,
        }});
        stack.invoke(setting.function, &look).await?;
        life.violate(&stack.world, &id).await?;
        expect(stack, life, &id, true).await?;
        let event = lives::event(life, &named, &unique("event"), now())?;
        Ok(Self { stack, life, control, function: setting.function, id, event, since })
    }

    /// Whether the resource is a violation, told without any of the tested code.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn is_violated(&self) -> Result<bool, Fault> {
        self.life.is_violated(&self.stack.world, &self.id).await
    }

    /// Insists on that.
    ///
    /// # Errors
    /// It is not so; what is there is told.
    pub async fn expect(&self, violated: bool) -> Result<(), Fault> {
        expect(self.stack, self.life, &self.id, violated).await
    }

    /// Waits until it is none and its plan is closed; gives the time until it was none.
    ///
    /// # Errors
    /// That does not happen in time.
    pub async fn until_fixed(&self) -> Result<Duration, Fault> {
        let took = until(self.control, async || Ok(!self.is_violated().await?)).await?;
        // The resource is put right before its plan is closed.
        let is_closed = |plan: &Value| plan.get("stage").and_then(Value::as_str) != Some("claimed");
        let closed = async || Ok(self.plan().await?.as_ref().is_some_and(is_closed));
        until("the plan is closed", closed).await?;
        Ok(took)
    }

    /// The latest plan for the resource that the operator knows.
    ///
    /// # Errors
    /// The operator does not answer.
    pub async fn plan(&self) -> Result<Option<Value>, Fault> {
        let request = json!({"plans": {"since": self.since, "control": self.control}});
        let answer = self.ask(&request).await?;
        let plans = answer.get("plans").and_then(Value::as_array).cloned().unwrap_or_default();
        let ours = plans.into_iter().filter(|plan| text(plan, "/resource/id") == self.id);
        Ok(ours.max_by_key(|plan| text(plan, "/plan").to_owned()))
    }

    /// Takes the latest plan back, and gives what was done.
    ///
    /// # Errors
    /// There is none, or the operator refuses.
    pub async fn undo(&self) -> Result<Value, Fault> {
        let plan = self.plan().await?.ok_or("there is no plan to undo")?;
        let plan = plan.get("plan").cloned().unwrap_or_default();
        self.ask(&json!({"undo": {"plan": plan, "reason": "it was meant"}})).await
    }

    async fn ask(&self, request: &Value) -> Result<Value, Fault> {
        match self.stack.ask(self.function, PERSON, request).await? {
            (200, answer) => Ok(answer),
            (status, answer) => Err(format!("the operator answers {status}: {answer}").into()),
        }
    }

    /// Whether a report is about this resource and control.
    #[must_use]
    pub fn is_about(&self, report: &Value) -> bool {
        text(report, "/control") == self.control && text(report, "/resource/id") == self.id
    }

    /// Whether a report is about this event.
    #[must_use]
    pub fn is_told_by(&self, report: &Value) -> bool {
        report.get("incident") == self.event.pointer("/detail/eventID")
    }

    /// Whether a report tells that it was put right, or, where the control only advises, by whom it
    /// has to be.
    #[must_use]
    pub fn is_fixed_by(&self, report: &Value) -> bool {
        let only_advises = controls::find(self.control).is_some_and(|c| c.only_advises());
        let outcome = if only_advises { "advised" } else { "remediated" };
        self.is_about(report) && text(report, "/outcome") == outcome
    }
}

async fn expect(stack: &Stack, life: &dyn Life, id: &str, violated: bool) -> Result<(), Fault> {
    if life.is_violated(&stack.world, id).await? == violated {
        return Ok(());
    }
    let found = life.snapshot(&stack.world, id).await?;
    let expected = if violated { "a violation" } else { "compliant" };
    Err(format!("{}: {id} should be {expected}: {found}", life.control()).into())
}

/// The setting that a control is about.
///
/// # Errors
/// There is no such control.
pub fn setting_of(control: &str) -> Result<&'static SettingMeta, Fault> {
    let found = controls::find(control).ok_or_else(|| format!("no control `{control}`"))?;
    Ok(found.meta().setting)
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A name that nothing else in this process has.
fn unique(name: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{name}-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}
