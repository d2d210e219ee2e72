//! Exemptions by hand.

use std::time::Duration;

use aws_sdk_ec2::types::{IpPermission, IpRange};
use demarc_harness::Clock;
use demarc_tests::{
    lives::{AdminPorts, BucketPolicy, Life, Versioning},
    local::{ACCOUNT, REGION},
    stage::PERSON,
};
use serde_json::{Value, json};

use crate::scene::{Scene, only, outcomes};

const VERSIONING: &str = "s3.versioning";
const POLICY: &str = "s3.policy-grants-no-public-access";
const PORTS: &str = "ec2.security-groups-close-admin-ports";
const DAY: u64 = 24 * 3_600;

async fn ask(scene: &Scene, id: &str, control: &str, over: Value) -> (u64, Value) {
    let mut wanted = json!({"resource": id, "control": control, "reason": "a cache"});
    for (key, value) in over.as_object().unwrap() {
        wanted[key] = value.clone();
    }
    scene.stage.ask(PERSON, &json!({ "exempt": wanted })).await.unwrap()
}

fn in_days(scene: &Scene, days: u64) -> Value {
    json!({"until": scene.stage.clock.now() / 1000 + days * DAY, "owner": "storage"})
}

#[tokio::test]
async fn what_is_exempt_is_left_alone_until_its_day_and_every_skip_says_who_and_why() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (id, event) = scene.violated(&Versioning, "exempt").await;
    scene.clear();
    let (status, answer) = ask(&scene, &id, VERSIONING, in_days(&scene, 30)).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["resource"]["id"], id.as_str());
    assert_eq!(answer["delta"][0]["id"], "Status");
    let reports = scene.send(&event, VERSIONING).await;
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    let because = reports[0]["because"].as_str().unwrap();
    assert!(because.contains("`storage`: a cache"), "{because}");
    assert_eq!(scene.writes(), [""; 0]);
    scene.stage.clock.advance(Duration::from_secs(30 * DAY + 1));
    let look = json!({"evaluate": {"resource": format!("arn:aws:s3:::{id}"), "setting": "s3.bucket-versioning"}});
    assert_eq!(outcomes(&scene.send(&look, VERSIONING).await), ["remediated"]);
    assert!(!scene.is_violated(&Versioning, &id).await);
}

/// One statement is exempt: another that somebody adds is not.
#[tokio::test]
async fn whatever_comes_later_is_judged() {
    let scene = Scene::enforcing(&[POLICY]).await;
    let (id, event) = scene.violated(&BucketPolicy, "later").await;
    let (status, answer) = ask(&scene, &id, POLICY, in_days(&scene, 1)).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(outcomes(&scene.send(&event, POLICY).await), ["skipped"]);
    let s3 = &scene.world.s3;
    let stored = s3.get_bucket_policy().bucket(&id).send().await.unwrap();
    let mut policy: Value = serde_json::from_str(stored.policy().unwrap()).unwrap();
    let exempt = policy.clone();
    policy["Statement"].as_array_mut().unwrap().push(json!({
        "Sid": "Later", "Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket",
        "Resource": format!("arn:aws:s3:::{id}"),
    }));
    s3.put_bucket_policy().bucket(&id).policy(policy.to_string()).send().await.unwrap();
    let event = scene.event(&BucketPolicy, &id);
    assert_eq!(outcomes(&scene.send(&event, POLICY).await), ["remediated", "skipped"]);
    let left = s3.get_bucket_policy().bucket(&id).send().await.unwrap();
    let left: Value = serde_json::from_str(left.policy().unwrap()).unwrap();
    assert_eq!(left, exempt);
}

/// A group with a rule that would take a person, which is exempt, and then one that would not.
async fn beside_an_exempt_rule(scene: &Scene, mode: &str) -> (String, Vec<Value>) {
    let mode = json!({"control": PORTS, "mode": mode, "ceiling": "safe", "reason": "a test"});
    assert_eq!(scene.stage.ask(PERSON, &json!({"mode": mode})).await.unwrap().0, 200);
    scene.stage.clock.advance(Duration::from_secs(61));
    let id = AdminPorts.create(&scene.world, "beside-an-exempt-rule").await.unwrap();
    let world = IpRange::builder().cidr_ip("0.0.0.0/0").build();
    let all = IpPermission::builder().ip_protocol("tcp").from_port(0).to_port(65_535);
    let open = scene.world.ec2.authorize_security_group_ingress().group_id(&id);
    open.ip_permissions(all.ip_ranges(world).build()).send().await.unwrap();
    let (status, answer) = ask(scene, &id, PORTS, in_days(scene, 1)).await;
    assert_eq!(status, 200, "{answer}");
    let event = scene.violate(&AdminPorts, &id).await;
    let reports = scene.send(&event, PORTS).await;
    (id, reports)
}

