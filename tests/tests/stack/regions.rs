//! Two regions: what is the whole account's is handled by the home region, once.

use demarc_tests::lives;
use demarc_tests::stack::{EVERYTHING, PERSON, Scene, Stack, deploy};
use serde_json::json;

use super::own;

#[tokio::test]
async fn threat_13_a_setting_of_the_account_is_handled_once_wherever_it_is_changed() {
    let home = own(EVERYTHING).await;
    let away = deploy(&home.emulator, "eu-west-1", &[]).await.unwrap();
    let scene = Scene::violated(&home, &lives::AccountBlock).await.unwrap();
    let before = plans(&home).await;
    away.put(&scene.event).await.unwrap();
    scene.until_fixed().await.unwrap();
    assert_eq!(plans(&home).await, before + 1);
    let reports = away.reports("s3").await.unwrap();
    assert!(!reports.iter().any(|report| scene.is_about(report)), "{reports:?}");
    let reports = home.reports("s3").await.unwrap();
    let event = &scene.event["detail"]["eventID"];
    let fixed = reports.iter().filter(|r| scene.is_fixed_by(r) && &r["incident"] == event);
    assert_eq!(fixed.count(), 1);
}

/// How many plans there are for the account's block.
async fn plans(stack: &Stack) -> usize {
    let request = json!({"plans": {"since": 0, "control": "s3.account-blocks-public-access"}});
    let (status, answer) = stack.ask("s3", PERSON, &request).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    answer["plans"].as_array().unwrap().len()
}
