//! Writes that a service accepts and works on for minutes: RDS, whose answers are scripted here.

use std::time::Duration;

use demarc_harness::remediation::journal::Stage;
use demarc_tests::{
    lives::{Life, PublicInstance},
    local::fault::{Effect, Fault},
};
use serde_json::Value;

use crate::scene::{Message, Scene, outcomes};

const CONTROL: &str = "rds.instances-not-public";
pub const MODIFY: &str = "rds:ModifyDBInstance";
const LIFE: &dyn Life = &PublicInstance;
/// How long RDS is given, from the plan on.
pub const DEADLINE: Duration = Duration::from_secs(1_800);

/// What RDS says of its instance from now on, whatever the emulator thinks.
pub fn says(scene: &Scene, id: &str, status: &str, is_public: bool) {
    let instance = format!(
        "<DBInstanceIdentifier>{id}</DBInstanceIdentifier><DBInstanceStatus>{status}\
         </DBInstanceStatus><PubliclyAccessible>{is_public}</PubliclyAccessible>"
    );
    let body = format!(
        "<DescribeDBInstancesResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\">\
         <DescribeDBInstancesResult><DBInstances><DBInstance>{instance}</DBInstance></DBInstances>\
         </DescribeDBInstancesResult></DescribeDBInstancesResponse>"
    );
    let effect = Effect::Reply { status: 200, body, content_type: "text/xml".to_owned() };
    scene.cloud.proxy().clear_faults();
    scene.cloud.proxy().inject(Fault::always("rds:DescribeDBInstances", effect));
}

/// A public instance whose modification was accepted and does not show: the plan, and the
/// message that looks again.
pub async fn applying(scene: &Scene, name: &str) -> (String, String, Message) {
    let (id, event) = scene.violated(LIFE, name).await;
    scene.clear();
    says(scene, &id, "available", true);
    let reports = scene.send(&event, CONTROL).await;
    assert_eq!(outcomes(&reports), ["applying"], "{reports:#?}");
    assert_eq!(scene.writes(), [MODIFY]);
    let [message] = one(scene.messages());
    assert!(message.delay >= 25, "{message:?}");
    let plan = reports[0]["plan"]["id"].as_str().unwrap().to_owned();
    assert_eq!(stage(scene, &id, &plan).await, Stage::Applying);
    (id, plan, message)
}

fn one(messages: Vec<Message>) -> [Message; 1] {
    messages.try_into().unwrap_or_else(|all| panic!("not one message: {all:#?}"))
}

async fn stage(scene: &Scene, id: &str, plan: &str) -> Stage {
    let plans = scene.plans(LIFE, id).await;
    plans.iter().find(|p| p.entry.plan == plan).unwrap().stage()
}

async fn look(scene: &Scene, message: &Message) -> Vec<Value> {
    scene.wait_for(message);
    scene.stage.send(&message.body).await.unwrap()
}

/// The plan is verified and nothing is open; its undo gives the instance its address back.
async fn verified_and_undone(scene: &Scene, id: &str, plan: &str) {
    assert_eq!(stage(scene, id, plan).await, Stage::Verified);
    assert!(scene.head(LIFE, id).await.open.is_empty());
    scene.cloud.proxy().clear_faults();
    assert!(!scene.is_violated(LIFE, id).await);
    assert_eq!(scene.in_force(LIFE, id).await, [plan]);
    scene.undo_all(LIFE, id).await;
    assert!(scene.is_violated(LIFE, id).await);
}

#[tokio::test]
async fn a_modification_that_shows_later_is_verified_by_the_delayed_look() {
    let scene = Scene::enforcing(&[CONTROL]).await;
    let (id, plan, message) = applying(&scene, "delayed-look").await;
    says(&scene, &id, "available", false);
    let reports = look(&scene, &message).await;
    assert_eq!(outcomes(&reports), ["remediated", "compliant"], "{reports:#?}");
    verified_and_undone(&scene, &id, &plan).await;
}

#[tokio::test]
async fn a_modification_whose_delayed_look_is_lost_is_verified_by_the_settle_pass() {
    let scene = Scene::enforcing(&[CONTROL]).await;
    let (id, plan, _) = applying(&scene, "settle-pass").await;
    says(&scene, &id, "available", false);
    assert!(scene.settle().await.is_empty(), "settled before it was due");
    scene.stage.clock.advance(Duration::from_secs(31));
    let reports = scene.settle().await;
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    verified_and_undone(&scene, &id, &plan).await;
}

/// RDS shows the old value for a while, first as available, then as being modified.
#[tokio::test]
async fn a_modification_that_takes_many_looks_is_written_once_and_keeps_its_plan() {
    let scene = Scene::enforcing(&[CONTROL]).await;
    let (id, plan, mut message) = applying(&scene, "many-looks").await;
    for status in ["available", "modifying", "modifying", "available", "modifying"] {
        says(&scene, &id, status, true);
        let reports = look(&scene, &message).await;
        assert_eq!(outcomes(&reports), ["later"], "{status}: {reports:#?}");
        [message] = one(scene.messages());
        assert_eq!(stage(&scene, &id, &plan).await, Stage::Applying, "{status}");
    }
    assert_eq!(scene.writes(), [MODIFY], "written again while RDS works on it");
    says(&scene, &id, "modifying", false);
    let reports = look(&scene, &message).await;
    assert_eq!(outcomes(&reports)[0], "remediated", "{reports:#?}");
    verified_and_undone(&scene, &id, &plan).await;
}

