//! The journal's state machine: every step of it, made by the shipped pipeline, and no other.
//!
//! A test of the published pages compares the names here with the transitions of the code.

use std::time::Duration;

use demarc_harness::{
    remediation::journal::{Progress, Stage, TRANSITIONS},
    store::{Claim, Claimed},
};
use demarc_tests::{
    lives::{BucketBlock, Life, PublicInstance},
    local::fault::{Effect, Fault, Gate},
};
use serde_json::Value;

use crate::{
    applying::{DEADLINE, MODIFY, applying, says},
    scene::{LEASE, Scene, deliver, key, outcomes},
};

const BLOCK: &dyn Life = &BucketBlock;
const INSTANCE: &dyn Life = &PublicInstance;
const READ: &str = "s3:GetPublicAccessBlock";
const WRITE: &str = "s3:PutPublicAccessBlock";

/// The steps of a setting's plans, each plan in its order.
async fn steps(scene: &Scene, life: &dyn Life, id: &str) -> Vec<Vec<Stage>> {
    let plans = scene.plans(life, id).await;
    let of_plan = |progress: &[Progress]| progress.iter().map(|step| step.stage).collect();
    plans.iter().map(|plan| of_plan(&plan.progress)).collect()
}

async fn block(name: &str) -> (Scene, String, Value) {
    let scene = Scene::enforcing(&[BLOCK.control()]).await;
    let (id, event) = scene.violated(BLOCK, name).await;
    scene.clear();
    (scene, id, event)
}

async fn instance() -> Scene {
    Scene::enforcing(&[INSTANCE.control()]).await
}

#[tokio::test]
async fn claimed_becomes_verified() {
    let (scene, id, event) = block("verified").await;
    assert_eq!(outcomes(&scene.send(&event, BLOCK.control()).await), ["remediated"]);
    assert_eq!(steps(&scene, BLOCK, &id).await, [[Stage::Verified]]);
}

#[tokio::test]
async fn claimed_becomes_unverified() {
    let (scene, id, event) = block("unverified").await;
    // S3 says yes, and does nothing.
    let nothing =
        Effect::Reply { status: 200, body: String::new(), content_type: "text/xml".to_owned() };
    scene.cloud.proxy().inject(Fault::always(WRITE, nothing));
    deliver(&scene.stage.remediator, &event).await.unwrap_err();
    assert!(scene.is_violated(BLOCK, &id).await);
    assert_eq!(steps(&scene, BLOCK, &id).await, [[Stage::Unverified]]);
}

#[tokio::test]
async fn claimed_becomes_failed() {
    let (scene, id, event) = block("failed").await;
    let denied = Effect::error(WRITE, 403, "AccessDenied", "on purpose");
    scene.cloud.proxy().inject(Fault::always(WRITE, denied));
    deliver(&scene.stage.remediator, &event).await.unwrap_err();
    assert!(scene.is_violated(BLOCK, &id).await);
    assert_eq!(steps(&scene, BLOCK, &id).await, [[Stage::Failed]]);
}

#[tokio::test]
async fn claimed_becomes_abandoned() {
    let (scene, id, event) = block("abandoned").await;
    let gone = Effect::error(READ, 404, "NoSuchBucket", "on purpose");
    // Read to judge; gone when it is read again under the lease.
    scene.cloud.proxy().inject(Fault::always(READ, gone).after(1));
    assert_eq!(outcomes(&scene.send(&event, BLOCK.control()).await), ["gone"]);
    assert_eq!(scene.writes(), [""; 0]);
    assert_eq!(steps(&scene, BLOCK, &id).await, [[Stage::Abandoned]]);
}

#[tokio::test]
async fn claimed_becomes_superseded() {
    let (scene, id, event) = block("superseded").await;
    let original = scene.snapshot(BLOCK, &id).await;
    // The process ends between the claim and the write.
    scene.cloud.proxy().inject(Fault::always(READ, Effect::Close).after(1));
    deliver(&scene.sandbox().await, &event).await.unwrap_err();
    scene.clear();
    assert_eq!(steps(&scene, BLOCK, &id).await, [[]], "claimed, and no more");
    scene.stage.clock.advance(LEASE);
    assert_eq!(outcomes(&scene.send(&event, BLOCK.control()).await), ["remediated"]);
    assert_eq!(steps(&scene, BLOCK, &id).await, [[Stage::Superseded], [Stage::Verified]]);
    scene.undo_all(BLOCK, &id).await;
    assert_eq!(scene.snapshot(BLOCK, &id).await, original);
}

#[tokio::test]
async fn claimed_becomes_applying() {
    let scene = instance().await;
    let (id, ..) = applying(&scene, "step-applying").await;
    assert_eq!(steps(&scene, INSTANCE, &id).await, [[Stage::Applying]]);
}

#[tokio::test]
async fn applying_becomes_verified() {
    let scene = instance().await;
    let (id, ..) = applying(&scene, "step-verified").await;
    says(&scene, &id, "available", false);
    scene.stage.clock.advance(LEASE);
    scene.settle().await;
    assert_eq!(steps(&scene, INSTANCE, &id).await, [[Stage::Applying, Stage::Verified]]);
}

