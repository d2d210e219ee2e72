//! What comes later: sweeps, and what vanished.

use std::collections::BTreeSet;

use demarc_harness::remediation::controls::CATALOGUE;
use demarc_tests::{
    lives::{AccountBlock, BucketBlock, BucketPolicy, FlowLogs, Life, USER_POLICIES},
    local::fault::{Effect, Fault},
    stage::PERSON,
};
use serde_json::{Value, json};

use crate::scene::{Message, Sample, Scene, only, outcomes};

const BLOCK: &str = "s3.block-public-access";
const POLICY: &str = "s3.policy-grants-no-public-access";
const LOGS: &str = "ec2.vpc-flow-logs-on";
const DELETED: Sample = ("delete-flow-logs.json", "fl-0a1b2c3d4e5f60718");

fn of_sweep(messages: &[Message]) -> bool {
    messages.iter().all(|m| m.queue.ends_with("sweep") && m.delay == 0)
}

/// Reports of one control about one resource.
fn about(reports: &[Value], control: &str, id: &str) -> Vec<Value> {
    let of = only(reports.to_vec(), control);
    of.into_iter().filter(|r| r["resource"]["id"] == id).collect()
}

#[tokio::test]
async fn threat_09_a_sweep_reaches_every_setting_and_every_resource_through_its_own_queue() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let good = BucketBlock.create(&scene.world, "swept-good").await.unwrap();
    let (bad, _) = scene.violated(&BucketBlock, "swept-bad").await;
    let (observed, _) = scene.violated(&BucketPolicy, "swept-observed").await;
    scene.clear();
    let reports = scene.stage.send(&json!({"sweep": {}})).await.unwrap();
    assert_eq!(outcomes(&reports), ["later"]);
    let settings = scene.messages();
    let metas = CATALOGUE.iter().map(|control| control.meta().setting);
    let judged: BTreeSet<&str> =
        metas.filter(|setting| setting.function == "s3").map(|setting| setting.id).collect();
    assert_eq!(settings.len(), judged.len(), "{settings:#?}");
    assert!(of_sweep(&settings), "{settings:#?}");
    for setting in &settings {
        scene.stage.send(&setting.body).await.unwrap();
    }
    let resources = scene.messages();
    assert!(of_sweep(&resources), "{resources:#?}");
    // Three buckets for each setting but one, and the account.
    assert_eq!(resources.len(), 3 * (judged.len() - 1) + 1, "{resources:#?}");
    assert_eq!(scene.writes(), [""; 0]);
    let mut reports = Vec::new();
    for resource in &resources {
        reports.extend(scene.stage.send(&resource.body).await.unwrap());
    }
    assert_eq!(outcomes(&about(&reports, BLOCK, &good)), ["compliant"]);
    assert_eq!(outcomes(&about(&reports, BLOCK, &bad)), ["remediated"]);
    assert_eq!(outcomes(&about(&reports, POLICY, &observed)), ["skipped"]);
    assert!(!scene.is_violated(&BucketBlock, &bad).await);
    assert!(scene.is_violated(&BucketPolicy, &observed).await);
}

/// What is swept and scanned in a region that is not the home region.
async fn swept_away(control: &'static str) -> (Vec<Value>, Vec<Value>) {
    let mut scene = Scene::enforcing(&[control]).await;
    for handler in [&mut scene.stage.remediator, &mut scene.stage.operator] {
        handler.pipeline.environment.home_region = "eu-west-1".to_owned();
    }
    scene.clear();
    scene.stage.send(&json!({"sweep": {}})).await.unwrap();
    let swept = scene.messages().iter().map(|m| m.body["sweep"]["setting"].clone()).collect();
    let mut scanned = Vec::new();
    let mut next = json!({});
    while !next.is_null() {
        let (status, answer) = scene.stage.ask(PERSON, &json!({"scan": next})).await.unwrap();
        assert_eq!(status, 200, "{answer:#}");
        scanned.push(answer["setting"].clone());
        next = answer["next"].clone();
    }
    (swept, scanned)
}

