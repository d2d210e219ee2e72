//! Settings that somebody puts back again and again.

use std::{collections::BTreeSet, time::Duration};

use demarc_harness::{
    Clock, Outcome, Report,
    remediation::{
        classification::{Identities, Input, Request, Settle, classify},
        controls::CATALOGUE,
    },
    report::Alert,
};
use demarc_tests::{
    lives::{BucketBlock, Life},
    local::fault::{Effect, Fault},
    stage::PERSON,
};
use serde_json::{Value, json};

use crate::scene::{LEASE, Scene, deliver, only, outcomes};

const BLOCK: &str = "s3.block-public-access";
const MINUTE: u64 = 60_000;
/// The sample's actor is a session of the role `example-developer`.
const PIPELINE: &str =
    "[actors]\npipeline_roles = [\"arn:aws:iam::123456789012:role/example-developer\"]\n";

/// A bucket whose block was put right often enough for that pause.
async fn contested(name: &str, pause: u64) -> (Scene, String) {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let id = BucketBlock.create(&scene.world, name).await.unwrap();
    for _ in 0..3 {
        put_right(&scene, &id, false).await;
    }
    for minutes in [1, 2, 4, 8, 16].into_iter().filter(|minutes| *minutes < pause) {
        scene.stage.clock.advance(Duration::from_millis(minutes * MINUTE));
        put_right(&scene, &id, false).await;
    }
    scene.clear();
    (scene, id)
}

/// The same change by another role.
pub fn by_role(mut event: Value, role: &str) -> Value {
    let identity = &mut event["detail"]["userIdentity"];
    identity["arn"] = json!(format!("arn:aws:sts::123456789012:assumed-role/{role}/session"));
    identity["sessionContext"]["sessionIssuer"]["arn"] =
        json!(format!("arn:aws:iam::123456789012:role/{role}"));
    event
}

fn look(id: &str) -> Value {
    json!({"evaluate": {
        "resource": format!("arn:aws:s3:::{id}"), "setting": "s3.bucket-public-access-block",
    }})
}

/// One report that says so, nothing written, and the one message that looks again.
fn pauses(scene: &Scene, reports: &[Value]) -> crate::scene::Message {
    assert_eq!(outcomes(reports), ["later"], "{reports:#?}");
    assert_eq!(reports[0]["alert"], "contested", "{reports:#?}");
    assert_eq!(scene.writes(), [""; 0]);
    let messages = scene.messages();
    assert_eq!(messages.len(), 1, "{messages:#?}");
    messages[0].clone()
}

async fn last(scene: &Scene, id: &str) -> u64 {
    *scene.head(&BucketBlock, id).await.repeats.times.last().unwrap()
}

#[tokio::test]
async fn threat_05_a_pipeline_that_puts_it_back_is_yielded_to() {
    let (scene, id) = contested("pipeline", 8).await;
    scene.stage.configure(PIPELINE).await.unwrap();
    let event = scene.violate(&BucketBlock, &id).await;
    scene.clear();
    let reports = scene.send(&event, BLOCK).await;
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    assert_eq!(reports[0]["alert"], "contested");
    let because = reports[0]["because"].as_str().unwrap();
    assert!(because.contains("put right 6 times since 20"), "{because}");
    assert!(because.contains("change it there as the plan says, or exempt"), "{because}");
    assert_ne!(reports[0]["plan"]["delta"].as_array().unwrap().len(), 0);
    assert_eq!(scene.writes(), [""; 0]);
    assert_eq!(scene.messages().len(), 0);
    assert!(scene.is_violated(&BucketBlock, &id).await);
    // Nobody else is yielded to, nor is a look that does not know who it was.
    pauses(&scene, &scene.send(&look(&id), BLOCK).await);
    let message = pauses(&scene, &scene.send(&by_role(event, "intruder"), BLOCK).await);
    scene.wait_for(&message);
    let reports = only(scene.stage.send(&message.body).await.unwrap(), BLOCK);
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
}

#[tokio::test]
async fn threat_05_a_pipeline_is_yielded_to_only_where_the_setting_is_contested() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    scene.stage.configure(PIPELINE).await.unwrap();
    let id = BucketBlock.create(&scene.world, "drift").await.unwrap();
    for _ in 0..3 {
        put_right(&scene, &id, false).await;
    }
    let event = scene.violate(&BucketBlock, &id).await;
    assert_eq!(outcomes(&scene.send(&event, BLOCK).await), ["skipped"]);
}

