//! Several controls on one setting: one reading, one write, a delta each.

use async_trait::async_trait;
use demarc_tests::{
    Fault,
    lives::{BucketPolicy, Life, World},
};
use serde_json::{Value, json};

use crate::scene::{Scene, only, outcomes};

const POLICY: &str = "s3.policy-grants-no-public-access";
const TLS: &str = "s3.requires-tls";

/// A bucket's policy that violates both of its controls.
pub struct BothPolicies;

impl BothPolicies {
    async fn put(world: &World, id: &str, statements: &[Value]) -> Result<(), Fault> {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        world.s3.put_bucket_policy().bucket(id).policy(policy.to_string()).send().await?;
        Ok(())
    }

    pub async fn policy(world: &World, id: &str) -> Value {
        let Ok(answer) = world.s3.get_bucket_policy().bucket(id).send().await else {
            return Value::Null;
        };
        serde_json::from_str(answer.policy().unwrap()).unwrap()
    }

    fn statement(sid: &str, principal: &str, id: &str) -> Value {
        let resource = format!("arn:aws:s3:::{id}/{sid}/*");
        json!({
            "Sid": sid, "Effect": "Allow", "Principal": {"AWS": principal},
            "Action": "s3:GetObject", "Resource": resource,
        })
    }
}

const FRIEND: &str = "arn:aws:iam::111122223333:root";

#[async_trait]
impl Life for BothPolicies {
    fn control(&self) -> &'static str {
        POLICY
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        BucketPolicy.create(world, name).await
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        let who = [("First", FRIEND), ("Website", "*"), ("Last", FRIEND)];
        let all = who.map(|(sid, principal)| Self::statement(sid, principal, id));
        Self::put(world, id, &all).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let policy = Self::policy(world, id).await.to_string();
        Ok(policy.contains("Website") || !policy.contains("aws:SecureTransport"))
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(Self::policy(world, id).await)
    }

    fn sample(&self) -> &'static str {
        BucketPolicy.sample()
    }

    fn sample_id(&self) -> &'static str {
        BucketPolicy.sample_id()
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        BucketPolicy.change_beside(world, id).await
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        BucketPolicy.has_change_beside(world, id).await
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        BucketPolicy.touch(world, id).await
    }
}

/// The id of one control's plan.
fn plan_of(reports: &[Value], control: &str) -> String {
    let reports = only(reports.to_vec(), control);
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    reports[0]["plan"]["id"].as_str().unwrap().to_owned()
}

/// The element ids of a report's delta.
fn elements(report: &Value) -> Vec<String> {
    let delta = report["plan"]["delta"].as_array().unwrap();
    delta.iter().map(|edit| edit["id"].as_str().unwrap().to_owned()).collect()
}

async fn succeeds(scene: &Scene, plan: &str) {
    let (status, answer) = scene.undo(plan).await;
    assert_eq!(status, 200, "{answer:#}");
}

/// Asserts that an undo is refused, and that the refusal names another plan.
async fn refused_for(scene: &Scene, plan: &str, other: &str) {
    scene.clear();
    let (status, answer) = scene.undo(plan).await;
    assert_eq!(status, 409, "{answer:#}");
    let message = answer["message"].as_str().unwrap();
    assert!(message.contains(other), "`{other}` is not named: {message}");
    assert_eq!(scene.writes(), [""; 0]);
}

#[tokio::test]
async fn threat_08_two_controls_of_one_setting_are_written_once_and_undone_alone_in_any_order() {
    let scene = Scene::enforcing(&[POLICY, TLS]).await;
    for (number, order) in [[POLICY, TLS], [TLS, POLICY]].into_iter().enumerate() {
        let (id, event) = scene.violated(&BothPolicies, &format!("folded-{number}")).await;
        let original = scene.snapshot(&BothPolicies, &id).await;
        scene.clear();
        let reports = scene.stage.send(&event).await.unwrap();
        assert_eq!(scene.writes(), ["s3:PutBucketPolicy"], "two controls, one write");
        assert!(!scene.is_violated(&BothPolicies, &id).await);
        for control in order {
            succeeds(&scene, &plan_of(&reports, control)).await;
        }
        assert_eq!(scene.snapshot(&BothPolicies, &id).await, original);
    }
}

