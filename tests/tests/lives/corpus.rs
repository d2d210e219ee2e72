//! Recorded events of other accounts, and inputs that are none: nothing breaks, nothing is written.
#![allow(clippy::print_stdout, reason = "shown only when the test fails")]

use std::path::{Path, PathBuf};

use demarc_harness::{
    Error,
    remediation::controls::{CATALOGUE, find},
};
use demarc_tests::{
    lives::{self, BucketBlock, Life},
    local::{ACCOUNT, REGION},
};
use serde_json::{Value, json};

use crate::scene::{Scene, batch};

const FUNCTIONS: [&str; 4] = ["s3", "ec2", "rds", "iam"];

pub fn corpus() -> PathBuf {
    std::env::var_os("DEMARC_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
        PathBuf::from,
    )
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
}

fn controls_of(function: &str) -> Vec<&'static str> {
    let own = CATALOGUE.iter().filter(|c| c.meta().setting.function == function);
    own.map(|control| control.meta().id).collect()
}

#[tokio::test]
async fn every_recorded_event_is_taken_by_every_function_and_nothing_is_written() {
    let folder = corpus();
    if !folder.is_dir() {
        println!("left out: no recorded events in {}", folder.display());
        return;
    }
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    for function in FUNCTIONS {
        let scene = Scene::enforcing(&controls_of(function)).await;
        // The corpus has findings of the account itself, whose settings would be put right.
        for life in lives::all().into_iter().filter(|life| is_accounts_own(*life)) {
            life.create(&scene.world, "the-account").await.unwrap();
        }
        let mut rejected = 0;
        for path in &paths {
            let recorded = std::fs::read_to_string(path).unwrap();
            // As recorded, of another account, and as if it were of ours.
            for event in [recorded.clone(), of_our_account(&recorded)] {
                match scene.stage.remediator.handle(event.as_bytes(), None).await {
                    Ok(_) => {}
                    Err(Error::Rejected(_)) => rejected += 1,
                    Err(error) => panic!("{function}, {}: {error}", path.display()),
                }
            }
        }
        assert_eq!(scene.writes(), [""; 0]);
        let calls = scene.cloud.proxy().operations();
        let read = calls.iter().filter(|c| c.starts_with(&format!("{function}:"))).count();
        println!("{function}: {} files, {rejected} rejected, {read} readings", paths.len());
        // Of what these functions judge, the corpus has a security group and a flow log.
        assert!(read > 0 || function != "ec2", "no event was looked into");
    }
}

fn is_accounts_own(life: &dyn Life) -> bool {
    find(life.control()).is_some_and(|control| control.meta().setting.scope.is_of_account())
}

/// The same events with our account as the owner, in our region.
fn of_our_account(events: &str) -> String {
    let value: Value = serde_json::from_str(events).unwrap();
    let one = std::slice::from_ref(&value);
    let recorded = value.as_array().map_or(one, Vec::as_slice);
    let named = [
        ("/account", ACCOUNT),
        ("/recipientAccountId", ACCOUNT),
        ("/detail/recipientAccountId", ACCOUNT),
        ("/region", REGION),
        ("/awsRegion", REGION),
        ("/detail/awsRegion", REGION),
    ];
    let told = recorded.iter().flat_map(|event| {
        named.iter().filter_map(|(pointer, ours)| Some((event.pointer(pointer)?.as_str()?, ours)))
    });
    told.fold(events.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
}

/// Bodies that are no event, each with what makes it hostile.
fn hostile() -> Vec<(&'static str, String)> {
    let nested = |open: &str, close: &str, depth| open.repeat(depth) + &close.repeat(depth);
    let mut wrapped = json!({"evaluate": {"resource": "a", "type": "AWS::S3::Bucket"}});
    for _ in 0..10 {
        wrapped = json!({"Type": "Notification", "Message": wrapped.to_string()});
    }
    vec![
        ("empty", String::new()),
        ("garbage", "\u{0}\u{1b}[31m<{ not json".to_owned()),
        ("half", "{\"detail\": {\"eventName\": \"PutBu".to_owned()),
        ("null", "null".to_owned()),
        ("no-event", "{}".to_owned()),
        ("no-events", "[]".to_owned()),
        ("lists", nested("[", "]", 5_000)),
        ("objects", nested("{\"detail\":", "}", 5_000)),
        ("wrapped", wrapped.to_string()),
        ("huge", format!("[{}1]", "1,".repeat(500_000))),
        ("unknown", json!({"undo": {"plan": "x"}}).to_string()),
        ("no-kind", json!({"evaluate": {"resource": "a"}}).to_string()),
        ("foreign", foreign()),
    ]
}

fn foreign() -> String {
    let resource = "arn:aws:s3:::somebody-elses";
    json!({"evaluate": {"resource": resource, "account": "999999999999"}}).to_string()
}

#[tokio::test]
async fn a_hostile_message_fails_alone() {
    let control = BucketBlock.control();
    let scene = Scene::enforcing(&[control]).await;
    let (id, event) = scene.violated(&BucketBlock, "among-hostile").await;
    let mut bodies = hostile();
    bodies.insert(bodies.len() / 2, ("good", event.to_string()));
    scene.clear();
    let failed = batch(&scene.stage.remediator, &bodies).await;
    let expected: Vec<&str> = hostile().iter().map(|(name, _)| *name).collect();
    assert_eq!(failed, expected);
    assert!(!scene.is_violated(&BucketBlock, &id).await, "the good one was not handled");
    assert_eq!(scene.writes(), ["s3:PutPublicAccessBlock"]);
}

#[tokio::test]
async fn threat_19_one_bad_record_of_a_batch_fails_only_itself() {
    let scene = Scene::enforcing(&[BucketBlock.control()]).await;
    let mut bodies = Vec::new();
    let mut ids = Vec::new();
    for name in ["first", "second", "third"] {
        let (id, event) = scene.violated(&BucketBlock, &format!("batch-{name}")).await;
        let body = if name == "second" { "not json".to_owned() } else { event.to_string() };
        bodies.push((name, body));
        ids.push(id);
    }
    assert_eq!(batch(&scene.stage.remediator, &bodies).await, ["second"]);
    for (id, is_bad) in ids.iter().zip([false, true, false]) {
        assert_eq!(scene.is_violated(&BucketBlock, id).await, is_bad, "{id}");
    }
}

/// Names that are meant for logs, queries and paths.
#[tokio::test]
async fn threat_22_a_hostile_name_reaches_no_writing_call() {
    let scene = Scene::enforcing(&[BucketBlock.control()]).await;
    for name in ["../../etc", "a\nb", "a?acl", "a/b", "", "%00", "\u{202e}x", "a|b|c#d"] {
        let event = scene.event(&BucketBlock, "hostile-name-here");
        let text = event.to_string().replace("\"hostile-name-here\"", &json!(name).to_string());
        // Either is right, as long as nothing is written.
        let _ = batch(&scene.stage.remediator, &[("one", text)]).await;
    }
    assert_eq!(scene.writes(), [""; 0]);
}