#[tokio::test]
async fn settle_passes_and_looks_do_not_multiply() {
    let scene = Scene::enforcing(&[CONTROL]).await;
    let (id, _, first) = applying(&scene, "not-multiplied").await;
    says(&scene, &id, "modifying", true);
    let mut waiting = vec![first];
    for _ in 0..6 {
        scene.stage.clock.advance(Duration::from_secs(61));
        scene.settle().await;
        for message in std::mem::take(&mut waiting) {
            look(&scene, &message).await;
        }
        waiting = scene.messages();
    }
    assert_eq!(waiting.len(), 1, "{waiting:#?}");
    assert_eq!(scene.writes(), [MODIFY]);
}

#[tokio::test]
async fn threat_10_a_modification_that_does_not_show_in_its_time_is_unverified_and_tried_again() {
    for by_settle in [true, false] {
        let scene = Scene::enforcing(&[CONTROL]).await;
        let (id, plan, message) = applying(&scene, "past-its-time").await;
        scene.stage.clock.advance(DEADLINE + Duration::from_secs(1));
        let reports = match by_settle {
            true => scene.settle().await,
            false => look(&scene, &message).await,
        };
        assert_eq!(outcomes(&reports)[0], "unverified", "{reports:#?}");
        assert_eq!(stage(&scene, &id, &plan).await, Stage::Unverified);
        let again = scene.messages();
        scene.cloud.proxy().clear_faults();
        LIFE.violate(&scene.world, &id).await.unwrap();
        for message in again {
            look(&scene, &message).await;
        }
        scene.until_quiet().await;
        assert!(!scene.is_violated(LIFE, &id).await, "given up");
        scene.settle().await;
        assert!(scene.head(LIFE, &id).await.open.is_empty());
    }
}

#[tokio::test]
async fn an_instance_that_cannot_be_modified_yet_is_looked_at_later() {
    let scene = Scene::enforcing(&[CONTROL]).await;
    for status in ["creating", "modifying", "backing-up", "stopped", "unknown-to-us"] {
        let (id, event) = scene.violated(LIFE, &format!("busy-{status}")).await;
        scene.clear();
        says(&scene, &id, status, true);
        let reports = scene.send(&event, CONTROL).await;
        assert_eq!(outcomes(&reports), ["later"], "{reports:#?}");
        assert!(reports[0]["because"].as_str().unwrap().contains(status), "{reports:#?}");
        assert_eq!(scene.writes(), [""; 0]);
        let [message] = one(scene.messages());
        assert!(message.delay > 0, "{message:?}");
        assert!(scene.plans(LIFE, &id).await.is_empty(), "a plan for what cannot be written");
        scene.cloud.proxy().clear_faults();
        let reports = look(&scene, &message).await;
        assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    }
}

/// It was made after the write, so the write does not answer it.
#[tokio::test]
async fn a_newer_change_during_a_modification_is_written_and_keeps_the_first_before_image() {
    let scene = Scene::enforcing(&[CONTROL]).await;
    let (id, first, _) = applying(&scene, "newer-change").await;
    scene.stage.clock.advance(Duration::from_secs(5));
    LIFE.violate(&scene.world, &id).await.unwrap();
    let event = scene.event(LIFE, &id);
    scene.cloud.proxy().clear_faults();
    let reports = scene.send(&event, CONTROL).await;
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    assert_eq!(scene.writes(), [MODIFY, MODIFY]);
    assert_eq!(stage(&scene, &id, &first).await, Stage::Superseded);
    let plan = reports[0]["plan"]["id"].as_str().unwrap();
    verified_and_undone(&scene, &id, plan).await;
}

#[tokio::test]
async fn nothing_else_that_is_pending_is_applied_with_it() {
    let scene = Scene::enforcing(&[CONTROL]).await;
    let (id, event) = scene.violated(LIFE, "apply-immediately").await;
    scene.clear();
    let reports = scene.send(&event, CONTROL).await;
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    scene.undo_all(LIFE, &id).await;
    let calls = scene.cloud.proxy().calls();
    let sent: Vec<&str> =
        calls.iter().filter(|c| c.operation == MODIFY).map(|c| c.body.as_str()).collect();
    assert_eq!(sent.len(), 2, "{sent:?}");
    for (form, is_public) in sent.iter().zip(["false", "true"]) {
        let fields: Vec<&str> = form.split('&').collect();
        assert!(fields.contains(&"ApplyImmediately=false"), "{form}");
        assert!(fields.contains(&format!("PubliclyAccessible={is_public}").as_str()), "{form}");
    }
}