async fn only_the_exempt_rule_is_left(scene: &Scene, id: &str) {
    assert!(!scene.is_violated(&AdminPorts, id).await);
    let left = scene.snapshot(&AdminPorts, id).await.to_string();
    assert!(left.contains("\"0 0.0.0.0/0"), "{left}");
}

#[tokio::test]
async fn what_an_exemption_leaves_waits_for_nobody_where_it_is_safe_itself() {
    let scene = Scene::enforcing(&[PORTS]).await;
    let (id, reports) = beside_an_exempt_rule(&scene, "enforce").await;
    assert_eq!(outcomes(&reports), ["remediated", "skipped"], "{reports:#?}");
    only_the_exempt_rule_is_left(&scene, &id).await;
}

#[tokio::test]
async fn what_an_exemption_leaves_is_put_right_when_it_is_approved() {
    let scene = Scene::enforcing(&[PORTS]).await;
    let (id, reports) = beside_an_exempt_rule(&scene, "approve").await;
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    let approve = json!({"plan": reports[0]["plan"]["id"], "reason": "agreed"});
    let (status, answer) = scene.stage.ask(PERSON, &json!({ "approve": approve })).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    let reports = answer["reports"].as_array().unwrap();
    assert_eq!(outcomes(reports), ["remediated", "skipped"], "{answer:#}");
    only_the_exempt_rule_is_left(&scene, &id).await;
}

#[tokio::test]
async fn a_dry_run_exempts_nothing_and_an_end_ends_it() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (id, event) = scene.violated(&Versioning, "ended").await;
    let mut dry = in_days(&scene, 1);
    dry["dry_run"] = json!(true);
    assert_eq!(ask(&scene, &id, VERSIONING, dry).await.0, 200);
    let (status, refused) = ask(&scene, &id, VERSIONING, json!({})).await;
    assert_eq!(status, 409, "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("has no such exemption"), "{refused}");
    assert_eq!(ask(&scene, &id, VERSIONING, in_days(&scene, 1)).await.0, 200);
    assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["skipped"]);
    assert_eq!(ask(&scene, &id, VERSIONING, json!({})).await.0, 200);
    assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["remediated"]);
}

#[tokio::test]
async fn another_accounts_resource_is_not_exempt() {
    const PORTS: &str = "ec2.security-groups-close-admin-ports";
    let scene = Scene::enforcing(&[PORTS]).await;
    let (id, _) = scene.violated(&AdminPorts, "foreign").await;
    let arn = |account: &str| format!("arn:aws:ec2:{REGION}:{account}:security-group/{id}");
    let (status, answer) = ask(&scene, &arn("210987654321"), PORTS, in_days(&scene, 1)).await;
    let message = answer["message"].as_str().unwrap();
    assert!(
        status == 409 && message.contains("is no AWS::EC2::SecurityGroup of account"),
        "{message}"
    );
    assert_eq!(ask(&scene, &arn(ACCOUNT), PORTS, in_days(&scene, 1)).await.0, 200);
}

#[tokio::test]
async fn what_is_no_exemption_is_refused_with_its_reason() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (id, event) = scene.violated(&Versioning, "refused").await;
    let day = in_days(&scene, 1);
    let past = json!({"until": scene.stage.clock.now() / 1000 - 1});
    let no_reason = json!({"until": day["until"], "reason": " "});
    for (name, control, over, why) in [
        (id.as_str(), VERSIONING, in_days(&scene, 367), "366 days at most"),
        (&id, VERSIONING, past, "over already"),
        (&id, VERSIONING, no_reason, "a reason is needed"),
        (&id, "s3.versionning", day.clone(), "there is no control"),
        (&id, "rds.instances-not-public", day.clone(), "belongs to the operator of `rds`"),
        (
            "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1",
            VERSIONING,
            day.clone(),
            "is no AWS::S3::Bucket",
        ),
        (
            "no-such-bucket-anywhere",
            VERSIONING,
            day.clone(),
            "there is no `no-such-bucket-anywhere`",
        ),
    ] {
        let (status, answer) = ask(&scene, name, control, over).await;
        let message = answer["message"].as_str().unwrap();
        assert!(status == 409 && message.contains(why), "{status}: {message}");
    }
    assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["remediated"]);
    let (status, answer) = ask(&scene, &id, VERSIONING, day).await;
    let message = answer["message"].as_str().unwrap();
    assert!(status == 409 && message.contains("not what may come"), "{status}: {message}");
}

