//! A cancelled transaction says why, item by item: none of the reasons is read as another.
#![allow(clippy::print_stdout, reason = "shown only when the test fails")]

use std::time::Duration;

use demarc_tests::{
    lives::{BucketBlock, Life},
    local::fault::{Effect, Fault, Gate},
    stage::PERSON,
};
use serde_json::{Value, json};

use crate::scene::{LEASE, Scene, deliver, outcomes};

const TRANSACT: &str = "dynamodb:TransactWriteItems";
const CONTROL: &str = "s3.block-public-access";
const LIFE: &dyn Life = &BucketBlock;

/// The items of a claim: exemptions, kill switch, the setting's item, the new plan.
const CLAIM: usize = 4;
const KILL_SWITCH: usize = 1;
const PLAN: usize = 3;
/// The items of a close: the setting's item, the plan's end.
const CLOSE: usize = 2;

/// Another transaction or the load was in the way: tried again, it says nothing of the conditions.
const PASSING: [&str; 3] =
    ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
/// Nothing that is known to go away.
const LASTING: [&str; 5] = [
    "ItemCollectionSizeLimitExceeded",
    "ValidationError",
    "DuplicateItem",
    "AccessDenied",
    "SomethingNew",
];

/// One reason at one position.
fn at(reason: &str, position: usize, items: usize) -> Effect {
    let mut reasons = vec!["None"; items];
    reasons[position] = reason;
    Effect::cancelled(&reasons)
}

/// One reason at one position, a failed condition at each other.
fn among_conditions(reason: &str, position: usize, items: usize) -> Effect {
    let mut reasons = vec!["ConditionalCheckFailed"; items];
    reasons[position] = reason;
    Effect::cancelled(&reasons)
}

async fn scene() -> Scene {
    Scene::enforcing(&[CONTROL]).await
}

async fn right(scene: &Scene, id: &str, event: &Value) {
    let reports = scene.send(event, CONTROL).await;
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    assert!(!scene.is_violated(LIFE, id).await);
    assert!(scene.head(LIFE, id).await.open.is_empty());
}

#[tokio::test]
async fn a_passing_reason_of_a_claim_is_tried_again_and_then_written() {
    let scene = scene().await;
    for reason in PASSING {
        for position in 0..CLAIM {
            for (kind, make) in [("alone", at as fn(_, _, _) -> _), ("among", among_conditions)] {
                println!("{reason} at {position}, {kind}");
                let name = format!("{}-{position}-{kind}", reason.to_lowercase());
                let (id, event) = scene.violated(LIFE, &name).await;
                let effect = make(reason, position, CLAIM);
                scene.clear();
                let fault = Fault { times: 2, ..Fault::once(TRANSACT, effect) };
                scene.cloud.proxy().inject(fault);
                right(&scene, &id, &event).await;
                assert_eq!(scene.writes().len(), 1);
            }
        }
    }
}

#[tokio::test]
async fn a_passing_reason_that_does_not_pass_is_a_failure_and_nothing_is_written() {
    let scene = scene().await;
    for reason in PASSING {
        let (id, event) = scene.violated(LIFE, &format!("{}-always", reason.to_lowercase())).await;
        scene.clear();
        scene.cloud.proxy().inject(Fault::always(TRANSACT, at(reason, KILL_SWITCH, CLAIM)));
        deliver(&scene.stage.remediator, &event).await.unwrap_err();
        assert_eq!(scene.writes(), [""; 0]);
        scene.clear();
        right(&scene, &id, &event).await;
    }
}

#[tokio::test]
async fn a_lasting_reason_of_a_claim_is_a_failure_and_nothing_is_written() {
    let scene = scene().await;
    for reason in LASTING {
        for position in 0..CLAIM {
            println!("{reason} at {position}");
            let name = format!("{}-{position}", reason.to_lowercase());
            let (id, event) = scene.violated(LIFE, &name).await;
            for effect in [at(reason, position, CLAIM), among_conditions(reason, position, CLAIM)] {
                scene.clear();
                scene.cloud.proxy().inject(Fault::once(TRANSACT, effect));
                deliver(&scene.stage.remediator, &event).await.unwrap_err();
                assert_eq!(scene.writes(), [""; 0], "written without a claim");
            }
            scene.clear();
            right(&scene, &id, &event).await;
        }
    }
}

#[tokio::test]
async fn a_failed_condition_of_a_claim_means_what_its_position_says() {
    let scene = scene().await;
    for position in 0..CLAIM {
        let (id, event) = scene.violated(LIFE, &format!("condition-{position}")).await;
        scene.clear();
        let effect = at("ConditionalCheckFailed", position, CLAIM);
        scene.cloud.proxy().inject(Fault::once(TRANSACT, effect));
        match position {
            KILL_SWITCH => {
                let reports = scene.send(&event, CONTROL).await;
                assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
                assert!(reports[0]["because"].as_str().unwrap().contains("kill switch"));
                assert_eq!(scene.writes(), [""; 0]);
            }
            PLAN => {
                deliver(&scene.stage.remediator, &event).await.unwrap_err();
                assert_eq!(scene.writes(), [""; 0]);
            }
            // What the claim was made with was old: it is read, and claimed again.
            _ => right(&scene, &id, &event).await,
        }
        if [KILL_SWITCH, PLAN].contains(&position) {
            scene.clear();
            right(&scene, &id, &event).await;
        }
    }
}

