//! What happens to one control's resource, and what Demarc makes of it.

use std::time::{Duration, Instant};

use demarc_harness::remediation::control::Meta;
use demarc_harness::remediation::controls;
use demarc_tests::Fault;
use demarc_tests::lives::Life;
use serde_json::{Value, json};

use crate::failure::{Unmet, expect};
use crate::ground::{Ground, OBSERVED};
use crate::operator::REASON;
use crate::running::{Running, deliver};
use crate::screen::Screen;
use crate::summary::Row;
use crate::told::Told;
use crate::{diff, events, short};

/// One control's story.
pub struct Story<'a> {
    ground: &'a Ground,
    screen: &'a Screen,
    running: &'a Running,
    life: &'static dyn Life,
    meta: &'static Meta,
    id: String,
    occurrences: u32,
}

impl<'a> Story<'a> {
    /// Nothing has happened yet.
    pub fn new(
        ground: &'a Ground,
        screen: &'a Screen,
        life: &'static dyn Life,
    ) -> Result<Self, Fault> {
        let running = ground.function(life.control())?;
        let control = controls::find(life.control()).ok_or("no such control")?;
        let id = format!("demo-{}", control.meta().setting.id.rsplit('.').next().unwrap_or("a"));
        Ok(Self { ground, screen, running, life, meta: control.meta(), id, occurrences: 0 })
    }

    /// Tells it to its end, or to where it is not as expected.
    pub async fn tell(mut self) -> Result<Row, Fault> {
        let mut row = Row {
            control: self.meta.id,
            resource: String::new(),
            outcome: "failed",
            until_written: Duration::ZERO,
            calls: 0,
            failed: true,
        };
        match self.chapters(&mut row).await {
            Ok(()) => row.failed = false,
            Err(fault) => self.failed(&fault)?,
        }
        row.resource = self.id;
        Ok(row)
    }

    async fn chapters(&mut self, row: &mut Row) -> Result<(), Fault> {
        self.created().await?;
        let event = self.violate().await?;
        self.line("violated", &events::call_of(&event), &json!({"event": event}))?;
        if self.meta.id == OBSERVED {
            self.observed(&event).await?;
        }
        let first = self.remediated(&event).await?;
        row.until_written = first.until_written();
        row.calls = first.calls();
        self.repeated(&event).await?;
        let event = self.violate().await?;
        let plan = self.again(&event, &first).await?;
        self.undone(&plan).await?;
        self.exempt(&event).await?;
        row.outcome = "fixed, undone";
        Ok(())
    }

    /// A compliant resource; the function sees it, and where it may vanish keeps its baseline.
    async fn created(&mut self) -> Result<(), Fault> {
        self.id = self.life.create(&self.ground.world, &self.id).await?;
        let heading = self.screen.bold(self.meta.title);
        let below = self.screen.dim(&format!("{}  {}", self.meta.id, self.resource()));
        self.screen.show(
            &format!("\n{heading}\n  {below}"),
            &json!({"step": "control", "control": self.meta.id, "title": self.meta.title,
                    "resource": self.id}),
        )?;
        self.assert(false, "the new resource is compliant").await?;
        let setting = self.meta.setting;
        let request = json!({"evaluate": {
            "resource": self.id, "type": setting.resource, "setting": setting.id,
        }});
        let told = self.told(&request).await?;
        told.ended("compliant")?;
        told.wrote_nothing()?;
        self.line("before", &format!("compliant: {}", told.text("/because")), &told.report)
    }

    /// The same violation as ever, and the event that tells of it.
    async fn violate(&mut self) -> Result<Value, Fault> {
        let world = &self.ground.world;
        let named = self.life.named(world, &self.id).await?;
        self.life.violate(world, &self.id).await?;
        self.assert(true, "a violation").await?;
        let there = self.life.snapshot(world, &self.id).await?;
        self.occurrences += 1;
        events::violation(self.life, &named, &there, self.occurrences)
    }

    /// In observe mode the same is decided, and nothing is written.
    async fn observed(&self, event: &Value) -> Result<(), Fault> {
        let told = self.told(event).await?;
        told.ended("skipped")?;
        told.wrote_nothing()?;
        self.assert(true, "still a violation after observing").await?;
        let text = self.screen.yellow("would change this, writes nothing");
        self.lines("observe", &text, told.delta(), &told.report)?;
        self.running.set_mode(self.meta.id, &self.ground.person).await?;
        // A sandbox remembers the modes for a minute; a new one asks.
        self.running.remediator.restart().await?;
        let who = short::principal(&self.ground.person.arn);
        let text = format!("set by {who} through the operator's URL, up to disruptive");
        self.line("enforce", &text, &json!({"caller": self.ground.person.arn}))
    }

    async fn remediated(&self, event: &Value) -> Result<Told, Fault> {
        let told = self.told(event).await?;
        let because = told.text("/reasons/0/text").to_owned();
        self.line("whose", &because, &json!({"responsibility": told.text("/responsibility")}))?;
        self.plan(&told)?;
        told.ended("remediated")?;
        self.assert(false, "put right").await?;
        let text = format!(
            "{} after delivery, by {}; {} in all; read again and asserted",
            short::took(told.until_written()),
            told.written().join(", "),
            short::count(told.calls(), "AWS call"),
        );
        self.line("fixed", &self.screen.green(&text), &told.report)?;
        Ok(told)
    }

