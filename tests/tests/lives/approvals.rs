//! What waits for a person, and what a person lets through.

use std::time::Duration;

use demarc_harness::store::WaitingEnd;
use demarc_tests::{
    lives::{BucketAcl, PublicInstance, Versioning},
    local::ACCOUNT,
    stage::PERSON,
};
use serde_json::{Value, json};

use crate::scene::{Scene, outcomes};

const VERSIONING: &str = "s3.versioning";
const INSTANCE: &str = "rds.instances-not-public";
const WEEK: u64 = 7 * 24 * 3_600;

async fn approve(scene: &Scene, caller: &str, plan: &str) -> (u64, Value) {
    let wanted = json!({"approve": {"plan": plan, "reason": "agreed with the owner"}});
    scene.stage.ask(caller, &wanted).await.unwrap()
}

async fn waiting(scene: &Scene) -> Vec<Value> {
    let (status, answer) = scene.stage.ask(PERSON, &json!({"waiting": {}})).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    answer["waiting"].as_array().unwrap().clone()
}

/// A violation that waits: the resource, its event and the plan's id.
async fn put_up(scene: &Scene, name: &str) -> (String, Value, String) {
    scene.stage.set_mode(VERSIONING, "approve").await.unwrap();
    let (id, event) = scene.violated(&Versioning, name).await;
    scene.clear();
    let reports = scene.send(&event, VERSIONING).await;
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    assert_eq!(scene.writes(), [""; 0]);
    let plan = reports[0]["plan"]["id"].as_str().unwrap().to_owned();
    let because = reports[0]["because"].as_str().unwrap();
    assert!(because.contains(&format!("demarc approve {plan}")), "{because}");
    (id, event, plan)
}

#[tokio::test]
async fn a_plan_waits_is_approved_and_can_be_undone() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (id, event, plan) = put_up(&scene, "approved").await;
    let before = scene.snapshot(&Versioning, &id).await;
    let listed = waiting(&scene).await;
    assert_eq!(listed.len(), 1, "{listed:#?}");
    assert_eq!((&listed[0]["id"], &listed[0]["resource"]["id"]), (&json!(plan), &json!(id)));
    // Told again, it is the same plan that waits.
    let again = scene.send(&event, VERSIONING).await;
    assert_eq!(again[0]["plan"]["id"], plan.as_str());
    let (status, answer) = approve(&scene, PERSON, &plan).await;
    assert_eq!(status, 200, "{answer}");
    let reports = answer["reports"].as_array().unwrap();
    assert_eq!(outcomes(reports), ["remediated"], "{reports:#?}");
    assert!(!scene.is_violated(&Versioning, &id).await);
    assert_eq!(waiting(&scene).await.len(), 0);
    let (status, answer) = approve(&scene, PERSON, &plan).await;
    assert_eq!(status, 409, "{answer}");
    let applied = reports[0]["plan"]["id"].as_str().unwrap();
    let kept = scene.stage.remediator.pipeline.store.plan(applied).await.unwrap().unwrap();
    assert_eq!(kept.entry.caller.as_deref(), Some(PERSON));
    assert!(
        kept.entry.detail.ends_with("approved: agreed with the owner"),
        "{}",
        kept.entry.detail
    );
    let undo = json!({"undo": {"plan": applied, "reason": "it was meant"}});
    assert_eq!(scene.stage.ask(PERSON, &undo).await.unwrap().0, 200);
    assert_eq!(scene.snapshot(&Versioning, &id).await, before);
}

#[tokio::test]
async fn the_actor_of_the_violation_never_approves() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (id, _, plan) = put_up(&scene, "own").await;
    let actor = format!("arn:aws:sts::{ACCOUNT}:assumed-role/example-developer/other-session");
    let (status, answer) = approve(&scene, &actor, &plan).await;
    assert_eq!(status, 409, "{answer}");
    assert!(answer["message"].as_str().unwrap().contains("somebody else has to approve it"));
    assert!(scene.is_violated(&Versioning, &id).await);
}

#[tokio::test]
async fn an_approval_expires() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (id, event, plan) = put_up(&scene, "expired").await;
    scene.stage.clock.advance(Duration::from_secs(WEEK + 1));
    assert_eq!(waiting(&scene).await.len(), 0);
    assert_eq!(approve(&scene, PERSON, &plan).await.0, 409);
    assert!(scene.is_violated(&Versioning, &id).await);
    let again = scene.send(&event, VERSIONING).await;
    let next = again[0]["plan"]["id"].as_str().unwrap();
    assert_ne!(next, plan);
    assert_eq!(approve(&scene, PERSON, next).await.0, 200);
    assert!(!scene.is_violated(&Versioning, &id).await);
}

/// Between the approved write and its note somebody may have done something else.
#[tokio::test]
async fn a_plan_that_was_put_up_meanwhile_goes_on_waiting() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (_, _, plan) = put_up(&scene, "newer").await;
    let store = &scene.stage.remediator.pipeline.store;
    let kept = store.waiting().await.unwrap().remove(0);
    let older = demarc_harness::store::Waiting { id: "an older one".to_owned(), ..kept.clone() };
    let end = WaitingEnd::Withdrawn { because: "a test".to_owned() };
    store.end_waiting(&older, &end).await.unwrap();
    assert_eq!(waiting(&scene).await[0]["id"], plan.as_str());
    store.end_waiting(&kept, &end).await.unwrap();
    assert_eq!(waiting(&scene).await, [Value::Null; 0]);
}