/// The pause is counted from the last remediation, and is an hour at most.
#[tokio::test]
async fn threat_05_anyone_else_is_answered_after_pauses_that_grow_to_an_hour() {
    let (scene, id) = contested("growing", 1).await;
    for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
        let event = scene.violate(&BucketBlock, &id).await;
        scene.clear();
        let before = last(&scene, &id).await;
        // Whoever looks: this sandbox, or one that knows nothing.
        let other = deliver(&scene.sandbox().await, &event).await.unwrap();
        pauses(&scene, &only(other, BLOCK));
        let reports = scene.send(&event, BLOCK).await;
        assert_eq!(reports[0]["at"], before + minutes * MINUTE);
        let message = pauses(&scene, &reports);
        assert_eq!(message.body["evaluate"]["cause"]["actor"]["kind"], "role");
        scene.wait_for(&message);
        let reports = only(scene.stage.send(&message.body).await.unwrap(), BLOCK);
        assert_eq!(outcomes(&reports), ["remediated"], "after {minutes}: {reports:#?}");
        assert_eq!(reports[0]["alert"], "contested");
        assert!(!scene.is_violated(&BucketBlock, &id).await);
    }
    assert_eq!(scene.head(&BucketBlock, &id).await.repeats.contested, 9);
    let (_, answer) = scene.ask(json!({"plans": {"since": 0}})).await;
    let listed: Vec<&Value> =
        answer["plans"].as_array().unwrap().iter().filter(|p| p["contested"] == true).collect();
    assert_eq!(listed.len(), 8, "{answer:#}");
}

/// Whatever puts it back at once, for six hours: another tool, or a loop through ourselves.
#[tokio::test]
async fn threat_04_a_loop_comes_to_a_write_an_hour() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let id = BucketBlock.create(&scene.world, "loop").await.unwrap();
    scene.clear();
    let end = scene.stage.clock.now() + 6 * 60 * MINUTE;
    while scene.stage.clock.now() < end {
        let event = scene.violate(&BucketBlock, &id).await;
        scene.stage.send(&event).await.unwrap();
        scene.until_quiet().await;
        assert!(!scene.is_violated(&BucketBlock, &id).await);
    }
    // At once three times, then after 1, 2, 4, 8, 16 and 32 minutes, then each hour.
    assert_eq!(scene.writes().len(), 3 + 6 + 5);
}

#[tokio::test]
async fn threat_05_a_setting_that_was_left_alone_for_a_window_is_contested_no_longer() {
    let (scene, id) = contested("calm", 1).await;
    scene.stage.clock.advance(Duration::from_secs(62 * 60));
    let event = scene.violate(&BucketBlock, &id).await;
    let reports = scene.send(&event, BLOCK).await;
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    assert_eq!(reports[0].get("alert"), None);
    assert_eq!(scene.head(&BucketBlock, &id).await.repeats.contested, 0);
}

#[tokio::test]
async fn threat_05_two_who_take_turns_are_one_fight() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let id = BucketBlock.create(&scene.world, "turns").await.unwrap();
    for role in ["one", "other", "one"] {
        let event = by_role(scene.violate(&BucketBlock, &id).await, role);
        assert_eq!(outcomes(&scene.send(&event, BLOCK).await), ["remediated"]);
    }
    let event = scene.violate(&BucketBlock, &id).await;
    scene.clear();
    for role in ["one", "other", "a-third"] {
        let reports = scene.send(&by_role(event.clone(), role), BLOCK).await;
        pauses(&scene, &reports);
    }
}

#[tokio::test]
async fn threat_05_what_a_person_asks_for_is_not_slowed_and_does_not_count() {
    let (scene, id) = contested("person", 8).await;
    let repeats = scene.head(&BucketBlock, &id).await.repeats;
    scene.stage.set_mode(BLOCK, "approve").await.unwrap();
    let event = scene.violate(&BucketBlock, &id).await;
    let reports = scene.send(&event, BLOCK).await;
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    let approve = json!({"approve": {"plan": reports[0]["plan"]["id"], "reason": "agreed"}});
    let (status, answer) = scene.stage.ask(PERSON, &approve).await.unwrap();
    assert_eq!(status, 200, "{answer:#}");
    assert_eq!(outcomes(answer["reports"].as_array().unwrap()), ["remediated"], "{answer:#}");
    let plan = answer["reports"][0]["plan"]["id"].as_str().unwrap();
    let (status, answer) = scene.undo(plan).await;
    assert_eq!(status, 200, "{answer:#}");
    assert!(scene.stage.clock.now() < repeats.times.last().unwrap() + 8 * MINUTE, "too late");
    let after = scene.head(&BucketBlock, &id).await;
    assert_eq!((after.repeats, after.recent.len()), (repeats, 8));
}

