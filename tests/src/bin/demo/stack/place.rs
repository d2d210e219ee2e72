//! The emulator, the stack in it, and the configuration in force.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use demarc_tests::Fault;
use demarc_tests::local::ministack::MiniStack;
use demarc_tests::local::{ACCOUNT, REGION, venv};
use demarc_tests::stack::{self, EVERYTHING, NAME, PERSON, Stack};
use serde_json::json;

use super::say;
use crate::screen::Screen;
use crate::short;

/// What is counted of a stack, and how it is called.
const KINDS: [(&str, &str); 6] = [
    ("AWS::Events::Rule", "rule"),
    ("AWS::SQS::Queue", "queue"),
    ("AWS::Lambda::Function", "function"),
    ("AWS::IAM::Role", "role"),
    ("AWS::DynamoDB::Table", "table"),
    ("AWS::CloudWatch::Alarm", "alarm"),
];

/// Starts everything.
pub async fn prepare(screen: &Screen) -> Result<Stack, Fault> {
    let started = Instant::now();
    let emulator = Arc::new(emulator(screen).await?);
    let name = venv::MINISTACK.name;
    let took = short::took(started.elapsed());
    let text = format!("{name} on this machine: account {ACCOUNT}, every call authorised ({took})");
    let step = json!({"emulator": name, "account": ACCOUNT});
    say(screen, "emulator", &text, &step)?;
    let stack = deploy(screen, &emulator, REGION).await?;
    stack.configure(EVERYTHING).await?;
    let text = format!("{} has every control enforced, up to disruptive", short::principal(PERSON));
    say(screen, "configured", &text, &json!({"caller": PERSON}))?;
    Ok(stack)
}

/// Deploys the template into a region.
pub async fn deploy(
    screen: &Screen,
    emulator: &Arc<MiniStack>,
    region: &str,
) -> Result<Stack, Fault> {
    screen.progress(&format!("packaging template.yaml and deploying it into {region}"));
    let started = Instant::now();
    let stack = stack::deploy(emulator, region, &[]).await?;
    let kinds = kinds(&stack).await?;
    let counts: Vec<String> = kinds.iter().map(|(name, n)| short::count(*n, name)).collect();
    let took = short::took(started.elapsed());
    let text = format!("{NAME} in {region}, by CloudFormation: {} ({took})", counts.join(", "));
    let counts: BTreeMap<_, _> = kinds.into_iter().collect();
    say(screen, "stack", &text, &json!({"region": region, "resources": counts}))?;
    Ok(stack)
}

/// Installs the emulator where it is missing, tells how that goes, and starts it.
async fn emulator(screen: &Screen) -> Result<MiniStack, Fault> {
    let (steps, mut told) = tokio::sync::mpsc::unbounded_channel::<String>();
    screen.progress("starting the emulator");
    let emulator = tokio::task::spawn_blocking(move || {
        // Nobody listens any more only where the demo was interrupted.
        venv::ensure(venv::MINISTACK, &|step| drop(steps.send(step.to_owned())))?;
        MiniStack::start()
    });
    while let Some(step) = told.recv().await {
        screen.progress(&step);
    }
    Ok(emulator.await??)
}

/// How many resources the stack has of each kind.
async fn kinds(stack: &Stack) -> Result<Vec<(&'static str, usize)>, Fault> {
    let of_stack = [("StackName", NAME)];
    let answer = stack.api.query("cloudformation", "DescribeStackResources", &of_stack).await?;
    let count = |kind: &str| answer.matches(&format!("<ResourceType>{kind}</")).count();
    Ok(KINDS.iter().map(|(kind, name)| (*name, count(kind))).collect())
}