    fn plan(&self, told: &Told) -> Result<(), Fault> {
        self.line("wrong", told.text("/plan/detail"), &told.report)?;
        let safety = match told.text("/plan/safety") {
            "safe" => self.screen.green("safe"),
            other => self.screen.yellow(other),
        };
        let undo = match told.report.pointer("/plan/undo") {
            Some(Value::Object(restores)) => restores
                .iter()
                .map(|(how, what)| format!("undo is {how}: {}", short::plain(what)))
                .collect(),
            _ => "undo is exact".to_owned(),
        };
        self.lines("plan", &format!("{safety}; {undo}"), told.delta(), &told.report)
    }

    /// Delivered once more, as SQS may do.
    async fn repeated(&self, event: &Value) -> Result<(), Fault> {
        let told = self.told(event).await?;
        told.ended("compliant")?;
        told.wrote_nothing()?;
        self.line("repeated", "the same event once more: compliant, nothing written", &told.report)
    }

    /// The same violation a moment later is another plan; gives its id.
    async fn again(&self, event: &Value, first: &Told) -> Result<String, Fault> {
        let told = self.told(event).await?;
        told.ended("remediated")?;
        self.assert(false, "put right again").await?;
        let plan = told.text("/plan/id");
        expect(plan != first.text("/plan/id"), "a plan of its own", &told.report)?;
        let took = short::took(told.until_written());
        let text = format!("the same violation again: fixed {took} after delivery, a new plan");
        self.line("relapsed", &text, &told.report)?;
        Ok(plan.to_owned())
    }

    async fn undone(&self, plan: &str) -> Result<(), Fault> {
        let undone = self.running.undo(plan, &self.ground.person).await?;
        self.assert(true, "undone, so a violation again").await?;
        let until = undone.get("exempt_until").and_then(Value::as_u64).ok_or("no exemption")?;
        let who = short::principal(&self.ground.person.arn);
        let text =
            format!("by {who} (\"{REASON}\"): put back, and exempt until {}", short::moment(until));
        self.lines("undone", &text, undone.get("delta").unwrap_or(&Value::Null), &undone)
    }

    async fn exempt(&self, event: &Value) -> Result<(), Fault> {
        let told = self.told(event).await?;
        told.ended("skipped")?;
        expect(told.text("/because").contains("exempt"), "skipped as exempt", &told.report)?;
        told.wrote_nothing()?;
        self.assert(true, "left as it was undone").await?;
        self.line("exempt", "the event once more: skipped, nothing written", &told.report)
    }

    /// Delivers an event, or one of Demarc's own requests, and gives what came of it.
    async fn told(&self, event: &Value) -> Result<Told, Fault> {
        let proxy = self.ground.cloud.proxy();
        proxy.clear_calls();
        let delivered = Instant::now();
        match event.get("evaluate") {
            Some(_) => self.running.ask(event).await?,
            None => {
                let deliveries = deliver(self.ground, event).await?;
                expect(deliveries.len() == 1, "one pattern matches the event", event)?;
            }
        }
        let reports = self.running.decided(self.meta.id, &self.id).await?;
        Told::new(&reports, proxy.calls(), delivered)
    }

    /// Looks at the resource with clients that share nothing with the function.
    async fn assert(&self, violated: bool, expected: &str) -> Result<(), Fault> {
        let is_violated = self.life.is_violated(&self.ground.world, &self.id).await?;
        if is_violated == violated {
            return Ok(());
        }
        let found = self.life.snapshot(&self.ground.world, &self.id).await?;
        Err(Unmet { expected: expected.to_owned(), found }.into())
    }

    fn resource(&self) -> String {
        let kind = self.meta.setting.resource.rsplit("::").next().unwrap_or_default();
        format!("{kind} {}", self.id)
    }

    fn line(&self, label: &str, text: &str, step: &Value) -> Result<(), Fault> {
        self.lines(label, text, &Value::Null, step)
    }

    fn lines(&self, label: &str, text: &str, delta: &Value, step: &Value) -> Result<(), Fault> {
        let mut lines = vec![self.screen.line(label, text)];
        lines.extend(diff::lines(self.screen, delta));
        let step = json!({"step": label, "control": self.meta.id, "told": step});
        self.screen.show(&lines.join("\n"), &step)
    }

    fn failed(&self, fault: &Fault) -> Result<(), Fault> {
        let (expected, found) = match fault.downcast_ref::<Unmet>() {
            Some(unmet) => (unmet.expected.clone(), unmet.found.clone()),
            None => ("no fault".to_owned(), json!(fault.to_string())),
        };
        let text = self.screen.red(&format!("expected: {expected}"));
        let step = json!({"step": "failed", "control": self.meta.id, "expected": expected, "found": found});
        self.screen.show(&format!("{}\n{found:#}", self.screen.line("FAILED", &text)), &step)
    }
}
