//! What people ask for, and what the operator refuses.

use demarc_tests::{
    lives::{BucketBlock, Versioning},
    stage::{PERSON, send},
};
use serde_json::{Value, json};

use crate::support::{Lived, outcomes};

async fn asked(lived: &Lived, request: &Value) -> (u64, Value) {
    lived.stage.ask(PERSON, request).await.unwrap()
}

#[tokio::test]
async fn threat_01_nobody_is_served_whom_iam_does_not_name() {
    let lived = Lived::start(&Versioning).await;
    let stop = json!({"stop": {"reason": "forged"}}).to_string();
    let url_without_caller = json!({
        "version": "2.0", "headers": {}, "isBase64Encoded": false, "body": stop,
        "requestContext": {"timeEpoch": 0, "http": {"method": "POST"}},
    });
    let empty_caller = json!({
        "version": "2.0", "headers": {}, "isBase64Encoded": false, "body": stop,
        "requestContext": {
            "timeEpoch": 0, "http": {"method": "POST"}, "authorizer": {"iam": {"userArn": ""}},
        },
    });
    let plain = json!({"stop": {"reason": "forged"}});
    for event in [url_without_caller, empty_caller, plain] {
        let answer = lived.stage.operator.handle(event.to_string().as_bytes(), None).await.unwrap();
        assert_eq!(answer["statusCode"], 403, "{answer}");
    }
    lived.stage.set_mode("s3.versioning", "enforce").await.unwrap();
    let event = lived.violate().await;
    lived.remediated(&event).await;
}

#[tokio::test]
async fn a_remediator_takes_no_orders() {
    let lived = Lived::start(&Versioning).await;
    for request in [
        json!({"mode": {"control": "s3.versioning", "mode": "enforce", "reason": "x"}}),
        json!({"undo": {"plan": "01", "reason": "x"}}),
        json!({"stop": {"reason": "x"}}),
    ] {
        let error = send(&lived.stage.remediator, &request).await.unwrap_err();
        assert!(error.to_string().contains("no field"), "{error}");
    }
}

#[tokio::test]
async fn what_is_not_understood_is_refused_with_its_reason() {
    let lived = Lived::start(&Versioning).await;
    for (request, status, words) in [
        (json!({"fly": {}}), 400, "unknown variant"),
        (json!({"undo": {"plan": "01", "reason": " "}}), 409, "a reason is needed"),
        (json!({"undo": {"reason": "x"}}), 409, "name a `plan` or an `incident`"),
        (json!({"undo": {"plan": "01", "reason": "x"}}), 409, "there is no plan"),
        (json!({"undo": {"plan": "01", "reason": "x", "force": true}}), 400, "force"),
        (json!({"mode": {"control": "s3.vers", "mode": "off", "reason": "x"}}), 409, "no control"),
        (
            json!({"mode": {"control": "rds.instances-not-public", "mode": "off", "reason": "x"}}),
            409,
            "belongs to the operator of `rds`",
        ),
        (json!({"mode": {"control": "s3.versioning", "mode": "on", "reason": "x"}}), 400, "on"),
        (json!({"approve": {"plan": "01"}}), 400, "missing field `reason`"),
        (json!({"approve": {"plan": "01", "reason": "x"}}), 409, "no plan `01` waits"),
        (json!({"scan": {"setting": "s3.nothing"}}), 409, "there is no setting"),
    ] {
        let (answered, answer) = asked(&lived, &request).await;
        let message = answer["message"].as_str().unwrap();
        assert_eq!(answered, status, "{request}: {message}");
        assert!(message.contains(words), "{request}: {message}");
    }
}

#[tokio::test]
async fn the_configuration_is_replaced_as_a_whole_or_not_at_all() {
    let lived = Lived::start(&Versioning).await;
    let enforce = "[controls.\"s3.versioning\"]\nmode = \"enforce\"\n";
    let configure = |document: &str, replaces: u64, dry_run: bool| {
        json!({"configure": {
            "document": document, "replaces": replaces, "reason": "a test", "dry_run": dry_run,
        }})
    };
    let (status, _) = asked(&lived, &configure("nonsense = 1", 0, false)).await;
    assert_eq!(status, 409, "an invalid document was taken");
    let (_, checked) = asked(&lived, &configure(enforce, 0, true)).await;
    assert_eq!(checked["valid"], true);
    let (_, shown) = asked(&lived, &json!({"configuration": {}})).await;
    assert_eq!(shown["version"], 0, "a dry run was written");

    let (status, applied) = asked(&lived, &configure(enforce, 0, false)).await;
    assert_eq!((status, &applied["version"]), (200, &json!(1)));
    for stale in [0, 7] {
        let (status, answer) = asked(&lived, &configure("", stale, false)).await;
        assert_eq!(status, 409, "{answer}");
    }
    lived.stage.remediator.pipeline.store.forget();
    let event = lived.violate().await;
    lived.remediated(&event).await;
}

#[tokio::test]
async fn threat_30_an_invalid_stored_configuration_means_observe() {
    let lived = Lived::start(&BucketBlock).await;
    lived.stage.set_mode("s3.block-public-access", "enforce").await.unwrap();
    let table = &lived.stage.deployed.tables["ControlTable"];
    let text = |value: &str| aws_sdk_dynamodb::types::AttributeValue::S(value.to_owned());
    lived
        .cloud
        .dynamodb()
        .put_item()
        .table_name(table)
        .item("pk", text("configuration"))
        .item("sk", text("document"))
        .item("body", text("verison = 1"))
        .send()
        .await
        .unwrap();
    let event = lived.violate().await;
    lived.cloud.proxy().clear_calls();
    let reports = lived.send(&event).await;
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    assert_eq!(lived.writes(), [""; 0]);
    assert!(lived.violated().await);
}
