//! Measuring one case: starts, first invocations, warm ones.

use std::path::Path;
use std::time::{Duration, Instant};

use demarc_tests::Fault;
use demarc_tests::local::runtime_api::{Function, Options};
use serde_json::Value;

use crate::case::Case;
use crate::figures::{Cost, Measured, median};
use crate::ground::{Ground, cost, enrol, invoke, usage};

/// Processes that are started for a case, each for one first invocation.
const STARTS: usize = 15;
/// Rounds of warm invocations; the median of their averages counts.
const ROUNDS: usize = 5;
/// Warm invocations of a round.
pub const ROUND: u32 = 40;

/// So late may a report be read.
const LATE: Duration = Duration::from_secs(5);

/// Measures one case on an emulator of its own.
pub async fn case(folder: &Path, case: &Case) -> Result<Measured, Fault> {
    let ground = Ground::new(case).await?;
    let binary = folder.join(case.function());
    let function = ground.start(case, &binary, &[]).await?;
    let (starts, first) = firsts(&ground, case, &function).await?;
    ground.cloud.proxy().clear_calls();
    function.restart().await?;
    usage(&function).await?;
    let warming = ground.cloud.proxy().operations();
    let id = resource(&ground, case, &function, "warm").await?;
    let calls = settled_calls(&ground, case, &function, &id).await?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(round(&ground, case, &function, &id).await?);
    }
    Ok(Measured {
        case: case.name,
        function: case.function(),
        starts,
        first,
        warm: Cost::median(&rounds),
        peak_kib: usage(&function).await?.peak_kib,
        warming,
        calls,
        wanted: case.wanted(),
    })
}

/// Starts and first invocations, each of a new process about a new resource.
async fn firsts(
    ground: &Ground,
    case: &Case,
    function: &Function,
) -> Result<(Vec<Cost>, Cost), Fault> {
    let mut starts = Vec::new();
    let mut firsts = Vec::new();
    for number in 0..STARTS {
        let id = resource(ground, case, function, &format!("first-{number}")).await?;
        let event = ground.event(case, &id).await?;
        function.restart().await?;
        starts.push(Cost { wall: function.init(), cpu: usage(function).await?.cpu });
        firsts.push(cost(function, event).await?);
        confirm(case, function, 1).await?;
    }
    Ok((starts, Cost::median(&firsts)))
}

/// A compliant resource that the function has seen before.
pub async fn resource(
    ground: &Ground,
    case: &Case,
    function: &Function,
    name: &str,
) -> Result<String, Fault> {
    let id = case.life.create(&ground.world, &format!("demarc-bench-{name}")).await?;
    enrol(case, function, &id).await?;
    Ok(id)
}

/// The calls of an invocation, after some others.
async fn settled_calls(
    ground: &Ground,
    case: &Case,
    function: &Function,
    id: &str,
) -> Result<Vec<String>, Fault> {
    for _ in 0..3 {
        let event = ground.event(case, id).await?;
        ground.cloud.proxy().clear_calls();
        invoke(function, event).await?;
    }
    confirm(case, function, 3).await?;
    Ok(ground.cloud.proxy().operations())
}

/// A round of warm invocations.
pub async fn round(
    ground: &Ground,
    case: &Case,
    function: &Function,
    id: &str,
) -> Result<Cost, Fault> {
    let mut walls = Vec::new();
    let before = usage(function).await?.cpu;
    for _ in 0..ROUND {
        let event = ground.event(case, id).await?;
        walls.push(invoke(function, event).await?.wall);
    }
    let cpu = usage(function).await?.cpu.saturating_sub(before) / ROUND;
    confirm(case, function, usize::try_from(ROUND)?).await?;
    ground.cloud.proxy().clear_calls();
    Ok(Cost { wall: median(walls.into_iter()), cpu })
}

/// Every event must have come to what the case says, else it is not what was measured. The reports
/// are read by a thread of its own, so the last ones may come late.
pub async fn confirm(case: &Case, function: &Function, events: usize) -> Result<(), Fault> {
    let started = Instant::now();
    let mut lines = Vec::new();
    loop {
        lines.extend(function.take_lines());
        let count = lines.iter().filter(|line| is_wanted(case, line)).count();
        if count == events {
            return Ok(());
        }
        if started.elapsed() > LATE {
            let other = lines.iter().rfind(|line| !is_wanted(case, line));
            let other = other.map_or("nothing else", String::as_str);
            let wanted = case.outcome();
            return Err(format!("{count} of {events} are {wanted}; it printed: {other}").into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn is_wanted(case: &Case, line: &str) -> bool {
    let report: Value = serde_json::from_str(line).unwrap_or_default();
    let is = |name: &str, value: &str| report.get(name).and_then(Value::as_str) == Some(value);
    is("outcome", case.outcome()) && is("control", case.life.control())
}

/// The start of a function that does nothing.
pub async fn empty(binary: &Path) -> Result<Cost, Fault> {
    let function = Function::start(binary, "empty", &[], Options::default()).await?;
    let mut starts = Vec::new();
    for _ in 0..4 * STARTS {
        function.restart().await?;
        tokio::time::sleep(Duration::from_millis(15)).await;
        starts.push(Cost { wall: function.init(), cpu: usage(&function).await?.cpu });
    }
    Ok(Cost::median(&starts))
}
