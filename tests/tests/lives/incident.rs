//! One change, several settings: a bucket that is created open in every way.

use demarc_tests::lives::{BucketAcl, BucketBlock, BucketPolicy, Life};
use serde_json::{Value, json};

use crate::scene::{Sample, Scene, only, outcomes};

const BLOCK: &str = "s3.block-public-access";
const POLICY: &str = "s3.policy-grants-no-public-access";
const ACL: &str = "s3.acl-grants-no-public-access";
const CREATED: Sample = ("create-bucket.json", "demarc-sample");

/// A bucket with a public policy and a public list, and without a block.
async fn open_bucket(scene: &Scene, name: &str) -> (String, Value) {
    let id = BucketAcl.create(&scene.world, name).await.unwrap();
    BucketAcl.violate(&scene.world, &id).await.unwrap();
    BucketPolicy.violate(&scene.world, &id).await.unwrap();
    let event = scene.sample(CREATED, &id);
    scene.clear();
    (id, event)
}

async fn whole(scene: &Scene, id: &str) -> Value {
    json!([
        scene.snapshot(&BucketBlock, id).await,
        scene.snapshot(&BucketPolicy, id).await,
        scene.snapshot(&BucketAcl, id).await,
    ])
}

#[tokio::test]
async fn what_exposes_a_new_bucket_is_closed_at_once_and_the_rest_when_it_has_settled() {
    let scene = Scene::enforcing(&[BLOCK, POLICY, ACL]).await;
    let (id, event) = open_bucket(&scene, "new-bucket").await;
    let reports = scene.stage.send(&event).await.unwrap();
    for (control, outcome) in [(POLICY, "remediated"), (ACL, "remediated"), (BLOCK, "later")] {
        assert_eq!(outcomes(&only(reports.clone(), control)), [outcome], "{reports:#?}");
    }
    let messages = scene.messages();
    let of_block = |m: &&_| is_of(m, "s3.bucket-public-access-block");
    let message = messages.iter().find(of_block).unwrap();
    assert!(message.delay > 60, "{message:?}");
    scene.clear();
    // Delivered too early, as SQS does after at most a quarter of an hour: sent again.
    let reports = scene.stage.send(&message.body).await.unwrap();
    assert_eq!(outcomes(&reports), ["later"], "{reports:#?}");
    let again = scene.messages();
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].body, message.body);
    assert_eq!(scene.writes(), [""; 0]);
    assert!(scene.is_violated(&BucketBlock, &id).await);
    scene.wait_for(&again[0]);
    let reports = scene.stage.send(&again[0].body).await.unwrap();
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    assert!(!scene.is_violated(&BucketBlock, &id).await);
}

fn is_of(message: &crate::scene::Message, setting: &str) -> bool {
    message.body.pointer("/evaluate/setting") == Some(&json!(setting))
}

#[tokio::test]
async fn a_template_that_sets_the_block_after_creating_the_bucket_is_not_raced() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let id = BucketBlock.create(&scene.world, "by-template").await.unwrap();
    scene.world.s3.delete_public_access_block().bucket(&id).send().await.unwrap();
    let event = scene.sample(CREATED, &id);
    scene.clear();
    let reports = scene.send(&event, BLOCK).await;
    assert_eq!(outcomes(&reports), ["later"], "{reports:#?}");
    BucketBlock.violate(&scene.world, &id).await.unwrap();
    BucketBlock.change_beside(&scene.world, &id).await.unwrap();
    full(&scene, &id).await;
    let reports = only(scene.until_quiet().await, BLOCK);
    assert_eq!(outcomes(&reports), ["compliant"], "{reports:#?}");
    assert_eq!(scene.writes(), [""; 0]);
}

async fn full(scene: &Scene, id: &str) {
    let flags = aws_sdk_s3::types::PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true)
        .build();
    let call = scene.world.s3.put_public_access_block().bucket(id);
    call.public_access_block_configuration(flags).send().await.unwrap();
}

/// Everything put right: the plans by control, and the incident.
async fn put_right(scene: &Scene, event: &Value) -> (Vec<Value>, String) {
    let mut reports = scene.stage.send(event).await.unwrap();
    reports.extend(scene.until_quiet().await);
    reports.retain(|r| r["outcome"] == "remediated");
    assert_eq!(reports.len(), 3, "{reports:#?}");
    let incident = reports[0]["incident"].as_str().unwrap().to_owned();
    assert!(reports.iter().all(|r| r["incident"] == incident.as_str()), "{reports:#?}");
    (reports, incident)
}

fn plan_of(reports: &[Value], control: &str) -> String {
    let of = only(reports.to_vec(), control);
    of[0]["plan"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_plan_that_the_service_would_not_take_back_is_refused_naming_the_one_in_its_way() {
    let scene = Scene::enforcing(&[BLOCK, POLICY, ACL]).await;
    let (id, event) = open_bucket(&scene, "in-the-way").await;
    let (reports, _) = put_right(&scene, &event).await;
    let right = whole(&scene, &id).await;
    let block = plan_of(&reports, BLOCK);
    for control in [POLICY, ACL] {
        let (status, answer) = scene.undo(&plan_of(&reports, control)).await;
        assert_eq!(status, 409, "{answer:#}");
        assert!(answer["message"].as_str().unwrap().contains(&block), "{answer:#}");
    }
    assert_eq!(whole(&scene, &id).await, right);
    // Without the block, each goes alone.
    for plan in [block, plan_of(&reports, POLICY), plan_of(&reports, ACL)] {
        let (status, answer) = scene.undo(&plan).await;
        assert_eq!(status, 200, "{answer:#}");
    }
}

#[tokio::test]
async fn an_incident_of_several_settings_is_undone_in_reverse_as_a_whole() {
    let scene = Scene::enforcing(&[BLOCK, POLICY, ACL]).await;
    let (id, event) = open_bucket(&scene, "whole-incident").await;
    let original = whole(&scene, &id).await;
    let (_, incident) = put_right(&scene, &event).await;
    let right = whole(&scene, &id).await;
    assert_ne!(right, original);
    for dry_run in [true, false] {
        let undo = json!({"incident": incident, "reason": "it was meant", "dry_run": dry_run});
        let (status, answer) = scene.ask(json!({"undo": undo})).await;
        assert_eq!(status, 200, "{answer:#}");
        let undone = answer["undone"].as_array().unwrap();
        let controls: Vec<&str> = undone.iter().map(|u| u["control"].as_str().unwrap()).collect();
        assert_eq!(controls.len(), 3, "{answer:#}");
        assert_eq!(controls[0], BLOCK, "not in reverse: {controls:?}");
        let now = whole(&scene, &id).await;
        assert_eq!(now, if dry_run { right.clone() } else { original.clone() });
    }
}
