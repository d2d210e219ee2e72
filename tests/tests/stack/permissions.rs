//! Each permission of each role is needed: what a function does without it fails.

use std::collections::BTreeSet;

use demarc_tests::lives;
use demarc_tests::stack::{Role, Stack};

use super::scene::Scene;
use super::{function_of, own};

#[tokio::test]
async fn threat_16_a_remediator_without_any_one_of_its_permissions_fails() {
    let stack = own().await;
    for function in ["s3", "ec2", "rds"] {
        let role = Role::of(&stack, function, "remediator").await.unwrap();
        let mut unnoticed = BTreeSet::new();
        for right in role.rights() {
            if !is_noticed(&stack, &role, function, &right).await {
                unnoticed.insert(right);
            }
        }
        eprintln!("{function}: {unnoticed:?}");
    }
}

async fn is_noticed(stack: &Stack, role: &Role<'_>, function: &str, right: &str) -> bool {
    for life in lives::all() {
        if function_of(life.control()) != function {
            continue;
        }
        let scene = Scene::violated(stack, life).await;
        role.without(right).await.unwrap();
        let answer = stack.invoke(function, &scene.event).await;
        role.restore().await.unwrap();
        let fixed = answer.is_ok_and(|reports| reports.iter().any(|r| scene.is_fixed_by(r)));
        if !fixed {
            return true;
        }
    }
    false
}
