//! Before it closes something, it looks; and it says what closing does not undo.

use aws_sdk_ec2::types::Filter;
use demarc_harness::remediation::controls::find;
use demarc_tests::lives::{AdminPorts, BucketPolicy};
use serde_json::json;

use crate::scene::{Scene, outcomes};

const PORTS: &str = "ec2.security-groups-close-admin-ports";
const POLICY: &str = "s3.policy-grants-no-public-access";

fn waiting_when_used(control: &str) -> String {
    format!(
        "[controls.\"{control}\"]\nmode = \"enforce\"\nceiling = \"disruptive\"\napproval = \"when-used\"\n"
    )
}

async fn configured(control: &str) -> Scene {
    // What is set by hand goes before the document: another control gives the function its mode.
    let other = if control == PORTS { "ec2.vpc-flow-logs-on" } else { "s3.versioning" };
    let scene = Scene::enforcing(&[other]).await;
    scene.stage.configure(&waiting_when_used(control)).await.unwrap();
    scene
}

#[tokio::test]
async fn a_group_that_network_interfaces_have_waits_and_one_without_is_put_right() {
    let scene = configured(PORTS).await;
    let (unused, event) = scene.violated(&AdminPorts, "unused").await;
    let reports = scene.send(&event, PORTS).await;
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    let none = json!({"unused": "no network interface has the group"});
    assert_eq!(reports[0]["plan"]["evidence"], none);
    attach(&scene, &unused).await;
    let event = scene.violate(&AdminPorts, &unused).await;
    scene.clear();
    let reports = scene.send(&event, PORTS).await;
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    assert_eq!(scene.writes(), [""; 0]);
    let used = json!({"used": "a network interface has the group"});
    assert_eq!(reports[0]["plan"]["evidence"], used);
    let because = reports[0]["because"].as_str().unwrap();
    assert!(because.contains("it is in use: a network interface"), "{because}");
    let (_, answer) = scene.ask(json!({"waiting": {}})).await;
    assert_eq!(answer["waiting"][0]["evidence"], used);
    let plan = &reports[0]["plan"]["id"];
    let approve = json!({"approve": {"plan": plan, "reason": "the owner knows"}});
    assert_eq!(scene.ask(approve).await.0, 200);
    assert!(!scene.is_violated(&AdminPorts, &unused).await);
}

#[tokio::test]
async fn a_website_waits() {
    let scene = configured(POLICY).await;
    let (id, event) = scene.violated(&BucketPolicy, "a-website").await;
    let website = aws_sdk_s3::types::WebsiteConfiguration::builder()
        .index_document(
            aws_sdk_s3::types::IndexDocument::builder().suffix("index.html").build().unwrap(),
        )
        .build();
    let call = scene.world.s3.put_bucket_website().bucket(&id).website_configuration(website);
    call.send().await.unwrap();
    let reports = scene.send(&event, POLICY).await;
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    assert!(scene.is_violated(&BucketPolicy, &id).await);
    scene.world.s3.delete_bucket_website().bucket(&id).send().await.unwrap();
    let reports = scene.send(&event, POLICY).await;
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    assert_eq!(reports[0]["plan"]["evidence"], "none-available");
}

/// The remediated say it, and nobody else: what was not closed is not undone either.
#[tokio::test]
async fn threat_26_a_remediation_says_what_it_did_not_undo() {
    let scene = Scene::enforcing(&[PORTS]).await;
    let (id, event) = scene.violated(&AdminPorts, "outlived").await;
    let reports = scene.send(&event, PORTS).await;
    let outlives = find(PORTS).unwrap().meta().outlives;
    assert_eq!(reports[0]["not_undone"], outlives);
    let (_, answer) = scene.ask(json!({"plans": {"since": 0}})).await;
    assert_eq!(answer["plans"][0]["not_undone"], outlives);
    scene.undo_all(&AdminPorts, &id).await;
    let (_, answer) = scene.ask(json!({"plans": {"since": 0}})).await;
    let undo = answer["plans"].as_array().unwrap().iter().find(|p| p["undoes"].is_string());
    assert!(undo.unwrap()["not_undone"].is_null(), "{answer:#}");
    scene.stage.set_mode(PORTS, "observe").await.unwrap();
    let (_, event) = scene.violated(&AdminPorts, "observed").await;
    let reports = scene.send(&event, PORTS).await;
    assert_eq!(outcomes(&reports), ["skipped"]);
    assert!(reports[0]["not_undone"].is_null(), "{reports:#?}");
}

/// Gives a network interface the group.
async fn attach(scene: &Scene, group: &str) {
    let ec2 = &scene.world.ec2;
    let groups = ec2.describe_security_groups().group_ids(group).send().await.unwrap();
    let vpc = groups.security_groups()[0].vpc_id().unwrap();
    let of_vpc = Filter::builder().name("vpc-id").values(vpc).build();
    let subnets = ec2.describe_subnets().filters(of_vpc).send().await.unwrap();
    let subnet = subnets.subnets()[0].subnet_id().unwrap();
    ec2.create_network_interface().subnet_id(subnet).groups(group).send().await.unwrap();
}
