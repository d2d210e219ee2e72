//! The shipped pipeline in a simulated world: actors, delays, duplicates, disorder, forgeries, crashes
//! and refused calls, in any order that proptest comes upon. `docs/architecture.md` has the rules.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod clock;
mod dynamo;
mod emulator;
mod end;
mod event;
mod expression;
mod flaw;
mod ground;
mod people;
mod post;
mod resource;
mod rules;
mod run;
mod step;
mod trouble;
mod wire;
mod world;

use demarc_tests::{local::cloud::Cloud, stage};
use proptest::{
    collection::vec,
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};

use crate::{
    emulator::Emulator,
    flaw::Flaw,
    run::Run,
    step::{Step, step},
};

/// Other histories: `DEMARC_MODEL_SEED=7 cargo test --workspace --test model`.
const SEED: &str = "DEMARC_MODEL_SEED";
/// Steps of one history; half of them lead to an event.
const STEPS: usize = 600;
const THREADS: u64 = 2;
const HISTORIES: u32 = 15;

fn seed() -> u64 {
    std::env::var(SEED).map_or(1, |seed| seed.parse().expect("a number"))
}

/// Different histories for each part of a seed.
fn rng(part: u64) -> TestRng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed().to_le_bytes());
    bytes[8..16].copy_from_slice(&part.to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

fn histories() -> impl Strategy<Value = Vec<Step>> {
    vec(step(), STEPS)
}

/// Runs a history to its end, and gives the number of its events, or what did not hold.
fn live(steps: &[Step], flaw: Option<Flaw>) -> Result<usize, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut run = Run::new(flaw, None).await;
        run.live(steps).await?;
        run.end().await;
        run.verdict().map(|()| run.events)
    })
}

/// The number of events of many histories; the smallest one that fails, otherwise.
fn live_many(part: u64) -> usize {
    let config = Config {
        cases: HISTORIES,
        failure_persistence: None,
        max_shrink_iters: 100,
        ..Config::default()
    };
    let events = std::cell::Cell::new(0);
    let outcome = TestRunner::new_with_rng(config, rng(part)).run(&histories(), |steps| {
        events.set(events.get() + live(&steps, None).map_err(TestCaseError::fail)?);
        Ok(())
    });
    match outcome {
        Ok(()) => events.get(),
        Err(TestError::Fail(why, steps)) => {
            panic!("{SEED}={}, part {part}: {why}, after {steps:#?}", seed())
        }
        Err(other) => panic!("{SEED}={}, part {part}: {other}", seed()),
    }
}

#[test]
fn ten_thousand_events_end_as_the_controls_demand() {
    let parts: Vec<_> =
        (0..THREADS).map(|part| std::thread::spawn(move || live_many(part))).collect();
    let events: usize = parts.into_iter().map(|part| part.join().unwrap()).sum();
    println!("{SEED}={}: {events} events", seed());
    assert!(events >= 10_000, "only {events}");
}

/// Whatever is broken on purpose is told, by its name.
#[test]
fn the_model_tells_what_a_broken_pipeline_does() {
    for flaw in Flaw::ALL {
        let config = Config::default();
        let mut runner = TestRunner::new_with_rng(config, rng(THREADS));
        let broken = (0..HISTORIES).find_map(|_| {
            let steps = histories().new_tree(&mut runner).unwrap().current();
            live(&steps, Some(flaw)).err()
        });
        let told = broken.unwrap_or_else(|| panic!("nothing tells of {flaw:?}"));
        assert!(told.contains(flaw.told_as()), "{flaw:?}: {told}");
    }
}

/// The tables in memory are DynamoDB's as an independent emulator has them: over HTTP it gets every
/// request of a thousand events, and gives every answer.
#[test]
fn an_emulator_answers_a_thousand_events_over_http_as_the_tables_do() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new_with_rng(Config::default(), rng(THREADS + 1));
    let (mut events, mut answers) = (0, 0);
    while events < 1_000 {
        let steps = histories().new_tree(&mut runner).unwrap().current();
        runtime.block_on(async {
            // A new one each time: it becomes slow with what it holds.
            let cloud = Cloud::start().unwrap();
            stage::Stage::new(&cloud, "s3").await.unwrap();
            let emulator = Emulator::new(cloud.endpoint());
            let mut run = Run::new(None, Some(emulator.clone())).await;
            run.live(&steps).await.unwrap();
            run.end().await;
            run.verdict().unwrap();
            events += run.events;
            answers += emulator.compared();
        });
    }
    println!("{events} events, {answers} answers");
}