#[tokio::test]
async fn an_incident_is_undone_as_a_whole() {
    let scene = Scene::enforcing(&[POLICY, TLS]).await;
    let (id, event) = scene.violated(&BothPolicies, "incident").await;
    let original = scene.snapshot(&BothPolicies, &id).await;
    let reports = scene.stage.send(&event).await.unwrap();
    let incident = &reports[0]["incident"];
    let (status, answer) =
        scene.ask(json!({"undo": {"incident": incident, "reason": "it was meant"}})).await;
    assert_eq!(status, 200, "{answer:#}");
    let undone = answer["undone"].as_array().unwrap();
    let controls: Vec<&str> = undone.iter().map(|u| u["control"].as_str().unwrap()).collect();
    assert_eq!(controls, [TLS, POLICY], "not in reverse");
    assert_eq!(scene.snapshot(&BothPolicies, &id).await, original);
    let (status, _) = scene.ask(json!({"undo": {"incident": incident, "reason": "again"}})).await;
    assert_eq!(status, 409, "undone twice");
}

#[tokio::test]
async fn a_control_in_observe_never_reaches_the_write_of_another() {
    for (enforced, observed) in [(POLICY, TLS), (TLS, POLICY)] {
        let scene = Scene::enforcing(&[enforced]).await;
        let (id, event) = scene.violated(&BothPolicies, "one-observed").await;
        let reports = scene.stage.send(&event).await.unwrap();
        plan_of(&reports, enforced);
        let skipped = only(reports, observed);
        assert_eq!(outcomes(&skipped), ["skipped"], "{skipped:#?}");
        assert_eq!(elements(&skipped[0]).len(), 1, "{skipped:#?}");
        let policy = scene.snapshot(&BothPolicies, &id).await.to_string();
        assert_eq!(policy.contains("Website"), observed == POLICY, "{policy}");
        assert_eq!(policy.contains("aws:SecureTransport"), observed == POLICY, "{policy}");
    }
}

#[tokio::test]
async fn plans_that_share_an_element_are_undone_only_in_reverse() {
    let scene = Scene::enforcing(&[POLICY]).await;
    let (id, event) = scene.violated(&BucketPolicy, "shared").await;
    let original = scene.snapshot(&BucketPolicy, &id).await;
    let first = plan_of(&scene.stage.send(&event).await.unwrap(), POLICY);
    let event = scene.violate(&BucketPolicy, &id).await;
    let second = plan_of(&scene.stage.send(&event).await.unwrap(), POLICY);
    refused_for(&scene, &first, &second).await;
    assert!(!scene.is_violated(&BucketPolicy, &id).await);
    succeeds(&scene, &second).await;
    assert_eq!(scene.snapshot(&BucketPolicy, &id).await, original);
}

#[tokio::test]
async fn a_plan_that_was_undone_already_is_not_named_as_standing_in_the_way() {
    let scene = Scene::enforcing(&[POLICY]).await;
    let (id, event) = scene.violated(&BucketPolicy, "named").await;
    let first = plan_of(&scene.stage.send(&event).await.unwrap(), POLICY);
    let event = scene.violate(&BucketPolicy, &id).await;
    let second = plan_of(&scene.stage.send(&event).await.unwrap(), POLICY);
    succeeds(&scene, &second).await;
    // The statement is back: there is nothing of the first plan's to take back.
    let (status, answer) = scene.undo(&first).await;
    assert_eq!(status, 409, "{answer:#}");
    let message = answer["message"].as_str().unwrap();
    assert!(!message.contains(&second), "names a plan that was undone: {message}");
}

