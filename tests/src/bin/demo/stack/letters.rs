//! What cannot be done is kept, and done when it can.

use demarc_tests::stack::{Role, Scene, Stack, until};
use demarc_tests::{Fault, lives};
use serde_json::{Value, json};

use super::{heading, say};
use crate::events::call_of;
use crate::failure::expect;
use crate::screen::Screen;
use crate::short;

const RIGHT: &str = "s3:PutBucketVersioning";
const QUEUE: &str = "demarc-s3-live";
const DEAD_LETTERS: &str = "demarc-s3-live-dlq";

/// Takes a permission away, and gives it back.
pub async fn tell(stack: &Stack, screen: &Screen) -> Result<(), Fault> {
    heading(screen, "A permission taken away, and given back")?;
    let role = Role::of(stack, "s3", "remediator").await?;
    let scene = Scene::violated(stack, &lives::Versioning).await?;
    // A failed message is tried again after a second, not after minutes.
    stack.hurry(QUEUE).await?;
    role.without(RIGHT).await?;
    let name = stack.role_arn("s3", "remediator");
    let text = format!("{RIGHT} from {}", short::principal(&name));
    say(screen, "taken", &text, &json!({"right": RIGHT, "role": name}))?;
    fail(stack, screen, &scene).await?;
    role.restore().await?;
    let moved = stack.redrive(DEAD_LETTERS, QUEUE).await?;
    let text =
        format!("the role is as deployed; {} back to {QUEUE}", short::count(moved, "message"));
    say(screen, "restored", &text, &json!({"moved": moved}))?;
    let took = scene.until_fixed().await?;
    let plan = scene.plan().await?.unwrap_or_default();
    let text = format!("{} later, and {}", short::took(took), text_of(&plan, "stage"));
    say(screen, "fixed", &text, &json!({"ms": short::millis(took), "plan": plan}))
}

async fn fail(stack: &Stack, screen: &Screen, scene: &Scene<'_>) -> Result<(), Fault> {
    stack.put(&scene.event).await?;
    let text = format!("{}: {}", scene.id, call_of(&scene.event));
    say(screen, "violated", &text, &json!({"resource": scene.id}))?;
    screen.progress("the message fails, and is delivered again");
    let is_kept = async || Ok(stack.waiting(DEAD_LETTERS).await? == (1, 0));
    let took = until("the message is kept as a dead letter", is_kept).await?;
    let reports = stack.reports("s3").await?;
    let failed: Vec<&Value> = reports
        .iter()
        .filter(|r| scene.is_told_by(r) && text_of(r, "outcome") == "failed")
        .collect();
    expect(failed.len() == 5, "five deliveries fail", &json!(failed))?;
    let because = failed.first().map_or("-", |report| text_of(report, "because"));
    let text =
        format!("{} in {}: {because}", short::count(failed.len(), "time"), short::took(took));
    say(screen, "failed", &text, &json!({"times": failed.len(), "report": failed.first()}))?;
    let plan = scene.plan().await?.unwrap_or_default();
    expect(text_of(&plan, "stage") == "failed", "the plan has failed", &plan)?;
    scene.expect(true).await?;
    let text = format!("1 message in {DEAD_LETTERS}, the plan is `failed`, nothing was written");
    say(screen, "kept", &text, &json!({"queue": DEAD_LETTERS, "plan": plan}))
}

fn text_of<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or("-")
}
