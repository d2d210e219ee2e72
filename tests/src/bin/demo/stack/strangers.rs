//! What the rules keep out of the functions, and a write under Demarc's role that is only looked up.

use demarc_tests::Fault;
use demarc_tests::stack::Stack;
use serde_json::{Value, json};

use super::{heading, say};
use crate::events::{call_of, sample, set};
use crate::failure::expect;
use crate::screen::Screen;
use crate::short;

/// The samples, and what they are.
const EVENTS: [(&str, &str); 2] =
    [("odd-read-only.json", "a reading call"), ("odd-failed-call.json", "a failed call")];

/// What was put on the bus beside the violations.
pub struct Strangers {
    kept_out: Vec<(&'static str, Value)>,
    /// A write under Demarc's role that the journal does not know.
    foreign: Value,
}

/// Puts them on the bus. Whether a function saw them is asked later.
pub async fn put(stack: &Stack) -> Result<Strangers, Fault> {
    let mut kept_out = Vec::new();
    for (name, what) in EVENTS {
        kept_out.push((what, sample(name)?));
    }
    let mut foreign = sample("odd-own-role.json")?;
    let issuer = "/detail/userIdentity/sessionContext/sessionIssuer/arn";
    set(&mut foreign, issuer, json!(stack.role_arn("s3", "remediator")))?;
    for event in kept_out.iter().map(|(_, event)| event).chain([&foreign]) {
        stack.put(event).await?;
    }
    Ok(Strangers { kept_out, foreign })
}

/// Looks for them in what the functions have reported.
pub async fn tell(stack: &Stack, screen: &Screen, strangers: &Strangers) -> Result<(), Fault> {
    heading(screen, "What the rules kept out meanwhile")?;
    let reports = stack.reports("s3").await?;
    for (what, event) in &strangers.kept_out {
        let call = call_of(event);
        let seen = about(&reports, event).count();
        expect(seen == 0, "no function sees it", event)?;
        let text = format!("{what}: {call}; {}", short::count(seen, "report"));
        say(screen, "kept out", &text, &json!({"why": what, "call": call, "reports": seen}))?;
    }
    heading(screen, "Somebody else writes under Demarc's role")?;
    let told = about(&reports, &strangers.foreign).find(|report| alert_of(report).is_some());
    let told = told.cloned().unwrap_or_default();
    expect(alert_of(&told) == Some("foreign-write"), "the alert `foreign-write`", &told)?;
    let because = short::foreign(&told);
    say(screen, "alert", because, &json!({"step": "alert", "told": told}))
}

fn about<'a>(reports: &'a [Value], event: &'a Value) -> impl Iterator<Item = &'a Value> {
    let id = event.pointer("/detail/eventID");
    reports.iter().filter(move |report| report.get("incident") == id)
}

fn alert_of(report: &Value) -> Option<&str> {
    report.get("alert").and_then(Value::as_str)
}
