//! How much one actor's changes may lead to in an hour.

use std::time::Duration;

use demarc_harness::Clock;
use demarc_tests::{
    lives::{BucketBlock, BucketPolicy, Life, Versioning},
    local::fault::{Effect, Fault},
    stage::PERSON,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    contested::by_role,
    scene::{Scene, deliver, only, outcomes},
};

const BLOCK: &str = "s3.block-public-access";
const POLICY: &str = "s3.policy-grants-no-public-access";
const VERSIONING: &str = "s3.versioning";
const HOUR: u64 = 3_600_000;

/// A function with that budget, at the beginning of an hour of the clock.
async fn with_budget(controls: &[&'static str], budget: &str) -> Scene {
    let scene = Scene::enforcing(controls).await;
    scene.stage.configure(&format!("[budget]\n{budget}")).await.unwrap();
    let rest = HOUR - scene.stage.clock.now() % HOUR;
    scene.stage.clock.advance(Duration::from_millis(rest));
    scene.clear();
    scene
}

/// A new bucket that is a violation, by a session of that role.
async fn by(scene: &Scene, life: &dyn Life, role: &str, name: &str) -> (String, Value) {
    let (id, event) = scene.violated(life, name).await;
    let mut event = by_role(event, role);
    let session = format!("arn:aws:sts::123456789012:assumed-role/{role}/{name}");
    event["detail"]["userIdentity"]["arn"] = json!(session);
    (id, event)
}

fn is_spent(reports: &[Value]) -> bool {
    outcomes(reports) == ["skipped"] && reports[0]["alert"] == "budget-spent"
}

#[tokio::test]
async fn threat_21_a_flood_by_one_actor_spends_nothing_of_the_others() {
    let scene = with_budget(&[BLOCK], "per_hour = 2\nreserve_for_safe = 0\n").await;
    for name in ["first", "second"] {
        let (_, event) = by(&scene, &BucketBlock, "flood", name).await;
        assert_eq!(outcomes(&scene.send(&event, BLOCK).await), ["remediated"]);
    }
    let (third, event) = by(&scene, &BucketBlock, "flood", "third").await;
    scene.clear();
    let reports = scene.send(&event, BLOCK).await;
    assert!(is_spent(&reports), "{reports:#?}");
    let because = reports[0]["because"].as_str().unwrap();
    let wanted = "the budget of `arn:aws:iam::123456789012:role/flood` is spent, 2 an hour";
    assert!(because.starts_with(wanted), "{because}");
    assert!(because.ends_with("`per_hour` in `[budget]` of the configuration raises it"));
    assert_eq!(scene.writes(), [""; 0]);
    let messages = scene.messages();
    assert_eq!(messages.len(), 1, "{messages:#?}");
    let due = messages[0].body["evaluate"]["not_before"].as_u64().unwrap() * 1000;
    assert_eq!((due % HOUR, due / HOUR), (0, scene.stage.clock.now() / HOUR + 1));
    // Others go on: another role, a look that knows of nobody.
    let (_, event) = by(&scene, &BucketBlock, "other", "fourth").await;
    assert_eq!(outcomes(&scene.send(&event, BLOCK).await), ["remediated"]);
    let (fifth, _) = by(&scene, &BucketBlock, "flood", "fifth").await;
    let look = json!({"evaluate": {
        "resource": format!("arn:aws:s3:::{fifth}"), "setting": "s3.bucket-public-access-block",
    }});
    assert_eq!(outcomes(&scene.send(&look, BLOCK).await), ["remediated"]);
    // Nothing is forgotten.
    assert!(scene.is_violated(&BucketBlock, &third).await);
    scene.wait_for(&messages[0]);
    let reports = only(scene.stage.send(&messages[0].body).await.unwrap(), BLOCK);
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    assert!(!scene.is_violated(&BucketBlock, &third).await);
}

#[tokio::test]
async fn threat_21_a_reserve_is_kept_for_what_is_safe() {
    let scene = with_budget(&[POLICY, VERSIONING], "per_hour = 3\nreserve_for_safe = 2\n").await;
    let (_, event) = by(&scene, &BucketPolicy, "flood", "policy").await;
    let reports = scene.send(&event, POLICY).await;
    assert_eq!(outcomes(&reports), ["remediated"]);
    assert_eq!(reports[0]["plan"]["safety"], "disruptive", "{reports:#?}");
    let (policy, event) = by(&scene, &BucketPolicy, "flood", "more").await;
    let reports = scene.send(&event, POLICY).await;
    assert!(is_spent(&reports), "{reports:#?}");
    assert!(scene.is_violated(&BucketPolicy, &policy).await);
    for name in ["safe", "safer"] {
        let (id, event) = by(&scene, &Versioning, "flood", name).await;
        let reports = scene.send(&event, VERSIONING).await;
        assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
        assert!(!scene.is_violated(&Versioning, &id).await);
    }
    let (_, event) = by(&scene, &Versioning, "flood", "last").await;
    assert!(is_spent(&scene.send(&event, VERSIONING).await));
}

#[tokio::test]
async fn where_all_is_kept_for_what_is_safe_nothing_else_is_put_right() {
    let scene = with_budget(&[POLICY], "per_hour = 2\nreserve_for_safe = 2\n").await;
    let (id, event) = by(&scene, &BucketPolicy, "somebody", "reserved").await;
    assert!(is_spent(&scene.send(&event, POLICY).await));
    assert!(scene.is_violated(&BucketPolicy, &id).await);
}

#[tokio::test]
async fn threat_21_a_budget_that_cannot_be_counted_fails_the_message() {
    let scene = with_budget(&[BLOCK], "").await;
    let (id, event) = by(&scene, &BucketBlock, "somebody", "uncounted").await;
    scene.clear();
    let operation = "dynamodb:UpdateItem";
    let denied = Effect::error(operation, 400, "AccessDeniedException", "no");
    scene.cloud.proxy().inject(Fault::always(operation, denied));
    let failure = deliver(&scene.stage.remediator, &event).await.unwrap_err();
    assert!(failure.contains(operation) && failure.contains("AccessDenied"), "{failure}");
    assert_eq!(scene.writes(), [""; 0]);
    assert_eq!(scene.head(&BucketBlock, &id).await.fence, 0, "it was claimed");
    scene.clear();
    assert_eq!(outcomes(&scene.send(&event, BLOCK).await), ["remediated"]);
}

#[tokio::test]
async fn threat_21_of_many_at_once_no_more_than_the_budget_are_put_right() {
    let scene = with_budget(&[BLOCK], "per_hour = 3\nreserve_for_safe = 0\n").await;
    let (mut ids, mut flood) = (Vec::new(), Vec::new());
    for number in 0..8 {
        let (id, event) = by(&scene, &BucketBlock, "flood", &format!("race-{number}")).await;
        ids.push(id);
        flood.push((scene.sandbox().await, event));
    }
    scene.clear();
    let mut runs = JoinSet::new();
    for (sandbox, event) in flood {
        runs.spawn(async move { deliver(&sandbox, &event).await.unwrap() });
    }
    let ends: Vec<Value> = only(runs.join_all().await.into_iter().flatten().collect(), BLOCK);
    let count = |outcome: &str| outcomes(&ends).iter().filter(|o| **o == outcome).count();
    assert_eq!((count("remediated"), count("skipped")), (3, 5), "{ends:#?}");
    assert_eq!(scene.writes().len(), 3);
    // Those that were left are put right in the two hours that follow.
    scene.until_quiet().await;
    for id in &ids {
        assert!(!scene.is_violated(&BucketBlock, id).await, "{id} was forgotten");
    }
}

#[tokio::test]
async fn threat_21_a_person_spends_nothing_and_is_not_held_back() {
    let scene =
        with_budget(&[VERSIONING], "per_hour = 1\nreserve_for_safe = 0\nwithout_actor = 1\n").await;
    let (_, event) = by(&scene, &Versioning, "example-developer", "spent").await;
    assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["remediated"]);
    let (id, event) = by(&scene, &Versioning, "example-developer", "approved").await;
    assert!(is_spent(&scene.send(&event, VERSIONING).await));
    scene.stage.set_mode(VERSIONING, "approve").await.unwrap();
    let reports = scene.send(&event, VERSIONING).await;
    let approve = json!({"approve": {"plan": reports[0]["plan"]["id"], "reason": "agreed"}});
    scene.clear();
    let (status, answer) = scene.stage.ask(PERSON, &approve).await.unwrap();
    assert_eq!(status, 200, "{answer:#}");
    assert_eq!(outcomes(answer["reports"].as_array().unwrap()), ["remediated"], "{answer:#}");
    let plan = answer["reports"][0]["plan"]["id"].as_str().unwrap();
    assert_eq!(scene.undo(plan).await.0, 200);
    assert!(scene.is_violated(&Versioning, &id).await);
    assert!(!scene.cloud.proxy().operations().contains(&"dynamodb:UpdateItem".to_owned()));
}