/// Many remediators at once look like that for a moment: looked at again, but not for ever.
#[tokio::test]
async fn a_condition_that_never_holds_is_looked_at_again_and_at_last_a_failure() {
    let scene = scene().await;
    for position in [0, 2] {
        let (id, event) = scene.violated(LIFE, &format!("never-{position}")).await;
        scene.clear();
        let effect = at("ConditionalCheckFailed", position, CLAIM);
        scene.cloud.proxy().inject(Fault::always(TRANSACT, effect));
        let reports = scene.send(&event, CONTROL).await;
        assert_eq!(outcomes(&reports), ["later"], "{reports:#?}");
        let mut again = scene.messages().remove(0);
        assert!(again.delay > 0);
        again.body["evaluate"]["attempt"] = json!(60);
        scene.wait_for(&again);
        deliver(&scene.stage.remediator, &again.body).await.unwrap_err();
        assert_eq!(scene.writes(), [""; 0]);
        assert!(scene.is_violated(LIFE, &id).await);
    }
}

#[tokio::test]
async fn a_close_that_is_cancelled_leaves_a_plan_that_is_finished_later() {
    let scene = scene().await;
    let lasting = LASTING.iter().chain(["ConditionalCheckFailed"].iter());
    for reason in lasting {
        for position in 0..CLOSE {
            println!("{reason} at {position}");
            let name = format!("close-{}-{position}", reason.to_lowercase());
            let (id, event) = scene.violated(LIFE, &name).await;
            let original = scene.snapshot(LIFE, &id).await;
            scene.clear();
            let effect = at(reason, position, CLOSE);
            scene.cloud.proxy().inject(Fault::once(TRANSACT, effect).after(1));
            deliver(&scene.stage.remediator, &event).await.unwrap_err();
            assert!(!scene.is_violated(LIFE, &id).await, "the write came before the close");
            let open = scene.head(LIFE, &id).await.open;
            scene.stage.clock.advance(LEASE);
            scene.stage.send(&event).await.unwrap();
            scene.settle().await;
            scene.until_quiet().await;
            assert_eq!(scene.writes().len(), 1, "written twice");
            assert_eq!(scene.in_force(LIFE, &id).await, open);
            assert!(scene.head(LIFE, &id).await.open.is_empty());
            scene.undo_all(LIFE, &id).await;
            assert_eq!(scene.snapshot(LIFE, &id).await, original);
        }
    }
}

#[tokio::test]
async fn a_close_that_meets_a_passing_reason_is_tried_again() {
    let scene = scene().await;
    for reason in PASSING {
        for position in 0..CLOSE {
            let name = format!("close-{}-{position}", reason.to_lowercase());
            let (id, event) = scene.violated(LIFE, &name).await;
            scene.clear();
            let effect = among_conditions(reason, position, CLOSE);
            scene.cloud.proxy().inject(Fault::once(TRANSACT, effect).after(1));
            right(&scene, &id, &event).await;
        }
    }
}

#[tokio::test]
async fn a_kill_switch_that_is_pulled_during_the_claim_stops_it() {
    let scene = scene().await;
    let (id, event) = scene.violated(LIFE, "stopped-in-the-claim").await;
    let gate = Gate::new();
    scene.clear();
    scene.cloud.proxy().inject(Fault::once(TRANSACT, Effect::HoldBefore(gate.clone())));
    let stop = async {
        gate.reached(1, Duration::from_secs(10)).await.unwrap();
        let (status, answer) = scene.ask(json!({"stop": {"reason": "now"}})).await;
        assert_eq!(status, 200, "{answer:#}");
        gate.release();
    };
    let (reports, ()) = tokio::join!(scene.send(&event, CONTROL), stop);
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    assert_eq!(scene.writes(), [""; 0]);
    assert!(scene.is_violated(LIFE, &id).await);
}

#[tokio::test]
async fn threat_30_the_kill_switch_stops_every_write_until_it_is_released() {
    let scene = scene().await;
    let mut stopped = Vec::new();
    // Many keys, so that several of the switch's copies are met.
    for number in 0..8 {
        stopped.push(scene.violated(LIFE, &format!("stopped-{number}")).await);
    }
    let (status, answer) = scene.ask(json!({"stop": {"reason": "a test"}})).await;
    assert_eq!(status, 200, "{answer:#}");
    scene.clear();
    for (id, event) in &stopped {
        let reports = scene.send(event, CONTROL).await;
        assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
        assert!(reports[0]["because"].as_str().unwrap().contains("kill switch"), "{reports:#?}");
        assert!(scene.is_violated(LIFE, id).await);
    }
    assert_eq!(scene.writes(), [""; 0]);
    let (status, _) =
        scene.stage.ask(PERSON, &json!({"resume": {"reason": "over"}})).await.unwrap();
    assert_eq!(status, 200);
    for (id, event) in &stopped {
        right(&scene, id, event).await;
    }
}
