//! What was done, listed, and taken back by what was listed.

use std::{collections::BTreeSet, time::Duration};

use demarc_harness::Clock;
use demarc_tests::{
    lives::{BucketBlock, Versioning},
    local::ACCOUNT,
    stage::PERSON,
};
use serde_json::{Value, json};

use crate::scene::{Scene, outcomes};

const VERSIONING: &str = "s3.versioning";
const BLOCK: &str = "s3.block-public-access";

/// Every page of the listing.
async fn plans(scene: &Scene, wanted: Value) -> Vec<Value> {
    let mut wanted = wanted;
    let mut found = Vec::new();
    loop {
        let (status, answer) = scene.stage.ask(PERSON, &json!({ "plans": wanted })).await.unwrap();
        assert_eq!(status, 200, "{answer}");
        found.extend(answer["plans"].as_array().unwrap().clone());
        match answer["next"].as_str() {
            Some(next) => wanted["token"] = json!(next),
            None => return found,
        }
    }
}

fn resources(plans: &[Value]) -> BTreeSet<&str> {
    plans.iter().map(|plan| plan["resource"]["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn plans_are_found_by_time_control_and_actor_and_can_be_undone_by_that() {
    let scene = Scene::enforcing(&[VERSIONING, BLOCK]).await;
    let began = scene.stage.clock.now() / 1000;
    for name in ["first", "second"] {
        let (_, event) = scene.violated(&Versioning, name).await;
        assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["remediated"]);
    }
    scene.stage.clock.advance(Duration::from_secs(3_600));
    let later = scene.stage.clock.now() / 1000;
    let (_, event) = scene.violated(&BucketBlock, "third").await;
    assert_eq!(outcomes(&scene.send(&event, BLOCK).await), ["remediated"]);

    let all = plans(&scene, json!({"since": began})).await;
    assert_eq!(resources(&all), BTreeSet::from(["first", "second", "third"]), "{all:#?}");
    assert!(all.iter().all(|plan| plan["stage"] == "verified" && plan["in_force"] == true));
    let recent = plans(&scene, json!({"since": later})).await;
    assert_eq!(resources(&recent), BTreeSet::from(["third"]));
    let of_control = plans(&scene, json!({"since": began, "control": VERSIONING})).await;
    assert_eq!(resources(&of_control), BTreeSet::from(["first", "second"]));
    let role = format!("arn:aws:iam::{ACCOUNT}:role/example-developer");
    let by_role = plans(&scene, json!({"since": began, "actor": role})).await;
    assert_eq!(by_role.len(), 3, "{by_role:#?}");
    let by_other = plans(&scene, json!({"since": began, "actor": PERSON})).await;
    assert_eq!(by_other, [Value::Null; 0]);

    for plan in &of_control {
        let undo = json!({"undo": {"plan": plan["plan"], "reason": "all of it was meant"}});
        assert_eq!(scene.stage.ask(PERSON, &undo).await.unwrap().0, 200);
    }
    let left = plans(&scene, json!({"since": began, "actor": role})).await;
    let in_force: Vec<Value> = left.into_iter().filter(|plan| plan["in_force"] == true).collect();
    assert_eq!(
        resources(&in_force),
        BTreeSet::from(["third"]),
        "what was undone is in force no more"
    );
    for name in ["first", "second"] {
        assert!(scene.is_violated(&Versioning, name).await, "{name}");
    }
    assert!(!scene.is_violated(&BucketBlock, "third").await);
}

#[tokio::test]
async fn a_token_that_nobody_gave_out_is_refused() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let wanted = json!({"plans": {"since": 0, "token": "x"}});
    let (status, answer) = scene.stage.ask(PERSON, &wanted).await.unwrap();
    assert_eq!(status, 409, "{answer}");
}
