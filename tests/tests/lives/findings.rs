//! Other services' findings: the same look at the live state as a change leads to.

use std::{fs, path::Path};

use demarc_tests::lives::{
    AccessKeys, AccountBlock, AdminPorts, BucketBlock, Life, PublicInstance,
};
use serde_json::{Value, json};

use crate::scene::{Scene, outcomes};

const BLOCK: &str = "s3.block-public-access";
const PORTS: &str = "ec2.security-groups-close-admin-ports";

/// A sample finding about a resource of the emulator.
fn finding(stem: &str, sample_id: &str, id: &str) -> Value {
    let path = format!("../events/findings/{stem}.json");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_str(&fs::read_to_string(path).unwrap().replace(sample_id, id)).unwrap()
}

fn of_bucket(stem: &str, id: &str) -> Value {
    finding(stem, "demarc-sample", id)
}

async fn all(scene: &Scene, event: &Value) -> Vec<Value> {
    scene.stage.send(event).await.unwrap()
}

#[tokio::test]
async fn a_failed_check_is_put_right_by_its_own_control() {
    let scene = Scene::enforcing(&[BLOCK, "s3.versioning"]).await;
    let (id, _) = scene.violated(&BucketBlock, "found").await;
    let event = of_bucket("security-hub", &id);
    let reports = all(&scene, &event).await;
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    assert_eq!(reports[0]["control"], BLOCK);
    assert_eq!(reports[0]["change"], "security-hub S3.8");
    assert!(!scene.is_violated(&BucketBlock, &id).await);
    // The bucket keeps no versions either, which this finding does not say.
    assert_eq!(outcomes(&all(&scene, &event).await), ["compliant"]);
}

#[tokio::test]
async fn threat_25_one_violation_that_four_sources_see_is_one_remediation() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let (id, change) = scene.violated(&BucketBlock, "seen-by-four").await;
    scene.clear();
    let mut item = of_bucket("config-item", &id);
    item["detail"]["configurationItem"]["resourceType"] = json!("AWS::S3::Bucket");
    item["detail"]["configurationItem"]["resourceId"] = json!(id);
    let sources = [
        change,
        item,
        of_bucket("security-hub", &id),
        of_bucket("access-analyzer", &id),
        of_bucket("guardduty-setting", &id),
    ];
    let mut remediated = 0;
    for event in &sources {
        let reports = all(&scene, event).await;
        let own: Vec<&Value> = reports.iter().filter(|r| r["control"] == BLOCK).collect();
        assert_eq!(own.len(), 1, "{reports:#?}");
        remediated += usize::from(own[0]["outcome"] == "remediated");
    }
    assert_eq!(remediated, 1);
    assert_eq!(scene.writes(), ["s3:PutPublicAccessBlock"]);
}

#[tokio::test]
async fn threat_01_a_finding_says_where_to_look_and_not_what_is_true() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let id = BucketBlock.create(&scene.world, "compliant").await.unwrap();
    scene.clear();
    let reports = all(&scene, &of_bucket("security-hub", &id)).await;
    assert_eq!(outcomes(&reports), ["compliant"]);
    assert_eq!(scene.writes(), [""; 0]);
}

#[tokio::test]
async fn what_is_not_believed_or_not_ours_is_not_even_read() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let (id, _) = scene.violated(&BucketBlock, "forged").await;
    scene.clear();
    let forged = all(&scene, &of_bucket("security-hub-forged", &id)).await;
    assert_eq!(outcomes(&forged), ["rejected"], "{forged:#?}");
    let passed = {
        let mut event = of_bucket("security-hub", &id);
        event["detail"]["findings"][0]["Compliance"]["Status"] = json!("PASSED");
        all(&scene, &event).await
    };
    assert_eq!(outcomes(&passed), ["ignored"]);
    let vulnerable = all(&scene, &of_bucket("inspector", &id)).await;
    assert_eq!(outcomes(&vulnerable), ["ignored"]);
    let calls = scene.cloud.proxy().operations();
    assert!(!calls.iter().any(|call| call.starts_with("s3:")), "{calls:?}");
    assert!(scene.is_violated(&BucketBlock, &id).await);
}