#[tokio::test]
async fn threat_13_elsewhere_settings_of_the_region_are_swept_and_those_of_the_account_are_not() {
    let (swept, scanned) = swept_away("ec2.ebs-volumes-encrypted-by-default").await;
    for listed in [swept, scanned] {
        assert!(listed.contains(&json!("ec2.ebs-encryption")), "{listed:?}");
    }
    let (swept, scanned) = swept_away(BLOCK).await;
    for listed in [swept, scanned] {
        assert!(listed.contains(&json!("s3.bucket-policy")), "{listed:?}");
        assert!(!listed.contains(&json!("s3.account-public-access-block")), "{listed:?}");
    }
}

/// Users, roles and groups have no region: they are the home region's. Roles Anywhere has.
#[tokio::test]
async fn threat_13_elsewhere_identities_are_neither_swept_nor_scanned_nor_judged() {
    let life = &USER_POLICIES;
    let (swept, scanned) = swept_away(life.control()).await;
    let regional = vec![json!("iam.trust-anchor"), json!("iam.roles-anywhere-profile")];
    assert_eq!((swept, scanned), (regional.clone(), regional));
    let mut scene = Scene::enforcing(&[life.control()]).await;
    let (id, event) = scene.violated(life, "elsewhere").await;
    scene.stage.remediator.pipeline.environment.home_region = "eu-west-1".to_owned();
    scene.stage.send(&event).await.unwrap();
    assert_eq!(scene.writes(), [""; 0]);
    assert!(scene.is_violated(life, &id).await);
}

#[tokio::test]
async fn until_the_first_listing_is_complete_a_vanished_thing_is_enrolling() {
    let scene = Scene::enforcing(&[LOGS]).await;
    let id = FlowLogs.create(&scene.world, "enrolling").await.unwrap();
    FlowLogs.violate(&scene.world, &id).await.unwrap();
    let look = json!({"evaluate": {"resource": id, "type": "AWS::EC2::VPC"}});
    let because = |reports: Vec<Value>| {
        assert_eq!(outcomes(&reports), ["advised"], "{reports:#?}");
        reports[0]["because"].as_str().unwrap().to_owned()
    };
    let before = because(scene.stage.send(&look).await.unwrap());
    assert!(before.contains("enrolling"), "{before}");
    scene.clear();
    scene.stage.send(&json!({"sweep": {}})).await.unwrap();
    scene.until_quiet().await;
    let after = because(scene.stage.send(&look).await.unwrap());
    assert!(!after.contains("enrolling"), "{after}");
}

#[tokio::test]
async fn a_flow_log_that_is_gone_is_found_through_the_index_and_its_successor_is_undone_alone() {
    let scene = Scene::enforcing(&[LOGS]).await;
    let id = FlowLogs.create(&scene.world, "vanished").await.unwrap();
    let look = json!({"evaluate": {"resource": id, "type": "AWS::EC2::VPC"}});
    assert_eq!(outcomes(&scene.stage.send(&look).await.unwrap()), ["compliant"]);
    let old = FlowLogs::ids(&scene.world, &id).await.unwrap();
    let event = scene.violate(&FlowLogs, &id).await;
    // Another sandbox, which remembers no index.
    let reports = crate::scene::deliver(&scene.sandbox().await, &event).await.unwrap();
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    assert_eq!(reports[0]["resource"]["id"], id.as_str());
    let new = FlowLogs::ids(&scene.world, &id).await.unwrap();
    assert_eq!(new.len(), 1);
    assert_ne!(new, old);
    FlowLogs.change_beside(&scene.world, &id).await.unwrap();
    scene.clear();
    scene.undo_all(&FlowLogs, &id).await;
    assert!(FlowLogs.has_change_beside(&scene.world, &id).await.unwrap());
    let left = FlowLogs::ids(&scene.world, &id).await.unwrap();
    assert_eq!(left.len(), 1);
    assert!(!left.contains(&new[0]));
    let calls = scene.cloud.proxy().calls();
    let deleted = calls.iter().find(|c| c.operation == "ec2:DeleteFlowLogs").unwrap();
    assert!(deleted.body.contains(&new[0]), "{}", deleted.body);
    assert!(!deleted.body.contains(&left[0]), "{}", deleted.body);
}

