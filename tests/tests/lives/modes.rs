//! Modes for a part of the resources, periods of grace, and change freezes.

use demarc_harness::Clock;
use demarc_tests::{
    lives::{BucketBlock, Life, Versioning},
    local::fault::{Effect, Fault},
    stage::PERSON,
};
use serde_json::{Value, json};

use crate::scene::{Scene, outcomes};

const VERSIONING: &str = "s3.versioning";
const BLOCK: &str = "s3.block-public-access";
const HALF_AN_HOUR: u64 = 30 * 60;
const GRACE: &str = "[controls.\"s3.versioning\"]\nmode = \"enforce\"\ngrace_minutes = 30\n";

/// A function with that document in force.
async fn configured(document: &str) -> Scene {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let configure = json!({"configure": {"document": document, "reason": "a test"}});
    let (status, answer) = scene.stage.ask(PERSON, &configure).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    // Each sandbox remembers the former one for a minute.
    scene.stage.clock.advance(std::time::Duration::from_secs(61));
    scene.clear();
    scene
}

fn due(scene: &Scene) -> u64 {
    let messages = scene.messages();
    assert_eq!(messages.len(), 1, "{messages:#?}");
    scene.wait_for(&messages[0]);
    messages[0].body["evaluate"]["not_before"].as_u64().unwrap()
}

#[tokio::test]
async fn a_violation_is_put_right_when_its_grace_is_over() {
    let scene = configured(GRACE).await;
    let (id, event) = scene.violated(&Versioning, "grace").await;
    scene.clear();
    let changed = scene.stage.clock.now() / 1000;
    let reports = scene.send(&event, VERSIONING).await;
    assert_eq!(outcomes(&reports), ["later"], "{reports:#?}");
    assert!(reports[0]["because"].as_str().unwrap().contains("unless its owner objects"));
    assert_eq!(reports[0]["plan"]["decision"], "wait");
    assert_eq!(scene.writes(), [""; 0]);
    let messages = scene.messages();
    let due = messages[0].body["evaluate"]["not_before"].as_u64().unwrap();
    assert!((changed..changed + 90).contains(&(due - HALF_AN_HOUR)), "{changed}, {due}");
    // Ten minutes later it is not due, and is sent on.
    scene.stage.clock.advance(std::time::Duration::from_secs(600));
    assert_eq!(outcomes(&scene.stage.send(&messages[0].body).await.unwrap()), ["later"]);
    assert!(scene.is_violated(&Versioning, &id).await);
    let reports = scene.until_quiet().await;
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    assert!(!scene.is_violated(&Versioning, &id).await);
}

#[tokio::test]
async fn whoever_objects_within_the_grace_is_left_alone() {
    let scene = configured(GRACE).await;
    let (id, event) = scene.violated(&Versioning, "objected").await;
    scene.clear();
    assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["later"]);
    let messages = scene.messages();
    scene.stage.set_mode(VERSIONING, "observe").await.unwrap();
    scene.wait_for(&messages[0]);
    let reports = scene.stage.send(&messages[0].body).await.unwrap();
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    assert!(scene.is_violated(&Versioning, &id).await);
}

/// A sweep knows of no change: the grace counts from the first look, and not anew at the next.
#[tokio::test]
async fn what_a_sweep_finds_has_its_grace_once() {
    let scene = configured(GRACE).await;
    let (id, _) = scene.violated(&Versioning, "swept").await;
    scene.clear();
    let look = json!({"evaluate": {"resource": format!("arn:aws:s3:::{id}"), "setting": "s3.bucket-versioning"}});
    let now = scene.stage.clock.now() / 1000;
    assert_eq!(outcomes(&scene.send(&look, VERSIONING).await), ["later"]);
    let due = due(&scene);
    assert!((now..now + 5).contains(&(due - HALF_AN_HOUR)), "{now}, {due}");
    scene.stage.clock.advance(std::time::Duration::from_secs(2));
    let mut again = look.clone();
    again["evaluate"]["since"] = json!(now);
    again["evaluate"]["attempt"] = json!(1);
    assert_eq!(outcomes(&scene.send(&again, VERSIONING).await), ["remediated"]);
}