#[tokio::test]
async fn a_plan_whose_violation_is_over_waits_no_longer() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (id, _, plan) = put_up(&scene, "over").await;
    let on = aws_sdk_s3::types::BucketVersioningStatus::Enabled;
    let on = aws_sdk_s3::types::VersioningConfiguration::builder().status(on).build();
    let put = scene.world.s3.put_bucket_versioning().bucket(&id);
    put.versioning_configuration(on).send().await.unwrap();
    assert!(!scene.is_violated(&Versioning, &id).await);
    assert_eq!(waiting(&scene).await.len(), 1);
    let look = json!({"evaluate": {"resource": format!("arn:aws:s3:::{id}"), "setting": "s3.bucket-versioning"}});
    assert_eq!(outcomes(&scene.send(&look, VERSIONING).await), ["compliant"]);
    assert_eq!(waiting(&scene).await, [Value::Null; 0]);
    let (status, answer) = approve(&scene, PERSON, &plan).await;
    assert!(status == 409 && answer["message"].as_str().unwrap().contains("waits"), "{answer}");
}

#[tokio::test]
async fn a_plan_whose_resource_is_gone_waits_no_longer() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (id, _, _) = put_up(&scene, "gone").await;
    scene.world.s3.delete_bucket().bucket(&id).send().await.unwrap();
    let look = json!({"evaluate": {"resource": format!("arn:aws:s3:::{id}"), "setting": "s3.bucket-versioning"}});
    assert_eq!(outcomes(&scene.send(&look, VERSIONING).await), ["gone"]);
    assert_eq!(waiting(&scene).await, [Value::Null; 0]);
}

/// One sandbox put it up; another puts it right, and knows of it a minute later at most.
#[tokio::test]
async fn what_another_sandbox_put_up_is_withdrawn_when_it_is_put_right() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (_, event, _) = put_up(&scene, "elsewhere").await;
    scene.stage.set_mode(VERSIONING, "enforce").await.unwrap();
    let other = scene.sandbox().await;
    let reports = demarc_tests::stage::send(&other, &event).await.unwrap();
    let own = crate::scene::only(reports, VERSIONING);
    assert_eq!(outcomes(&own), ["remediated"]);
    assert_eq!(waiting(&scene).await, [Value::Null; 0]);
}

/// What was approved is what was shown: more that was opened since is not closed with it, and less
/// is not written over.
#[tokio::test]
async fn another_state_than_the_one_that_was_shown_is_not_touched() {
    let scene = Scene::enforcing(&["s3.acl-grants-no-public-access"]).await;
    let (id, event) = scene.violated(&BucketAcl, "other").await;
    scene.stage.set_mode("s3.acl-grants-no-public-access", "approve").await.unwrap();
    let reports = scene.send(&event, "s3.acl-grants-no-public-access").await;
    let plan = reports[0]["plan"]["id"].as_str().unwrap().to_owned();
    let acl = aws_sdk_s3::types::BucketCannedAcl::AuthenticatedRead;
    scene.world.s3.put_bucket_acl().bucket(&id).acl(acl).send().await.unwrap();
    let before = scene.snapshot(&BucketAcl, &id).await;
    let (status, answer) = approve(&scene, PERSON, &plan).await;
    assert_eq!(status, 409, "{answer}");
    assert!(answer["message"].as_str().unwrap().contains("has changed"), "{answer}");
    assert_eq!(scene.snapshot(&BucketAcl, &id).await, before);
}

#[tokio::test]
async fn what_is_put_right_exempt_or_off_meanwhile_is_not_written() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (id, _, plan) = put_up(&scene, "meanwhile").await;
    scene.stage.set_mode(VERSIONING, "observe").await.unwrap();
    scene.clear();
    let (status, answer) = approve(&scene, PERSON, &plan).await;
    assert_eq!(status, 409, "{answer}");
    assert_eq!(scene.writes(), [""; 0]);
    assert!(scene.is_violated(&Versioning, &id).await);
}

#[tokio::test]
async fn the_kill_switch_holds_an_approved_plan_and_it_goes_on_waiting() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (id, _, plan) = put_up(&scene, "stopped").await;
    let ask = |name: &'static str| {
        let request = json!({ name: {"reason": "an incident"} });
        async { scene.stage.ask(PERSON, &{ request }).await.unwrap().0 }
    };
    assert_eq!(ask("stop").await, 200);
    let (status, answer) = approve(&scene, PERSON, &plan).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(outcomes(answer["reports"].as_array().unwrap()), ["skipped"]);
    assert!(scene.is_violated(&Versioning, &id).await);
    assert_eq!(ask("resume").await, 200);
    assert_eq!(approve(&scene, PERSON, &plan).await.0, 200);
    assert!(!scene.is_violated(&Versioning, &id).await);
}

/// Above the ceiling it is put up too, and an asynchronous service is looked at again.
#[tokio::test]
async fn what_is_above_the_ceiling_is_put_up() {
    let scene = Scene::enforcing(&[INSTANCE]).await;
    let (id, event) = scene.violated(&PublicInstance, "above").await;
    scene.stage.set_mode(INSTANCE, "enforce").await.unwrap();
    let safe =
        json!({"mode": {"control": INSTANCE, "mode": "enforce", "ceiling": "safe", "reason": "x"}});
    assert_eq!(scene.stage.ask(PERSON, &safe).await.unwrap().0, 200);
    let reports = scene.send(&event, INSTANCE).await;
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    let plan = reports[0]["plan"]["id"].as_str().unwrap();
    let (status, answer) = approve(&scene, PERSON, plan).await;
    assert_eq!(status, 200, "{answer}");
    assert!(!scene.is_violated(&PublicInstance, &id).await);
}
