//! Each permission of each role is needed: what a function does without it fails.

use std::collections::BTreeSet;

use demarc_harness::remediation::{
    control::Meta,
    controls::find,
    setting::{Call, SettingMeta},
};
use demarc_tests::lives::{self, Life};
use demarc_tests::local::ACCOUNT;
use demarc_tests::stack::{EVERYTHING, PERSON, Role, Scene, Stack, setting_of};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::own;

/// The functions by the stack that they are tried in: two at once take half the time.
const STACKS: [&[&str]; 2] = [&["iam", "rds"], &["ec2", "s3"]];

/// What may go unnoticed here, with the reason. That it is granted as declared, the other tests of
/// the roles tell.
const UNNOTICED: &[(&str, &str)] = &[
    ("dynamodb:GetItem", "a sandbox remembers the configuration for a minute"),
    ("ec2:GetManagedPrefixListEntries", "no rule of these lives names a prefix list"),
    ("logs:CreateLogDelivery", "the emulator does not ask for it"),
    ("logs:CreateLogStream", "the emulator writes the logs itself"),
    ("logs:DeleteLogDelivery", "the emulator does not ask for it"),
    ("logs:PutLogEvents", "the emulator writes the logs itself"),
    ("iam:PassRole", "the emulator does not ask for it"),
    ("s3:DeleteBucketPolicy", "what is left of a policy refuses requests without TLS"),
    ("sqs:DeleteMessage", "the emulator empties the queues itself"),
    ("sqs:GetQueueAttributes", "the emulator empties the queues itself"),
    ("sqs:ReceiveMessage", "the emulator empties the queues itself"),
];

fn is_excused(right: &str) -> bool {
    UNNOTICED.iter().any(|(unnoticed, _)| *unnoticed == right)
}

#[tokio::test]
async fn threat_16_a_remediator_that_lacks_any_one_permission_fails() {
    join_all(STACKS.map(remediators_need_each_permission)).await;
}

async fn remediators_need_each_permission(functions: &[&str]) {
    let stack = own(EVERYTHING).await;
    for function in functions {
        let role = Role::of(&stack, function, "remediator").await.unwrap();
        assert!(!remediator_fails(&stack, &role, function, "nothing").await, "{function}");
        for right in role.rights().iter().filter(|right| !is_excused(right)) {
            let noticed = remediator_fails(&stack, &role, function, right).await;
            assert!(noticed, "{function} does without {right}");
        }
    }
}

/// Whether any life ends otherwise without an action than with it.
async fn remediator_fails(stack: &Stack, role: &Role<'_>, function: &str, right: &str) -> bool {
    let lists = |life: &&dyn Life| has(meta_of(*life).setting.lists, right);
    let is_listing = lives_of(function, right).iter().any(lists);
    if is_listing && sweep_fails(stack, role, function, right).await {
        return true;
    }
    for life in lives_of(function, right) {
        let scene = violated(stack, life).await;
        role.without(right).await.unwrap();
        let reports = stack.invoke(function, &scene.event).await;
        role.restore().await.unwrap();
        if !reports.is_ok_and(|reports| reports.iter().any(|r| scene.is_fixed_by(r))) {
            return true;
        }
    }
    sweep_fails(stack, role, function, right).await
}

async fn sweep_fails(stack: &Stack, role: &Role<'_>, function: &str, right: &str) -> bool {
    let mut requests = vec![json!({"settle": {}})];
    let lives = lives_of(function, right);
    let settings: BTreeSet<_> = lives.iter().map(|life| meta_of(*life).setting.id).collect();
    requests.extend(settings.iter().map(|setting| json!({"sweep": {"setting": setting}})));
    role.without(right).await.unwrap();
    let mut failed = false;
    for request in &requests {
        failed |= stack.invoke(function, request).await.is_err();
    }
    role.restore().await.unwrap();
    failed
}

#[tokio::test]
async fn threat_16_an_operator_that_lacks_any_one_permission_fails() {
    join_all(STACKS.map(operators_need_each_permission)).await;
}