/// The alerts of reports about this resource.
fn alerts<'a>(reports: &'a [Value], id: &str) -> Vec<&'a str> {
    let of = reports.iter().filter(|report| report["resource"]["id"] == id);
    of.filter_map(|report| report["alert"].as_str()).collect()
}

#[tokio::test]
async fn the_end_is_announced_once_a_day_before_and_the_resource_is_evaluated_on_the_day() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (id, _) = scene.violated(&Versioning, "announced").await;
    assert_eq!(ask(&scene, &id, VERSIONING, in_days(&scene, 30)).await.0, 200);
    scene.clear();
    let too_early = scene.settle().await;
    assert_eq!(alerts(&too_early, &id), [""; 0], "{too_early:#?}");
    scene.stage.clock.advance(Duration::from_secs(29 * DAY + 1));
    let reports = scene.settle().await;
    assert_eq!(alerts(&reports, &id), ["exemption-ends"], "{reports:#?}");
    assert_eq!(reports[0]["control"], VERSIONING);
    let because = reports[0]["because"].as_str().unwrap();
    assert!(because.contains("`storage` ends at") && because.contains("a cache"), "{because}");
    assert_eq!(alerts(&scene.settle().await, &id), [""; 0]);
    assert_eq!(scene.messages().len(), 0);
    scene.stage.clock.advance(Duration::from_secs(DAY));
    scene.settle().await;
    assert_eq!(outcomes(&only(scene.until_quiet().await, VERSIONING)), ["remediated"]);
    assert!(!scene.is_violated(&Versioning, &id).await);
    scene.settle().await;
    assert_eq!(scene.messages().len(), 0, "it is over once");
}

#[tokio::test]
async fn what_was_ended_by_hand_is_evaluated_and_not_announced() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (id, _) = scene.violated(&Versioning, "ended-by-hand").await;
    assert_eq!(ask(&scene, &id, VERSIONING, in_days(&scene, 2)).await.0, 200);
    assert_eq!(ask(&scene, &id, VERSIONING, json!({})).await.0, 200);
    scene.clear();
    let reports = scene.settle().await;
    assert_eq!(alerts(&reports, &id), [""; 0], "{reports:#?}");
    assert_eq!(outcomes(&only(scene.until_quiet().await, VERSIONING)), ["remediated"]);
    scene.stage.clock.advance(Duration::from_secs(DAY + 3_600));
    let later = scene.settle().await;
    assert_eq!(alerts(&later, &id), [""; 0], "{later:#?}");
}

#[tokio::test]
async fn an_undos_exemption_is_evaluated_when_its_day_is_over_without_an_announcement() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (id, event) = scene.violated(&Versioning, "undone").await;
    assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["remediated"]);
    scene.undo_all(&Versioning, &id).await;
    assert!(scene.is_violated(&Versioning, &id).await);
    scene.clear();
    let reports = scene.settle().await;
    assert_eq!(alerts(&reports, &id), [""; 0], "{reports:#?}");
    scene.stage.clock.advance(Duration::from_secs(DAY + 1));
    scene.settle().await;
    assert_eq!(outcomes(&only(scene.until_quiet().await, VERSIONING)), ["remediated"]);
}

/// The journal tells who that was: by the plan that waits, and by the last one of the same elements.
#[tokio::test]
async fn threat_20_who_made_the_violation_does_not_exempt_it() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let actor = format!("arn:aws:sts::{ACCOUNT}:assumed-role/example-developer/other-session");
    let (undone, event) = scene.violated(&Versioning, "own-undone").await;
    assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["remediated"]);
    scene.violate(&Versioning, &undone).await;
    scene.stage.set_mode(VERSIONING, "approve").await.unwrap();
    let (waits, event) = scene.violated(&Versioning, "own-waiting").await;
    assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["skipped"]);
    for id in [&undone, &waits] {
        let mut wanted = json!({"resource": id, "control": VERSIONING, "reason": "a cache"});
        wanted["until"] = in_days(&scene, 1)["until"].clone();
        let request = json!({ "exempt": wanted });
        let (status, answer) = scene.stage.ask(&actor, &request).await.unwrap();
        let message = answer["message"].as_str().unwrap();
        assert!(status == 409 && message.contains("somebody else has to exempt it"), "{message}");
        assert_eq!(scene.ask(request).await.0, 200);
    }
}