#[tokio::test]
async fn a_policy_whose_only_statement_is_public_is_deleted_and_comes_back() {
    for controls in [&[POLICY][..], &[POLICY, TLS][..]] {
        let scene = Scene::enforcing(controls).await;
        let id = BucketPolicy.create(&scene.world, "only-public").await.unwrap();
        let public = BothPolicies::statement("Website", "*", &id);
        BothPolicies::put(&scene.world, &id, &[public]).await.unwrap();
        let original = BothPolicies::policy(&scene.world, &id).await;
        scene.clear();
        let reports = scene.stage.send(&scene.event(&BucketPolicy, &id)).await.unwrap();
        let plan = plan_of(&reports, POLICY);
        match controls.len() {
            1 => {
                assert_eq!(scene.writes(), ["s3:DeleteBucketPolicy"]);
                assert_eq!(BothPolicies::policy(&scene.world, &id).await, Value::Null);
            }
            _ => {
                assert_eq!(scene.writes(), ["s3:PutBucketPolicy"]);
                succeeds(&scene, &plan_of(&reports, TLS)).await;
            }
        }
        succeeds(&scene, &plan).await;
        assert_eq!(BothPolicies::policy(&scene.world, &id).await, original);
    }
}

#[tokio::test]
async fn a_dry_run_of_an_undo_writes_nothing() {
    let scene = Scene::enforcing(&[POLICY, TLS]).await;
    let (id, event) = scene.violated(&BothPolicies, "dry-run").await;
    let reports = scene.stage.send(&event).await.unwrap();
    let good = scene.snapshot(&BothPolicies, &id).await;
    let plan = plan_of(&reports, POLICY);
    for what in [("plan", json!(plan)), ("incident", reports[0]["incident"].clone())] {
        scene.clear();
        let mut undo = json!({"reason": "only to see", "dry_run": true});
        undo[what.0] = what.1;
        let (status, answer) = scene.ask(json!({"undo": undo})).await;
        assert_eq!(status, 200, "{answer:#}");
        assert!(!answer["undone"][0]["delta"].as_array().unwrap().is_empty());
        let calls = scene.cloud.proxy().operations();
        assert_eq!(scene.writes(), [""; 0]);
        assert!(!calls.iter().any(|c| c == "dynamodb:TransactWriteItems"), "{calls:?}");
    }
    assert_eq!(scene.snapshot(&BothPolicies, &id).await, good);
    assert_eq!(scene.in_force(&BothPolicies, &id).await.len(), 2);
}

#[tokio::test]
async fn whoever_made_the_violation_does_not_undo_its_remediation() {
    let user = json!({
        "type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/mallory",
        "accountId": "123456789012", "principalId": "AIDAEXAMPLE", "userName": "mallory",
    });
    let scene = Scene::enforcing(&[POLICY]).await;
    // The sample's own actor is a session of the role `example-developer`.
    let cases = [
        (None, "arn:aws:sts::123456789012:assumed-role/example-developer/alice"),
        (None, "arn:aws:sts::123456789012:assumed-role/example-developer/another-name"),
        (Some(user), "arn:aws:iam::123456789012:user/mallory"),
    ];
    for (number, (identity, caller)) in cases.into_iter().enumerate() {
        let (id, mut event) = scene.violated(&BucketPolicy, &format!("actor-{number}")).await;
        if let Some(identity) = identity {
            event["detail"]["userIdentity"] = identity;
        }
        let plan = plan_of(&scene.stage.send(&event).await.unwrap(), POLICY);
        let undo = json!({"undo": {"plan": plan, "reason": "mine"}});
        scene.clear();
        let (status, answer) = scene.stage.ask(caller, &undo).await.unwrap();
        assert_eq!(status, 409, "{answer:#}");
        assert!(answer["message"].as_str().unwrap().contains("somebody else"), "{answer:#}");
        assert_eq!(scene.writes(), [""; 0]);
        assert!(!scene.is_violated(&BucketPolicy, &id).await);
        succeeds(&scene, &plan).await;
    }
}