/// Whatever the mode, and whoever sets it by hand.
#[tokio::test]
async fn threat_21_a_protected_resource_waits_for_a_person() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let (id, event) = scene.violated(&BucketBlock, "protected").await;
    let document = format!("[protected]\nresources = [\"{id}\"]\n");
    scene.stage.configure(&document).await.unwrap();
    scene.clear();
    let reports = scene.send(&event, BLOCK).await;
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    let because = reports[0]["because"].as_str().unwrap();
    assert!(because.contains("the resource is protected"), "{because}");
    assert_eq!(scene.writes(), [""; 0]);
    let approve = json!({"approve": {"plan": reports[0]["plan"]["id"], "reason": "agreed"}});
    let (status, answer) = scene.stage.ask(PERSON, &approve).await.unwrap();
    assert_eq!(status, 200, "{answer:#}");
    assert!(!scene.is_violated(&BucketBlock, &id).await);
    let (_, event) = scene.violated(&BucketBlock, "protected-not").await;
    assert_eq!(outcomes(&scene.send(&event, BLOCK).await), ["remediated"]);
}

/// The count is one call more than claim and close, and the only one; nothing wrong counts nothing.
#[tokio::test]
async fn a_remediation_is_counted_by_one_call() {
    let scene = with_budget(&[BLOCK], "").await;
    let (id, event) = by(&scene, &BucketBlock, "somebody", "counted").await;
    let own = |scene: &Scene| -> Vec<String> {
        let calls = scene.cloud.proxy().operations();
        calls.into_iter().filter(|call| !call.starts_with("s3")).collect()
    };
    // The configuration is read once a minute.
    scene.stage.send(&scene.event(&BucketBlock, "none-such")).await.unwrap();
    scene.clear();
    assert_eq!(outcomes(&scene.send(&event, BLOCK).await), ["remediated"]);
    let transaction = "dynamodb:TransactWriteItems";
    // What waits for approval is asked for once a minute, when all is done.
    let waiting = "dynamodb:Query";
    assert_eq!(own(&scene), ["dynamodb:UpdateItem", transaction, transaction, waiting]);
    assert_eq!(scene.cloud.proxy().operations().len(), 12);
    scene.clear();
    scene.send(&scene.event(&BucketBlock, &id), BLOCK).await;
    assert_eq!(own(&scene), [""; 0]);
    // A sandbox that does not know the setting claims twice, and is counted once.
    let event = scene.violate(&BucketBlock, &id).await;
    let sandbox = scene.sandbox().await;
    scene.clear();
    let reports = only(deliver(&sandbox, &event).await.unwrap(), BLOCK);
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    let count = |name: &str| own(&scene).iter().filter(|call| *call == name).count();
    assert_eq!((count("dynamodb:UpdateItem"), count(transaction)), (1, 3));
}
