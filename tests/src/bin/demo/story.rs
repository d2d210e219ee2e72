//! What happens to one control's resource, and what Demarc makes of it.

use std::time::{Duration, Instant};

use aws_smithy_types::error::display::DisplayErrorContext;
use demarc_harness::remediation::control::Meta;
use demarc_harness::remediation::controls;
use demarc_tests::Fault;
use demarc_tests::lives::Life;
use serde_json::{Value, json};

use crate::failure::{Unmet, expect};
use crate::ground::{Ground, OBSERVED};
use crate::operator::REASON;
use crate::running::{Running, deliver};
use crate::screen::{INDENT, Screen, Tone};
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
        let id = name_for(life.control());
        Ok(Self { ground, screen, running, life, meta: control.meta(), id })
    }

    /// Tells it to its end, or to where it is not as expected.
    pub async fn tell(mut self, place: &str) -> Result<Row, Fault> {
        let mut row = Row {
            control: self.meta.id,
            resource: String::new(),
            outcome: "failed",
            until_written: Duration::ZERO,
            calls: 0,
            failed: true,
        };
        match self.chapters(place, &mut row).await {
            Ok(()) => row.failed = false,
            Err(fault) => self.failed(&fault)?,
        }
        row.resource = self.id;
        Ok(row)
    }

    async fn chapters(&mut self, place: &str, row: &mut Row) -> Result<(), Fault> {
        self.created(place).await?;
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
    async fn created(&mut self, place: &str) -> Result<(), Fault> {
        self.id = self.life.create(&self.ground.world, &self.id).await?;
        let heading = self.screen.paint(Tone::Bold, &format!("{place}  {}", self.meta.title));
        let below = format!("{} on {}", self.meta.id, self.resource());
        let below = self.screen.paint(Tone::Dim, &below);
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
        let kept = if setting.baseline { "; kept as baseline" } else { "" };
        self.line("created", &format!("compliant: {}{kept}", told.text("/because")), &told.report)
    }

    /// The same violation as ever, and the event that tells of it.
    async fn violate(&self) -> Result<Value, Fault> {
        let world = &self.ground.world;
        let named = self.life.named(world, &self.id).await?;
        self.life.violate(world, &self.id).await?;
        self.assert(true, "a violation").await?;
        let there = self.life.snapshot(world, &self.id).await?;
        events::violation(self.life, &named, &there)
    }

    /// In observe mode the same is decided, and nothing is written.
    async fn observed(&self, event: &Value) -> Result<(), Fault> {
        let told = self.told(event).await?;
        told.ended("skipped")?;
        told.wrote_nothing()?;
        self.assert(true, "still a violation after observing").await?;
        self.decision(&told)?;
        let text = "would change this; nothing is written";
        self.lines("observed", (Tone::Yellow, text), Vec::new(), &told.report)?;
        self.running.set_mode(self.meta.id, &self.ground.person).await?;
        // A sandbox remembers the modes for a minute; a new one asks.
        self.running.remediator.restart().await?;
        let who = short::principal(&self.ground.person.arn);
        let text = format!("{who} sets the mode to enforce, up to disruptive");
        self.line("enforced", &text, &json!({"caller": self.ground.person.arn}))
    }

    async fn remediated(&self, event: &Value) -> Result<Told, Fault> {
        let told = self.told(event).await?;
        if self.meta.id != OBSERVED {
            self.decision(&told)?;
        }
        told.ended("remediated")?;
        self.assert(false, "put right").await?;
        let text = format!(
            "{} after delivery: {}; {} in all",
            short::took(told.until_written()),
            told.written().join(", "),
            short::count(told.calls(), "call"),
        );
        let step = json!({
            "ms": short::millis(told.until_written()),
            "calls": told.timeline(),
            "written": told.written(),
            "report": told.report,
        });
        self.lines("fixed", (Tone::Green, &text), Vec::new(), &step)?;
        self.line(
            "verified",
            "read again by the function, and by the demo's own client",
            &Value::Null,
        )?;
        self.line("remains", told.text("/not_undone"), &Value::Null)?;
        Ok(told)
    }

    /// Whose it is, what is wrong, and what the plan changes.
    fn decision(&self, told: &Told) -> Result<(), Fault> {
        let whose = told.text("/responsibility");
        let why = told.text("/reasons/0/text");
        let why = why.strip_suffix(&format!(": {whose}")).unwrap_or(why);
        self.line("whose", &format!("{whose}: {why}"), &Value::Null)?;
        self.line("wrong", told.text("/plan/detail"), &Value::Null)?;
        let safety = told.text("/plan/safety");
        let undo = match told.report.pointer("/plan/undo") {
            Some(Value::Object(restores)) => restores
                .iter()
                .map(|(how, what)| format!("{how} ({})", short::plain(what)))
                .collect(),
            _ => "exact".to_owned(),
        };
        let tone = if safety == "safe" { Tone::Plain } else { Tone::Yellow };
        let used = match told.report.pointer("/plan/evidence") {
            Some(Value::Object(found)) => found.values().map(short::plain).collect(),
            Some(Value::String(none)) => none.replace('-', " "),
            _ => return Err("the plan says nothing of evidence".into()),
        };
        self.lines(
            "plan",
            (tone, &format!("safety: {safety}, undo: {undo}; evidence of use: {used}")),
            diff::lines(self.screen, told.delta()),
            &told.report,
        )
    }

    /// Delivered once more, as SQS may do.
    async fn repeated(&self, event: &Value) -> Result<(), Fault> {
        let told = self.told(event).await?;
        told.ended("compliant")?;
        told.wrote_nothing()?;
        self.line(
            "repeated",
            "the same event, delivered twice: compliant, nothing written",
            &told.report,
        )
    }

    /// The same violation a moment later is another plan; gives its id.
    async fn again(&self, event: &Value, first: &Told) -> Result<String, Fault> {
        let told = self.told(event).await?;
        told.ended("remediated")?;
        self.assert(false, "put right again").await?;
        let plan = told.text("/plan/id");
        expect(plan != first.text("/plan/id"), "a plan of its own", &told.report)?;
        let took = short::took(told.until_written());
        let text =
            format!("the same violation: fixed {took} after delivery, under a plan of its own");
        self.line("again", &text, &told.report)?;
        Ok(plan.to_owned())
    }

    async fn undone(&self, plan: &str) -> Result<(), Fault> {
        let undone = self.running.undo(plan, &self.ground.person).await?;
        self.assert(true, "undone, so a violation again").await?;
        let until = undone.get("exempt_until").and_then(Value::as_u64).ok_or("no exemption")?;
        let who = short::principal(&self.ground.person.arn);
        let text = format!(
            "by {who} through the operator (\"{REASON}\"); exempt until {}",
            short::moment(until)
        );
        let delta = undone.get("delta").unwrap_or(&Value::Null);
        let put_back = diff::put_back(self.screen, delta);
        self.lines("undone", (Tone::Plain, &text), put_back, &undone)
    }

    async fn exempt(&self, event: &Value) -> Result<(), Fault> {
        let told = self.told(event).await?;
        told.ended("skipped")?;
        expect(told.text("/because").contains("exempt"), "skipped as exempt", &told.report)?;
        told.wrote_nothing()?;
        self.assert(true, "left as it was undone").await?;
        self.line("exempt", "the same event: skipped, nothing written", &told.report)
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
        self.lines(label, (Tone::Plain, text), Vec::new(), step)
    }

    fn lines(
        &self,
        label: &str,
        (tone, text): (Tone, &str),
        diff: Vec<String>,
        step: &Value,
    ) -> Result<(), Fault> {
        let mut lines = vec![self.screen.line(label, tone, text)];
        lines.extend(diff);
        let step = match step {
            Value::Null => Value::Null,
            told => json!({"step": label, "control": self.meta.id, "told": told}),
        };
        self.screen.show(&lines.join("\n"), &step)
    }

    fn failed(&self, fault: &Fault) -> Result<(), Fault> {
        let (expected, found) = match fault.downcast_ref::<Unmet>() {
            Some(unmet) => (unmet.expected.clone(), unmet.found.clone()),
            None => ("no fault".to_owned(), json!(DisplayErrorContext(&**fault).to_string())),
        };
        let text = format!("expected: {expected}; found:");
        let text = self.screen.line("FAILED", Tone::Red, &text);
        let step = json!({
            "step": "failed", "control": self.meta.id, "expected": expected, "found": found,
        });
        let found = format!("{found:#}").replace('\n', &format!("\n{:INDENT$}", ""));
        self.screen.show(&format!("{text}\n{:INDENT$}{found}", ""), &step)
    }
}

/// A name for the resource, where it has one of its owner's choice; numbered, as the words of two
/// controls may be the same.
fn name_for(control: &str) -> String {
    let words = control.split_once('.').map_or(control, |(_, words)| words);
    let telling = |word: &&str| !["grants", "no", "not"].contains(word);
    let first: Vec<&str> = words.split('-').filter(telling).take(2).collect();
    let number = controls::CATALOGUE.iter().take_while(|of| of.meta().id != control).count() + 1;
    format!("demo-{}-{number}", first.join("-"))
}
