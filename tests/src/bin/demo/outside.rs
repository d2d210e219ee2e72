//! What never reaches a function: the rules' patterns keep it out.

use demarc_tests::Fault;
use serde_json::{Value, json};

use crate::events::{call_of, sample, set};
use crate::ground::Ground;
use crate::running::deliver;
use crate::screen::{Screen, Tone};

/// Events that no pattern matches, and why.
const EVENTS: [(&str, &str); 3] = [
    ("odd-read-only.json", "a reading call"),
    ("odd-failed-call.json", "a failed call"),
    ("odd-own-role.json", "Demarc's own call"),
];

/// Delivers each of them, and counts what was delivered though it must not be.
pub async fn tell(ground: &Ground, screen: &Screen) -> Result<u32, Fault> {
    let mut failed = 0;
    let heading = screen.paint(Tone::Bold, "What the event patterns keep out");
    screen.show(&format!("\n{heading}"), &json!({"step": "outside"}))?;
    for (name, why) in EVENTS {
        let event = event(ground, name)?;
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

fn event(ground: &Ground, name: &str) -> Result<Value, Fault> {
    let mut event = sample(name)?;
    if name == "odd-own-role.json" {
        let role = own_role(ground).ok_or("the template names none of Demarc's own roles")?;
        let session = role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/");
        let issuer = "/detail/userIdentity/sessionContext/sessionIssuer/arn";
        set(&mut event, "/detail/userIdentity/arn", json!(format!("{session}/s3")))?;
        set(&mut event, issuer, json!(role))?;
    }
    Ok(event)
}

fn own_role(ground: &Ground) -> Option<String> {
    let functions = ground.template.functions();
    let roles = functions.first()?.environment.get("DEMARC_OWN_ROLES")?.clone();
    roles.split(',').next().map(str::to_owned)
}