#[tokio::test]
async fn a_flow_log_that_nobody_knows_makes_every_vpc_be_looked_at() {
    let scene = Scene::enforcing(&[LOGS]).await;
    let id = FlowLogs.create(&scene.world, "unknown-member").await.unwrap();
    let look = json!({"evaluate": {"resource": id, "type": "AWS::EC2::VPC"}});
    assert_eq!(outcomes(&scene.stage.send(&look).await.unwrap()), ["compliant"]);
    FlowLogs.violate(&scene.world, &id).await.unwrap();
    scene.clear();
    let event = scene.sample(DELETED, "fl-0ffffffffffffffff");
    let reports = scene.stage.send(&event).await.unwrap();
    assert_eq!(outcomes(&reports), ["later"], "{reports:#?}");
    let messages = scene.messages();
    assert_eq!(messages.len(), 1);
    assert!(of_sweep(&messages), "{messages:#?}");
    assert_eq!(messages[0].body, json!({"sweep": {"setting": "ec2.vpc-flow-logs"}}));
    scene.stage.send(&messages[0].body).await.unwrap();
    let reports = scene.until_quiet().await;
    assert_eq!(outcomes(&about(&reports, LOGS, &id)), ["remediated"], "{reports:#?}");
    assert!(!scene.is_violated(&FlowLogs, &id).await);
}

#[tokio::test]
async fn when_the_accounts_block_falls_the_buckets_that_it_covered_are_put_right() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let account = AccountBlock.create(&scene.world, "").await.unwrap();
    let (covered, _) = scene.violated(&BucketBlock, "covered").await;
    let look = json!({"evaluate": {"resource": covered, "type": "AWS::S3::Bucket"}});
    let reports = scene.send(&look, BLOCK).await;
    assert_eq!(outcomes(&reports), ["compliant"], "{reports:#?}");
    assert!(reports[0]["because"].as_str().unwrap().contains("account"), "{reports:#?}");
    let event = scene.violate(&AccountBlock, &account).await;
    scene.clear();
    let reports = scene.stage.send(&event).await.unwrap();
    assert_eq!(outcomes(&reports), ["skipped", "later"], "{reports:#?}");
    let messages = scene.messages();
    assert!(of_sweep(&messages), "{messages:#?}");
    assert_eq!(messages[0].body, json!({"sweep": {"setting": "s3.bucket-public-access-block"}}));
    scene.stage.send(&messages[0].body).await.unwrap();
    let reports = scene.until_quiet().await;
    assert_eq!(outcomes(&about(&reports, BLOCK, &covered)), ["remediated"], "{reports:#?}");
    assert!(!scene.is_violated(&BucketBlock, &covered).await);
}

/// One page of a listing, as S3 answers it; moto 5.2.5 gives no token.
fn page(names: &[&str], next: Option<&str>) -> Effect {
    let bucket = |name: &&str| format!("<Bucket><Name>{name}</Name></Bucket>");
    let buckets: String = names.iter().map(bucket).collect();
    let next = next.map(|t| format!("<ContinuationToken>{t}</ContinuationToken>"));
    let next = next.unwrap_or_default();
    let root = "ListAllMyBucketsResult";
    let space = "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
    Effect::Reply {
        status: 200,
        body: format!("<{root} {space}><Buckets>{buckets}</Buckets>{next}</{root}>"),
        content_type: "application/xml".to_owned(),
    }
}

#[tokio::test]
async fn a_listing_goes_on_with_the_next_page() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let proxy = scene.cloud.proxy();
    proxy.inject(Fault::once("s3:ListBuckets", page(&["a", "b"], Some("after b"))));
    proxy.inject(Fault::once("s3:ListBuckets", page(&["c"], None)));
    scene.stage.send(&json!({"sweep": {"setting": "s3.bucket-versioning"}})).await.unwrap();
    let first = scene.messages();
    assert!(of_sweep(&first), "{first:#?}");
    let named = |m: &Message| m.body.pointer("/evaluate/resource").cloned();
    let names: Vec<Value> = first.iter().filter_map(named).collect();
    assert_eq!(names, ["a", "b"]);
    let next = json!({"sweep": {"setting": "s3.bucket-versioning", "token": "after b"}});
    assert_eq!(first.last().unwrap().body, next);
    scene.stage.send(&next).await.unwrap();
    let second: Vec<Value> = scene.messages().iter().filter_map(named).collect();
    assert_eq!(second, ["c"]);
    let calls = scene.cloud.proxy().calls();
    let listed = calls.iter().rfind(|c| c.operation == "s3:ListBuckets").unwrap();
    assert!(listed.path.contains("continuation-token=after"), "{}", listed.path);
}