#[tokio::test]
async fn applying_becomes_unverified() {
    let scene = instance().await;
    let (id, ..) = applying(&scene, "step-unverified").await;
    scene.stage.clock.advance(DEADLINE + Duration::from_secs(1));
    scene.settle().await;
    assert_eq!(steps(&scene, INSTANCE, &id).await, [[Stage::Applying, Stage::Unverified]]);
}

#[tokio::test]
async fn applying_becomes_superseded() {
    let scene = instance().await;
    let (id, ..) = applying(&scene, "step-superseded").await;
    scene.stage.clock.advance(Duration::from_secs(5));
    INSTANCE.violate(&scene.world, &id).await.unwrap();
    let newer = scene.event(INSTANCE, &id);
    scene.cloud.proxy().clear_faults();
    assert_eq!(outcomes(&scene.send(&newer, INSTANCE.control()).await), ["remediated"]);
    assert_eq!(scene.writes(), [MODIFY, MODIFY]);
    let superseded = vec![Stage::Applying, Stage::Superseded];
    assert_eq!(steps(&scene, INSTANCE, &id).await, [superseded, vec![Stage::Verified]]);
}

/// A second plan of a setting, claimed and not ended, with the first one still open or not.
async fn claim(scene: &Scene, id: &str, ends: &[Progress], carried: &[String]) -> String {
    let store = &scene.stage.remediator.pipeline.store;
    let older = scene.plans(BLOCK, id).await;
    let head = scene.head(BLOCK, id).await;
    let claim = Claim {
        key: &key(BLOCK, id),
        head: &head,
        exemption_version: None,
        entries: &[],
        older: &older,
        ends,
        carried,
        exempt: None,
        stoppable: false,
        writes: false,
        counts: None,
    };
    match store.claim(&claim).await {
        Ok(Claimed::Taken(lease)) => {
            let close = store.close(&lease, ends, &[], None).await;
            close.map_or_else(|error| error.to_string(), |()| "closed".to_owned())
        }
        Ok(other) => format!("{other:?}"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_step_that_there_is_not_is_refused_and_nothing_is_stored() {
    let (scene, id, event) = block("impossible").await;
    scene.cloud.proxy().inject(Fault::always(READ, Effect::Close).after(1));
    deliver(&scene.sandbox().await, &event).await.unwrap_err();
    scene.clear();
    scene.stage.clock.advance(LEASE);
    let [plan] = scene.head(BLOCK, &id).await.open.try_into().unwrap();
    let step = |plan: &str, stage| {
        let (plan, note) = (plan.to_owned(), "on purpose".to_owned());
        [Progress { plan, stage, at: 1, note }]
    };
    assert!(!TRANSITIONS.contains(&(Stage::Claimed, Stage::Claimed)));
    let before = scene.head(BLOCK, &id).await;
    let again = claim(&scene, &id, &step(&plan, Stage::Claimed), &[]).await;
    assert!(again.contains("cannot become claimed"), "{again}");
    let unknown = claim(&scene, &id, &step("another", Stage::Verified), &[]).await;
    assert!(unknown.contains("`another` is not open"), "{unknown}");
    let forgotten = claim(&scene, &id, &[], &[]).await;
    assert!(forgotten.contains("forgets the open plan"), "{forgotten}");
    assert_eq!(scene.head(BLOCK, &id).await, before, "something was stored");
    assert_eq!(steps(&scene, BLOCK, &id).await, [[]]);
}

/// The end of a plan that was ended meanwhile is a matter of who was first, and no fault.
#[tokio::test]
async fn of_two_who_end_an_open_plan_the_second_reads_again() {
    let (scene, id, event) = block("ended-twice").await;
    scene.cloud.proxy().inject(Fault::always(READ, Effect::Close).after(1));
    deliver(&scene.sandbox().await, &event).await.unwrap_err();
    scene.clear();
    scene.stage.clock.advance(LEASE);
    let gate = Gate::new();
    // One has read the configuration and the setting's item and is about to read the plan; the
    // settle pass ends it meanwhile.
    let hold = Fault::once("dynamodb:Query", Effect::HoldBefore(gate.clone())).after(1);
    scene.cloud.proxy().inject(hold);
    let settled = async {
        gate.reached(1, Duration::from_secs(10)).await.unwrap();
        let reports = scene.settle().await;
        gate.release();
        reports
    };
    let sandbox = scene.sandbox().await;
    let (late, settled) = tokio::join!(deliver(&sandbox, &event), settled);
    assert_eq!(outcomes(&settled), ["skipped"], "{settled:#?}");
    assert!(late.is_ok(), "{late:#?}");
    scene.until_quiet().await;
    assert!(!scene.is_violated(BLOCK, &id).await);
    assert!(scene.head(BLOCK, &id).await.open.is_empty());
    assert_eq!(steps(&scene, BLOCK, &id).await, [[Stage::Abandoned], [Stage::Verified]]);
}
