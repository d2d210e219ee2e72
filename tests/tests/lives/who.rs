//! Controls that ask who made a change: a user's own access keys, and others'.

use demarc_tests::{
    lives::{AccessKeys, Life},
    local::ACCOUNT,
};
use serde_json::{Value, json};

use crate::scene::{Scene, outcomes};

const KEYS: &str = "iam.access-keys-made-by-their-users";

/// A user whose own key is known.
async fn known(scene: &Scene, name: &str) -> String {
    let id = AccessKeys.create(&scene.world, name).await.unwrap();
    let user = json!({"resource": id, "type": "AWS::IAM::User", "setting": "iam.user-access-keys"});
    let reports = scene.stage.send(&json!({ "evaluate": user })).await.unwrap();
    assert_eq!(outcomes(&reports), ["compliant"]);
    id
}

/// The event as the user itself would have caused it; it names the key that it made.
fn by_itself(mut event: Value, user: &str, made: &str) -> Value {
    event["detail"]["userIdentity"] = json!({
        "type": "IAMUser", "accountId": ACCOUNT, "userName": user,
        "arn": format!("arn:aws:iam::{ACCOUNT}:user/{user}"), "principalId": "AIDAEXAMPLE",
    });
    event["detail"]["requestParameters"] = Value::Null;
    event["detail"]["responseElements"]["accessKey"]["accessKeyId"] = json!(made);
    event
}

async fn newest(scene: &Scene, user: &str) -> String {
    let answer = scene.world.iam.list_access_keys().user_name(user).send().await.unwrap();
    let newest = answer.access_key_metadata().iter().max_by_key(|key| key.create_date().copied());
    newest.and_then(|key| key.access_key_id()).unwrap().to_owned()
}

#[tokio::test]
async fn a_key_that_a_user_makes_for_itself_stays() {
    let scene = Scene::enforcing(&[KEYS]).await;
    let id = known(&scene, "its-own").await;
    let event = scene.violate(&AccessKeys, &id).await;
    let own = by_itself(event, &id, &newest(&scene, &id).await);
    let reports = scene.send(&own, KEYS).await;
    assert_eq!(outcomes(&reports), ["compliant"], "{reports:#?}");
    assert!(scene.is_violated(&AccessKeys, &id).await, "the second key is active");
}

/// Whoever made a key for the user acts as the user with it, and an event of the user follows.
#[tokio::test]
async fn a_key_of_somebody_elses_is_not_made_good_by_what_is_done_with_it() {
    let scene = Scene::enforcing(&[KEYS]).await;
    let id = known(&scene, "taken-over").await;
    let event = scene.violate(&AccessKeys, &id).await;
    let reports = scene.send(&by_itself(event, &id, "AKIAANOTHER"), KEYS).await;
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    assert!(!scene.is_violated(&AccessKeys, &id).await);
}