async fn operators_need_each_permission(functions: &[&str]) {
    let stack = own(&EVERYTHING.replace("enforce", "approve")).await;
    for function in functions {
        let role = Role::of(&stack, function, "operator").await.unwrap();
        assert_eq!(operator_fails(&stack, &role, function, "nothing").await, None, "{function}");
        for right in role.rights().iter().filter(|right| !is_excused(right)) {
            let refused = operator_fails(&stack, &role, function, right).await;
            // Only the account's block has something looked at again by a message.
            let is_idle = *function != "s3" && right == "sqs:SendMessage";
            assert!(is_idle || refused.is_some(), "{function} does without {right}");
        }
    }
}

/// What an operator does not do without an action, of everything that it is asked for.
async fn operator_fails(
    stack: &Stack,
    role: &Role<'_>,
    function: &str,
    right: &str,
) -> Option<Value> {
    for life in lives_of(function, right) {
        let scene = violated(stack, life).await;
        if find(life.control()).unwrap().only_advises() {
            // Nothing waits: the operator looks at it in a scan.
            role.without(right).await.unwrap();
            let refused = unread(stack, &scene).await;
            role.restore().await.unwrap();
            if refused.is_some() {
                return refused;
            }
            continue;
        }
        let reports = stack.invoke(function, &scene.event).await.unwrap();
        let waiting = reports.iter().find(|report| scene.is_about(report));
        let plan = &waiting.unwrap()["plan"]["id"];
        role.without(right).await.unwrap();
        let refused = refusal(stack, &scene, plan).await;
        role.restore().await.unwrap();
        if refused.is_some() {
            return refused;
        }
        assert!(scene.is_violated().await.unwrap(), "{}: undone", scene.control);
    }
    None
}

/// Has a plan approved and undone, and the rest asked for; gives the first answer that is none.
async fn refusal(stack: &Stack, scene: &Scene<'_>, plan: &Value) -> Option<Value> {
    let ask = async |request: Value| {
        let (status, answer) = stack.ask(scene.function, PERSON, &request).await.unwrap();
        if status == 200 { Ok(answer) } else { Err(answer) }
    };
    let asked = async {
        let approved = ask(json!({"approve": {"plan": plan, "reason": "a test"}})).await?;
        let plan = &approved["reports"][0]["plan"]["id"];
        ask(json!({"undo": {"plan": plan, "reason": "a test"}})).await?;
        ask(json!({"stop": {"reason": "a test"}})).await?;
        ask(json!({"resume": {"reason": "a test"}})).await?;
        ask(json!({"waiting": {}})).await?;
        ask(json!({"plans": {"since": scene.since}})).await?;
        // Last, as it reads what all the scenes before left.
        ask(json!({"scan": {"setting": setting_of(scene.control).unwrap().id}})).await
    };
    asked.await.err()
}

/// What a scan of the setting says of the first resource that it cannot read.
async fn unread(stack: &Stack, scene: &Scene<'_>) -> Option<Value> {
    let scan = json!({"scan": {"setting": setting_of(scene.control).unwrap().id}});
    let (status, answer) = stack.ask(scene.function, PERSON, &scan).await.unwrap();
    let reports = answer["reports"].as_array().cloned().unwrap_or_default();
    let failed = reports.into_iter().find(|report| report["outcome"] == "failed");
    if status == 200 { failed } else { Some(answer) }
}

/// The lives of a function's controls, those first that need the action; of each the account's block
/// comes last, as it covers the buckets.
fn lives_of(function: &str, right: &str) -> Vec<&'static dyn Life> {
    let mut lives: Vec<&dyn Life> =
        lives::all().into_iter().rev().chain(lives::advised()).collect();
    lives.retain(|life| meta_of(*life).setting.function == function);
    lives.sort_by_key(|life| {
        let meta = meta_of(*life);
        let settings = std::iter::once(meta.setting).chain(meta.besides());
        let mut calls = settings.flat_map(SettingMeta::calls);
        !calls.any(|call| has(std::slice::from_ref(call), right))
    });
    lives
}

fn meta_of(life: &dyn Life) -> &'static Meta {
    find(life.control()).unwrap().meta()
}

fn has(calls: &[Call], right: &str) -> bool {
    calls.iter().flat_map(|call| call.permissions).any(|permission| permission.action == right)
}

async fn violated<'a>(stack: &'a Stack, life: &'a dyn Life) -> Scene<'a> {
    let block = stack.world.s3control.delete_public_access_block();
    block.account_id(ACCOUNT).send().await.unwrap();
    Scene::violated(stack, life).await.unwrap()
}
