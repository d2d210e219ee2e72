//! What the deployed rules keep from the functions.

use demarc_tests::Fault;
use demarc_tests::stack::Stack;
use serde_json::{Value, json};

use super::{heading, say};
use crate::events::{call_of, sample, set};
use crate::failure::expect;
use crate::screen::Screen;
use crate::short;

/// The samples, and what they are.
const EVENTS: [(&str, &str); 3] = [
    ("odd-read-only.json", "a reading call"),
    ("odd-failed-call.json", "a failed call"),
    ("odd-own-role.json", "Demarc's own call"),
];

/// Puts them on the bus. Whether a function saw them is asked later.
pub async fn put(stack: &Stack) -> Result<Vec<(&'static str, Value)>, Fault> {
    let mut events = Vec::new();
    for (name, what) in EVENTS {
        let mut event = sample(name)?;
        if name == "odd-own-role.json" {
            let issuer = "/detail/userIdentity/sessionContext/sessionIssuer/arn";
            set(&mut event, issuer, json!(stack.role_arn("s3", "remediator")))?;
        }
        stack.put(&event).await?;
        events.push((what, event));
    }
    Ok(events)
}

/// Looks for them in what the functions have reported.
pub async fn tell(
    stack: &Stack,
    screen: &Screen,
    events: &[(&'static str, Value)],
) -> Result<(), Fault> {
    heading(screen, "What the rules kept out meanwhile")?;
    let reports = stack.reports("s3").await?;
    for (what, event) in events {
        let call = call_of(event);
        let id = event.pointer("/detail/eventID");
        let seen = reports.iter().filter(|report| report.get("incident") == id).count();
        expect(seen == 0, "no function sees it", event)?;
        let text = format!("{what}: {call}; {}", short::count(seen, "report"));
        say(screen, "kept out", &text, &json!({"why": what, "call": call, "reports": seen}))?;
    }
    Ok(())
}