/// What was refused was never put right: the queue's five deliveries and the dead letter stay.
#[tokio::test]
async fn a_write_that_is_refused_is_no_remediation() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let (id, event) = scene.violated(&BucketBlock, "refused").await;
    let operation = "s3:PutPublicAccessBlock";
    let denied = Effect::error(operation, 403, "AccessDenied", "no");
    scene.cloud.proxy().inject(Fault::always(operation, denied));
    for _ in 0..5 {
        deliver(&scene.stage.remediator, &event).await.unwrap_err();
    }
    let head = scene.head(&BucketBlock, &id).await;
    assert_eq!((head.recent.len(), head.repeats.times.len()), (5, 0));
    scene.clear();
    assert_eq!(outcomes(&scene.send(&event, BLOCK).await), ["remediated"]);
    assert_eq!(scene.head(&BucketBlock, &id).await.repeats.times.len(), 1);
}

#[test]
fn each_alert_has_a_metric_with_an_alarm() {
    let template =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml")).unwrap();
    let functions: BTreeSet<&str> =
        CATALOGUE.iter().map(|control| control.meta().setting.function).collect();
    for alert in [Alert::Contested, Alert::BudgetSpent] {
        let metric = format!("      MetricName: {}\n", alert.metric());
        assert_eq!(template.matches(&metric).count(), functions.len(), "one for each function");
        let classification =
            classify(&Input::Request(Request::Settle(Settle {})), &Identities::default());
        for (outcome, own) in
            [(Outcome::Later { at: 0 }, None), (Outcome::Skipped, Some("Skipped"))]
        {
            let report = Report::of_message("i", outcome, "", &classification);
            let report = Report { alert: Some(alert), ..report };
            let expected: Vec<&str> = own.into_iter().chain([alert.metric()]).collect();
            assert_eq!(report.metrics(), expected);
        }
    }
}

/// A violation that is put right by a sandbox that knows nothing, or by the one that did it before.
async fn put_right(scene: &Scene, id: &str, is_new: bool) -> String {
    let event = scene.violate(&BucketBlock, id).await;
    let reports = if is_new {
        deliver(&scene.sandbox().await, &event).await.unwrap()
    } else {
        scene.stage.send(&event).await.unwrap()
    };
    let own = only(reports, BLOCK);
    assert_eq!(outcomes(&own), ["remediated"], "{own:#?}");
    own[0]["plan"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_settings_item_tells_when_it_was_last_claimed() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let id = BucketBlock.create(&scene.world, "claimed").await.unwrap();
    let mut bounds = vec![scene.stage.clock.now()];
    let mut last = String::new();
    for is_new in [false, true, false] {
        last = put_right(&scene, &id, is_new).await;
        scene.stage.clock.advance(LEASE);
        bounds.push(scene.stage.clock.now());
    }
    assert_eq!(scene.undo(&last).await.0, 200);
    bounds.push(scene.stage.clock.now());
    let recent = scene.head(&BucketBlock, &id).await.recent;
    assert_eq!(recent.len(), 4, "{recent:?}");
    let within = |(bounds, at): (&[u64], &u64)| (bounds[0]..=bounds[1]).contains(at);
    assert!(bounds.windows(2).zip(&recent).all(within), "{bounds:?} {recent:?}");
    // What is exempt is not claimed by looking at it.
    scene.stage.send(&scene.event(&BucketBlock, &id)).await.unwrap();
    assert_eq!(scene.head(&BucketBlock, &id).await.recent, recent);
}

/// The settle pass claims what a crash left open, to end it: it writes nothing.
#[tokio::test]
async fn finishing_a_plan_is_no_claim_of_its_own() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let (id, event) = scene.violated(&BucketBlock, "finished").await;
    let close = Fault::always("dynamodb:TransactWriteItems", Effect::Close).after(1);
    scene.cloud.proxy().inject(close);
    deliver(&scene.stage.remediator, &event).await.unwrap_err();
    scene.clear();
    let left = scene.head(&BucketBlock, &id).await;
    assert_eq!((left.open.len(), left.recent.len()), (1, 1), "{left:?}");
    scene.stage.clock.advance(LEASE);
    assert_eq!(outcomes(&scene.settle().await), ["remediated"]);
    let settled = scene.head(&BucketBlock, &id).await;
    assert!(settled.open.is_empty() && settled.fence > left.fence, "{settled:?}");
    assert_eq!(settled.recent, left.recent);
}
