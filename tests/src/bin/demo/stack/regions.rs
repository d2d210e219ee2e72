//! Two regions: what is the whole account's is handled once, by the home region.

use std::sync::Arc;

use demarc_tests::stack::{PERSON, Scene, Stack};
use demarc_tests::{Fault, lives};
use serde_json::{Value, json};

use super::{heading, place, say};
use crate::events::call_of;
use crate::failure::expect;
use crate::screen::Screen;
use crate::short;

const AWAY: &str = "eu-west-1";

/// Deploys a second stack, and violates an account-wide control there.
pub async fn tell(home: &Stack, screen: &Screen) -> Result<(), Fault> {
    heading(screen, "Two regions, one account")?;
    let away = place::deploy(screen, &Arc::clone(&home.emulator), AWAY).await?;
    let scene = Scene::violated(home, &lives::AccountBlock).await?;
    away.put(&scene.event).await?;
    let text = format!("{} in {AWAY}", call_of(&scene.event));
    say(screen, "violated", &text, &json!({"control": scene.control, "region": AWAY}))?;
    let took = scene.until_fixed().await?;
    let here = fixes(home, &scene).await?;
    let there = fixes(&away, &scene).await?;
    expect((here, there) == (1, 0), "one fix, by the home region", &json!([here, there]))?;
    let text = format!("{} later, by {}, once", short::took(took), home.region);
    say(screen, "fixed", &text, &json!({"ms": short::millis(took), "region": home.region}))?;
    scene.undo().await?;
    scene.expect(true).await?;
    let text = format!("by {}", short::principal(PERSON));
    say(screen, "undone", &text, &json!({"caller": PERSON}))
}

/// How often a region's stack has put this event's change right.
async fn fixes(stack: &Stack, scene: &Scene<'_>) -> Result<usize, Fault> {
    let reports = stack.reports("s3").await?;
    let fixed = |report: &&Value| scene.is_fixed_by(report) && scene.is_told_by(report);
    Ok(reports.iter().filter(fixed).count())
}
