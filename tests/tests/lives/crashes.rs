//! A crash between any two steps: every connection is cut from one call on, for every call.
#![allow(clippy::print_stdout, reason = "shown only when the test fails")]

use demarc_tests::{
    lives::{BucketAcl, BucketBlock, Life},
    local::fault::{Effect, Fault},
};

use crate::{
    folding::BothPolicies,
    scene::{LEASE, Scene, deliver},
};

/// How a run ends, and who looks first when its lease has run out.
#[derive(Clone, Copy, Debug)]
struct Crash {
    /// Whether the last call still reaches the service, and only its answer is lost.
    done: bool,
    /// Whether the settle pass comes before the event's next delivery.
    settle_first: bool,
}

const CRASHES: [Crash; 4] = [
    Crash { done: false, settle_first: false },
    Crash { done: false, settle_first: true },
    Crash { done: true, settle_first: false },
    Crash { done: true, settle_first: true },
];

/// More calls than any remediation makes.
const LONGEST: usize = 40;

#[tokio::test]
async fn a_crash_anywhere_in_the_blocks_remediation_loses_nothing() {
    every_crash(&BucketBlock, &["s3.block-public-access"]).await;
}

#[tokio::test]
async fn a_crash_anywhere_in_the_lists_remediation_loses_nothing() {
    every_crash(&BucketAcl, &["s3.acl-grants-no-public-access"]).await;
}

#[tokio::test]
async fn a_crash_anywhere_in_the_remediation_of_two_controls_loses_nothing() {
    let controls = ["s3.policy-grants-no-public-access", "s3.requires-tls"];
    every_crash(&BothPolicies, &controls).await;
}

/// Side by side, each on its own emulator: most of the time the SDK waits before it tries again.
async fn every_crash(life: &dyn Life, controls: &[&'static str]) {
    let [first, second, third, fourth] =
        CRASHES.map(|crash| crash_everywhere(life, controls, crash));
    tokio::join!(first, second, third, fourth);
}

async fn crash_everywhere(life: &dyn Life, controls: &[&'static str], crash: Crash) {
    let scene = Scene::enforcing(controls).await;
    let mut calls = 0;
    while one_crash(&scene, life, crash, calls).await {
        calls += 1;
        assert!(calls < LONGEST, "the remediation never ends");
    }
    // Configuration, reading, claim, reading, write, reading, close.
    assert!(calls >= 7, "only {calls} calls: what was cut?");
}

/// Cuts the run at one call. `false` where the run ends before it.
async fn one_crash(scene: &Scene, life: &dyn Life, crash: Crash, at: usize) -> bool {
    println!("cut at call {at}, {crash:?}");
    let name = format!("cut-{at}-{}-{}", crash.done, crash.settle_first);
    let (id, event) = scene.violated(life, &name).await;
    let original = scene.snapshot(life, &id).await;
    let cut = scene.sandbox().await;
    scene.clear();
    let proxy = scene.cloud.proxy();
    if crash.done {
        proxy.inject(Fault::once("*", Effect::CloseAfter).after(at));
    }
    proxy.inject(Fault::always("*", Effect::Close).after(at));
    let outcome = deliver(&cut, &event).await;
    let was_cut = proxy.calls().iter().any(|call| call.faulted);
    scene.clear();
    if !was_cut {
        outcome.unwrap();
        return false;
    }
    assert!(outcome.is_err(), "a crash is no success: {outcome:#?}");
    retried_inside_the_lease(scene, life, &id, &event).await;
    recovered(scene, life, &id, &event, crash).await;
    scene.undo_all(life, &id).await;
    assert_eq!(scene.snapshot(life, &id).await, original, "the original is lost");
    true
}

/// Somebody may still be writing: it is looked at again later, and that is no error.
async fn retried_inside_the_lease(
    scene: &Scene,
    life: &dyn Life,
    id: &str,
    event: &serde_json::Value,
) {
    use demarc_harness::Clock;
    let is_leased = scene.head(life, id).await.leased_until >= scene.stage.clock.now();
    let is_violated = scene.is_violated(life, id).await;
    scene.clear();
    let reports = deliver(&scene.sandbox().await, event).await.unwrap();
    if is_leased && is_violated {
        assert!(reports.iter().any(|r| r["outcome"] == "later"), "{reports:#?}");
        assert_eq!(scene.writes(), [""; 0], "written under somebody else's lease");
        assert!(!scene.messages().is_empty(), "nobody looks again");
    }
}

async fn recovered(
    scene: &Scene,
    life: &dyn Life,
    id: &str,
    event: &serde_json::Value,
    crash: Crash,
) {
    scene.stage.clock.advance(LEASE);
    if crash.settle_first {
        scene.settle().await;
    }
    deliver(&scene.sandbox().await, event).await.unwrap();
    scene.until_quiet().await;
    scene.settle().await;
    scene.until_quiet().await;
    assert!(!scene.is_violated(life, id).await, "not put right");
    let open = scene.head(life, id).await.open;
    assert!(open.is_empty(), "left open: {open:?}");
}

#[tokio::test]
async fn a_crash_anywhere_in_an_undo_can_be_made_good() {
    let lives: [(&'static dyn Life, &'static str); 2] = [
        (&BucketAcl, "s3.acl-grants-no-public-access"),
        (&BothPolicies, "s3.policy-grants-no-public-access"),
    ];
    let cut = |(life, control): (&'static dyn Life, &'static str), done| async move {
        let scene = Scene::enforcing(&[control]).await;
        let mut calls = 0;
        while one_crash_of_an_undo(&scene, life, done, calls).await {
            calls += 1;
            assert!(calls < LONGEST, "the undo never ends");
        }
        assert!(calls >= 10, "only {calls} calls: what was cut?");
    };
    tokio::join!(
        cut(lives[0], false),
        cut(lives[0], true),
        cut(lives[1], false),
        cut(lives[1], true)
    );
}

/// Cuts an undo at one call, and asks for it again. `false` where it ends before that call.
async fn one_crash_of_an_undo(scene: &Scene, life: &dyn Life, done: bool, at: usize) -> bool {
    println!("{} undone, cut at call {at}, done: {done}", life.control());
    let (id, event) = scene.violated(life, &format!("undo-cut-{at}-{done}")).await;
    let original = scene.snapshot(life, &id).await;
    deliver(&scene.stage.remediator, &event).await.unwrap();
    let plans = scene.in_force(life, &id).await;
    assert_eq!(plans.len(), 1);
    scene.clear();
    let proxy = scene.cloud.proxy();
    if done {
        proxy.inject(Fault::once("*", Effect::CloseAfter).after(at));
    }
    proxy.inject(Fault::always("*", Effect::Close).after(at));
    let (status, answer) = scene.undo(&plans[0]).await;
    let was_cut = proxy.calls().iter().any(|call| call.faulted);
    scene.clear();
    if !was_cut {
        assert_eq!(status, 200, "{answer:#}");
        return false;
    }
    assert_ne!(status, 200, "a crash is no success");
    scene.stage.clock.advance(LEASE);
    scene.settle().await;
    scene.until_quiet().await;
    assert!(scene.head(life, &id).await.open.is_empty(), "left open");
    let (status, answer) = scene.undo(&plans[0]).await;
    let is_undone = answer["message"].as_str().is_some_and(|m| m.contains("undone already"));
    assert!(status == 200 || is_undone, "{answer:#}");
    assert_eq!(scene.snapshot(life, &id).await, original, "the original is lost: {answer:#}");
    true
}