#[tokio::test]
async fn a_scope_enforces_where_it_says_and_nowhere_else() {
    let scene = configured("[[scopes]]\nresources = [\"*rollout*\"]\nmode = \"enforce\"\n").await;
    let (inside, event) = scene.violated(&Versioning, "rollout").await;
    assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["remediated"]);
    assert!(!scene.is_violated(&Versioning, &inside).await);
    let (outside, event) = scene.violated(&Versioning, "others").await;
    scene.clear();
    assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["skipped"]);
    assert_eq!(scene.writes(), [""; 0]);
    assert!(scene.is_violated(&Versioning, &outside).await);
}

#[tokio::test]
async fn in_a_change_freeze_nothing_is_written() {
    let freeze = "[default]\nmode = \"enforce\"\n[[freezes]]\nfrom = \"2000-01-01T00:00:00Z\"\n\
                  until = \"2100-01-01T00:00:00Z\"\nreason = \"end of the year\"\n";
    let scene = configured(freeze).await;
    for life in [&Versioning as &dyn Life, &BucketBlock] {
        let (id, event) = scene.violated(life, "frozen").await;
        scene.clear();
        let reports = scene.send(&event, life.control()).await;
        assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
        let because = reports[0]["because"].as_str().unwrap();
        assert!(because.contains("change freeze until 2100-01-01T00:00:00Z: end of the year"));
        assert_eq!(scene.writes(), [""; 0]);
        assert!(scene.is_violated(life, &id).await);
    }
}

/// The scan says what enforcing would change: a freeze and a scope's mode do not hide it.
#[tokio::test]
async fn a_scan_looks_through_freezes_and_scopes() {
    let document = "[[scopes]]\nmode = \"observe\"\ngrace_minutes = 30\n[[freezes]]\n\
                    from = \"2000-01-01T00:00:00Z\"\nuntil = \"2100-01-01T00:00:00Z\"\nreason = \"r\"\n";
    let scene = configured(document).await;
    let (id, _) = scene.violated(&Versioning, "scanned").await;
    let scan = json!({"scan": {"setting": "s3.bucket-versioning"}});
    let (status, answer) = scene.stage.ask(PERSON, &scan).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    let reports = answer["reports"].as_array().unwrap();
    let of = |r: &&Value| r["resource"]["id"] == id.as_str() && r["control"] == VERSIONING;
    let report = reports.iter().find(of).expect("a report of the bucket");
    assert_eq!(report["because"], "enforcing would put this right");
}

#[tokio::test]
async fn a_scope_by_tag_covers_what_has_the_tag_when_it_is_judged() {
    let scope = "[[scopes]]\ncontrols = [\"s3.versioning\"]\ntags = { environment = \"dev*\" }\nmode = \"enforce\"\n";
    let scene = configured(scope).await;
    let (id, event) = scene.violated(&Versioning, "tagged").await;
    assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["skipped"]);
    tag(&scene, &id, "environment", "development").await;
    scene.clear();
    assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["remediated"]);
    assert!(scene.cloud.proxy().operations().contains(&"s3:GetBucketTagging".to_owned()));
}

/// What is not known of the tags is not guessed.
#[tokio::test]
async fn tags_that_cannot_be_read_fail_the_message() {
    let scope = "[[scopes]]\ntags = { environment = \"dev*\" }\nmode = \"enforce\"\n";
    let scene = configured(scope).await;
    let (id, event) = scene.violated(&Versioning, "unread").await;
    tag(&scene, &id, "environment", "development").await;
    const READ: &str = "s3:GetBucketTagging";
    let denied = Fault::always(READ, Effect::error(READ, 403, "AccessDenied", "no"));
    scene.cloud.proxy().inject(denied);
    let error = scene.stage.send(&event).await.unwrap_err().to_string();
    assert!(error.contains("s3:GetBucketTagging") && error.contains("AccessDenied"), "{error}");
    assert!(scene.is_violated(&Versioning, &id).await);
    scene.clear();
    assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["remediated"]);
}

async fn tag(scene: &Scene, bucket: &str, key: &str, value: &str) {
    let tag = aws_sdk_s3::types::Tag::builder().key(key).value(value).build().unwrap();
    let tags = aws_sdk_s3::types::Tagging::builder().tag_set(tag).build().unwrap();
    let call = scene.world.s3.put_bucket_tagging().bucket(bucket).tagging(tags);
    call.send().await.unwrap();
}
