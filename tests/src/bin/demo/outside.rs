//! What never reaches a function, as the rules' patterns keep it out; and what is only looked up.

use demarc_tests::Fault;
use serde_json::{Value, json};

use crate::events::{call_of, sample, set};
use crate::failure::expect;
use crate::ground::Ground;
use crate::running::deliver;
use crate::screen::{Screen, Tone};
use crate::short;

/// Events that no pattern matches, and why.
const EVENTS: [(&str, &str); 2] =
    [("odd-read-only.json", "a reading call"), ("odd-failed-call.json", "a failed call")];
/// Its function answers for the write under Demarc's role.
const CONTROL: &str = "s3.block-public-access";

/// Delivers each of them, and counts what was delivered though it must not be.
pub async fn tell(ground: &Ground, screen: &Screen) -> Result<u32, Fault> {
    let mut failed = 0;
    let heading = screen.paint(Tone::Bold, "What the event patterns keep out");
    screen.show(&format!("\n{heading}"), &json!({"step": "outside"}))?;
    for (name, why) in EVENTS {
        let event = sample(name)?;
        let deliveries = deliver(ground, &event).await?.len();
        failed += u32::from(deliveries > 0);
        let tone = if deliveries == 0 { Tone::Green } else { Tone::Red };
        let count = screen.paint(tone, &format!("{deliveries} deliveries"));
        let call = call_of(&event);
        screen.show(
            &format!("  {count}   {why:19}{call}"),
            &json!({"step": "kept-out", "why": why, "call": call, "deliveries": deliveries}),
        )?;
    }
    Ok(failed)
}

/// A write under Demarc's own role is looked up in the journal, and this one is not there.
pub async fn foreign(ground: &Ground, screen: &Screen) -> Result<(), Fault> {
    let event = foreign_write(ground)?;
    let heading = screen.paint(Tone::Bold, "Somebody else writes under Demarc's role");
    screen.show(&format!("\n{heading}"), &json!({"step": "foreign"}))?;
    screen.show(&screen.line("called", Tone::Plain, &call_of(&event)), &Value::Null)?;
    let deliveries = deliver(ground, &event).await?;
    expect(deliveries.len() == 1, "the rule that watches Demarc's roles matches", &event)?;
    let report = ground.function(CONTROL)?.answered().await?;
    let is_told = report.get("alert").and_then(Value::as_str) == Some("foreign-write");
    expect(is_told, "the alert `foreign-write`", &report)?;
    let told = short::foreign(&report);
    screen.show(&screen.line("alert", Tone::Red, told), &json!({"step": "alert", "told": report}))
}

fn foreign_write(ground: &Ground) -> Result<Value, Fault> {
    let mut event = sample("odd-own-role.json")?;
    let role = own_role(ground).ok_or("the template names none of Demarc's own roles")?;
    let session = role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/");
    let issuer = "/detail/userIdentity/sessionContext/sessionIssuer/arn";
    set(&mut event, "/detail/userIdentity/arn", json!(format!("{session}/s3")))?;
    set(&mut event, issuer, json!(role))?;
    Ok(event)
}

fn own_role(ground: &Ground) -> Option<String> {
    let functions = ground.template.functions();
    let roles = functions.first()?.environment.get("DEMARC_OWN_ROLES")?.clone();
    roles.split(',').next().map(str::to_owned)
}
