//! Many at once: remediators with each other, and with everybody else.

use std::time::Duration;

use demarc_tests::{
    lives::{AdminPorts, BucketBlock, Life},
    local::fault::{Effect, Fault, Gate},
};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::{
    folding::BothPolicies,
    scene::{LEASE, Scene, deliver, only, outcomes},
};

/// What a run may end with while others do the same.
const PEACEFUL: [&str; 3] = ["remediated", "compliant", "later"];

async fn race(life: &dyn Life, controls: &[&'static str], plans: usize) {
    let scene = Scene::enforcing(controls).await;
    for runners in [2, 4, 16] {
        let (id, event) = scene.violated(life, &format!("race-{runners}")).await;
        let mut sandboxes = Vec::new();
        for _ in 0..runners {
            sandboxes.push(scene.sandbox().await);
        }
        scene.clear();
        let mut runs = JoinSet::new();
        for sandbox in sandboxes {
            let event = event.clone();
            runs.spawn(async move { deliver(&sandbox, &event).await });
        }
        let ends: Vec<Vec<Value>> = runs.join_all().await.into_iter().map(Result::unwrap).collect();
        let own = ends.iter().flatten().filter(|r| controls.iter().any(|c| r["control"] == *c));
        let own: Vec<Value> = own.cloned().collect();
        assert!(outcomes(&own).iter().all(|o| PEACEFUL.contains(o)), "{own:#?}");
        assert_eq!(scene.writes().len(), 1, "{runners} at once: {:?}", scene.writes());
        assert!(!scene.is_violated(life, &id).await);
        assert_eq!(scene.in_force(life, &id).await.len(), plans);
        scene.stage.clock.advance(LEASE);
        scene.until_quiet().await;
        assert_eq!(scene.writes().len(), 1, "written again afterwards");
        assert!(scene.head(life, &id).await.open.is_empty());
    }
}

#[tokio::test]
async fn threat_06_of_many_at_once_one_writes_the_block() {
    race(&BucketBlock, &["s3.block-public-access"], 1).await;
}

#[tokio::test]
async fn of_many_at_once_one_revokes_the_rule() {
    race(&AdminPorts, &["ec2.security-groups-close-admin-ports"], 1).await;
}

#[tokio::test]
async fn of_many_at_once_one_writes_the_policy_for_both_controls() {
    race(&BothPolicies, &["s3.policy-grants-no-public-access", "s3.requires-tls"], 2).await;
}

#[tokio::test]
async fn a_rule_that_somebody_adds_during_the_write_stays() {
    let life = AdminPorts;
    let scene = Scene::enforcing(&[life.control()]).await;
    for operation in ["ec2:RevokeSecurityGroupIngress", "dynamodb:TransactWriteItems"] {
        let (id, event) = scene.violated(&life, &format!("beside-{}", operation.len())).await;
        let gate = Gate::new();
        scene.clear();
        scene.cloud.proxy().inject(Fault::once(operation, Effect::HoldBefore(gate.clone())));
        let other = async {
            gate.reached(1, Duration::from_secs(10)).await.unwrap();
            assert!(life.change_beside(&scene.world, &id).await.unwrap());
            gate.release();
        };
        let (reports, ()) = tokio::join!(scene.send(&event, life.control()), other);
        assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
        assert!(!scene.is_violated(&life, &id).await);
        assert!(life.has_change_beside(&scene.world, &id).await.unwrap(), "the other's rule went");
        scene.undo_all(&life, &id).await;
        assert!(life.has_change_beside(&scene.world, &id).await.unwrap(), "the undo took it");
    }
}

#[tokio::test]
async fn threat_06_a_violation_that_somebody_else_puts_right_first_is_not_written() {
    let life = BucketBlock;
    let scene = Scene::enforcing(&[life.control()]).await;
    let (id, event) = scene.violated(&life, "put-right").await;
    let gate = Gate::new();
    scene.clear();
    let hold = Fault::once("dynamodb:TransactWriteItems", Effect::HoldBefore(gate.clone()));
    scene.cloud.proxy().inject(hold);
    let other = async {
        gate.reached(1, Duration::from_secs(10)).await.unwrap();
        full(&scene, &id).await;
        gate.release();
    };
    let (reports, ()) = tokio::join!(scene.send(&event, life.control()), other);
    assert_eq!(outcomes(&reports), ["compliant"], "{reports:#?}");
    assert_eq!(scene.writes(), [""; 0]);
    assert!(scene.head(&life, &id).await.open.is_empty());
    assert_eq!(scene.in_force(&life, &id).await, [""; 0]);
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

#[tokio::test]
async fn a_change_that_comes_under_the_lease_is_put_right_after_it() {
    let life = AdminPorts;
    let scene = Scene::enforcing(&[life.control()]).await;
    let (id, first) = scene.violated(&life, "under-the-lease").await;
    let gate = Gate::new();
    scene.clear();
    // The first run holds the lease with its write done, not yet read again.
    let operation = "ec2:RevokeSecurityGroupIngress";
    scene.cloud.proxy().inject(Fault::once(operation, Effect::HoldAfter(gate.clone())));
    let second = async {
        gate.reached(1, Duration::from_secs(10)).await.unwrap();
        let event = scene.violate(&life, &id).await;
        let reports = deliver(&scene.sandbox().await, &event).await.unwrap();
        let reports = only(reports, life.control());
        assert_eq!(outcomes(&reports), ["later"], "{reports:#?}");
        gate.release();
    };
    // The first run meets the second violation when it reads again: it is not verified.
    let (_, ()) = tokio::join!(deliver(&scene.stage.remediator, &first), second);
    scene.stage.clock.advance(LEASE);
    scene.until_quiet().await;
    scene.settle().await;
    scene.until_quiet().await;
    assert!(!scene.is_violated(&life, &id).await);
    assert!(scene.head(&life, &id).await.open.is_empty());
}

/// A run that outlives its lease: the next one takes over, and the first may not close any more.
#[tokio::test]
async fn a_run_that_lost_its_lease_does_not_close_and_the_original_stays_known() {
    let life = BucketBlock;
    let scene = Scene::enforcing(&[life.control()]).await;
    let (id, event) = scene.violated(&life, "lost-lease").await;
    let original = scene.snapshot(&life, &id).await;
    let gate = Gate::new();
    scene.clear();
    let operation = "s3:PutPublicAccessBlock";
    scene.cloud.proxy().inject(Fault::once(operation, Effect::HoldBefore(gate.clone())));
    let second = async {
        gate.reached(1, Duration::from_secs(10)).await.unwrap();
        scene.stage.clock.advance(LEASE);
        let reports = deliver(&scene.sandbox().await, &event).await.unwrap();
        gate.release();
        reports
    };
    let (first, second) = tokio::join!(deliver(&scene.stage.remediator, &event), second);
    let own: Vec<Value> = second.into_iter().filter(|r| r["control"] == life.control()).collect();
    assert_eq!(outcomes(&own), ["remediated"], "{own:#?}");
    assert!(first.unwrap_err().contains("lease"));
    assert!(!scene.is_violated(&life, &id).await);
    assert!(scene.head(&life, &id).await.open.is_empty());
    assert_eq!(scene.in_force(&life, &id).await.len(), 1);
    scene.undo_all(&life, &id).await;
    assert_eq!(scene.snapshot(&life, &id).await, original);
}

#[tokio::test]
async fn of_two_people_who_undo_the_same_plan_at_once_one_does() {
    let life = AdminPorts;
    let scene = Scene::enforcing(&[life.control()]).await;
    let (id, event) = scene.violated(&life, "two-people").await;
    let original = scene.snapshot(&life, &id).await;
    let reports = scene.send(&event, life.control()).await;
    let plan = reports[0]["plan"]["id"].as_str().unwrap();
    scene.clear();
    let (one, other) = tokio::join!(scene.undo(plan), scene.undo(plan));
    let mut statuses = [one.0, other.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{one:#?} {other:#?}");
    assert_eq!(scene.writes().len(), 1);
    assert_eq!(scene.snapshot(&life, &id).await, original);
}

/// The exemption is written with the claim, before the violation is back.
#[tokio::test]
async fn a_remediator_that_sees_an_undo_at_work_leaves_it_alone() {
    let life = AdminPorts;
    let scene = Scene::enforcing(&[life.control()]).await;
    let (id, event) = scene.violated(&life, "undo-at-work").await;
    let reports = scene.send(&event, life.control()).await;
    let plan = reports[0]["plan"]["id"].as_str().unwrap().to_owned();
    let gate = Gate::new();
    scene.clear();
    let operation = "ec2:AuthorizeSecurityGroupIngress";
    scene.cloud.proxy().inject(Fault::once(operation, Effect::HoldAfter(gate.clone())));
    let other = async {
        gate.reached(1, Duration::from_secs(10)).await.unwrap();
        assert!(scene.is_violated(&life, &id).await, "not back yet");
        for sandbox in [scene.sandbox().await, scene.sandbox().await] {
            let reports = deliver(&sandbox, &scene.event(&life, &id)).await.unwrap();
            let reports = only(reports, life.control());
            assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
        }
        gate.release();
    };
    let ((status, answer), ()) = tokio::join!(scene.undo(&plan), other);
    assert_eq!(status, 200, "{answer:#}");
    assert!(scene.is_violated(&life, &id).await, "the undo did not stay undone");
}