#[tokio::test]
async fn threat_02_another_accounts_finding_is_rejected_and_counted_once() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let (id, _) = scene.violated(&BucketBlock, "mixed").await;
    let mut event = of_bucket("security-hub", &id);
    let other = of_bucket("security-hub-other-account", "demarc-sample-member");
    let other = other["detail"]["findings"][0].clone();
    event["detail"]["findings"].as_array_mut().unwrap().push(other);
    // The function's own rule sends the event as it is, the rule for strays wraps it.
    let by_rule = all(&scene, &event).await;
    let as_stray = all(&scene, &json!({"stray": event})).await;
    let mut found = outcomes(&by_rule);
    found.extend(outcomes(&as_stray));
    assert_eq!(
        found,
        ["remediated", "ignored", "ignored", "rejected"],
        "{by_rule:#?} {as_stray:#?}"
    );
    let counted = demarc_harness::Outcome::Rejected.metric();
    assert_eq!(counted, Some("Rejected"));
    assert_eq!(demarc_harness::Outcome::Ignored.metric(), None);
}

#[tokio::test]
async fn an_accounts_finding_is_about_the_account() {
    let scene = Scene::enforcing(&["s3.account-blocks-public-access"]).await;
    let (_, _) = scene.violated(&AccountBlock, "account").await;
    let mut event = of_bucket("security-hub", "unused");
    let finding = &mut event["detail"]["findings"][0];
    finding["Compliance"]["SecurityControlId"] = json!("S3.1");
    finding["Resources"][0] =
        json!({"Type": "AwsAccount", "Id": "AWS::::Account:123456789012", "Region": "us-east-1"});
    let reports = all(&scene, &event).await;
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
}

#[tokio::test]
async fn a_threat_leads_to_the_groups_behind_it() {
    let scene = Scene::enforcing(&[PORTS]).await;
    let (id, _) = scene.violated(&AdminPorts, "brute-forced").await;
    for stem in ["guardduty-threat", "security-hub-legacy"] {
        let event = finding(stem, "sg-0a1b2c3d4e5f60718", &id);
        let reports = scene.send(&event, PORTS).await;
        let expected = if stem == "guardduty-threat" { "remediated" } else { "compliant" };
        assert_eq!(outcomes(&reports), [expected], "{reports:#?}");
    }
    assert!(!scene.is_violated(&AdminPorts, &id).await);
}

#[tokio::test]
async fn a_control_that_the_function_has_not_is_ignored() {
    let scene = Scene::enforcing(&["rds.instances-not-public"]).await;
    let (id, _) = scene.violated(&PublicInstance, "other-control").await;
    let mut event = of_bucket("security-hub-action", &id);
    event["detail"]["findings"].as_array_mut().unwrap().truncate(1);
    event["detail"]["findings"][0]["Compliance"]["SecurityControlId"] = json!("RDS.8");
    let reports = all(&scene, &event).await;
    assert_eq!(outcomes(&reports), ["ignored"], "{reports:#?}");
    assert!(scene.is_violated(&PublicInstance, &id).await);
}

/// The event that tells who did it may be on its way.
#[tokio::test]
async fn what_depends_on_who_did_it_waits_where_a_finding_comes_first() {
    const KEYS: &str = "iam.access-keys-made-by-their-users";
    let scene = Scene::enforcing(&[KEYS]).await;
    let id = AccessKeys.create(&scene.world, "found-first").await.unwrap();
    let user = json!({"resource": id, "type": "AWS::IAM::User", "setting": "iam.user-access-keys"});
    assert_eq!(outcomes(&all(&scene, &json!({ "evaluate": user })).await), ["compliant"]);
    let change = scene.violate(&AccessKeys, &id).await;
    let mut item = of_bucket("config-item", &id);
    for (member, value) in
        [("resourceType", "AWS::IAM::User"), ("resourceId", "AIDAEXAMPLE"), ("resourceName", &id)]
    {
        item["detail"]["configurationItem"][member] = json!(value);
    }
    let reports = scene.send(&item, KEYS).await;
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    let because = reports[0]["because"].as_str().unwrap();
    assert!(because.contains("nothing tells who made the change"), "{because}");
    assert!(scene.is_violated(&AccessKeys, &id).await);
    assert_eq!(outcomes(&scene.send(&change, KEYS).await), ["remediated"]);
    assert!(!scene.is_violated(&AccessKeys, &id).await);
}
