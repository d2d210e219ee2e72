//! Each control of a resource, from an event on the bus to an undo.

use demarc_tests::Fault;
use demarc_tests::lives::{self, Life};
use demarc_tests::stack::{PERSON, Scene, Stack};
use serde_json::{Value, json};

use super::heading;
use crate::failure::expect;
use crate::screen::{Screen, Tone};
use crate::short;

/// Tells them one by one. The account's own block would cover the buckets; it comes later.
pub async fn tell(stack: &Stack, screen: &Screen) -> Result<(), Fault> {
    heading(screen, "Each control of a resource, from the bus to an undo")?;
    let head = format!("  {:40}{:26}{:>8}   then", "control", "resource", "fixed");
    screen.show(&screen.paint(Tone::Dim, &head), &Value::Null)?;
    let accounts_own = lives::AccountBlock.control();
    for life in lives::all().into_iter().filter(|life| life.control() != accounts_own) {
        screen.progress(&format!("violating {}", life.control()));
        one(stack, screen, &Scene::violated(stack, life).await?).await?;
    }
    Ok(())
}

async fn one(stack: &Stack, screen: &Screen, scene: &Scene<'_>) -> Result<(), Fault> {
    stack.put(&scene.event).await?;
    let took = scene.until_fixed().await?;
    let plan = scene.plan().await?.ok_or("the plan is not in the journal")?;
    let stage = plan.get("stage").and_then(Value::as_str).unwrap_or("-");
    expect(stage == "verified", "the plan is verified", &plan)?;
    scene.undo().await?;
    scene.expect(true).await?;
    let then = format!("{stage}; undone by {}", short::principal(PERSON));
    let row = format!("  {:40}{:26}", scene.control, scene.id);
    let fixed = screen.paint(Tone::Green, &format!("{:>8}", short::took(took)));
    screen.show(
        &format!("{row}{fixed}   {then}"),
        &json!({"step": "life", "control": scene.control, "resource": scene.id,
                "ms": short::millis(took), "plan": plan}),
    )
}
