//! What cannot be done stays, and is done when it can.

use demarc_tests::lives;
use demarc_tests::stack::{EVERYTHING, Role, Scene, until};
use serde_json::Value;

use super::own;

#[tokio::test]
async fn what_a_missing_permission_stops_is_a_dead_letter_and_is_done_from_there() {
    let stack = own(EVERYTHING).await;
    let role = Role::of(&stack, "s3", "remediator").await.unwrap();
    let scene = Scene::violated(&stack, &lives::Versioning).await.unwrap();
    stack.hurry("demarc-s3-live").await.unwrap();
    role.without("s3:PutBucketVersioning").await.unwrap();
    stack.put(&scene.event).await.unwrap();
    let kept = async || Ok(stack.waiting("demarc-s3-live-dlq").await? == (1, 0));
    until("the message is a dead letter", kept).await.unwrap();
    assert!(scene.is_violated().await.unwrap());
    assert_eq!(stack.waiting("demarc-s3-live").await.unwrap(), (0, 0));
    let plan = scene.plan().await.unwrap().unwrap();
    assert_eq!(plan["stage"], "failed", "{plan}");

    role.restore().await.unwrap();
    let moved = stack.redrive("demarc-s3-live-dlq", "demarc-s3-live").await.unwrap();
    assert_eq!(moved, 1);
    scene.until_fixed().await.unwrap();
    assert_eq!(stack.waiting("demarc-s3-live-dlq").await.unwrap(), (0, 0));
    let reports = stack.reports("s3").await.unwrap();
    let told: Vec<_> = reports.iter().filter(|r| scene.is_told_by(r)).collect();
    let denied = |r: &&&Value| r["outcome"] == "failed" && r["error"] == "Demarc.AccessDenied";
    assert_eq!(told.iter().filter(denied).count(), 5, "five deliveries: {told:?}");
    assert_eq!(told.iter().filter(|r| r["outcome"] == "remediated").count(), 1, "{told:?}");
}
