//! Each control's life, from the event on the bus to the journal.

use demarc_tests::lives;
use demarc_tests::stack::{Scene, until};
use serde_json::json;

use super::shared;

#[tokio::test]
async fn an_event_on_the_bus_is_put_right_journaled_and_undone_for_each_control() {
    let stack = shared().await;
    // The account's block, which comes first, would cover the buckets.
    for life in lives::all().into_iter().rev() {
        let scene = Scene::violated(&stack, life).await.unwrap();
        stack.put(&scene.event).await.unwrap();
        scene.until_fixed().await.unwrap();
        let plan = scene.plan().await.unwrap().unwrap();
        assert_eq!(plan["stage"], "verified", "{}", scene.control);
        let reports = stack.reports(scene.function).await.unwrap();
        assert!(reports.iter().any(|report| scene.is_fixed_by(report)), "{}", scene.control);

        scene.undo().await.unwrap();
        assert!(scene.is_violated().await.unwrap(), "{}: the undo opens it again", scene.control);
    }
}

#[tokio::test]
async fn what_no_rule_matches_reaches_no_function() {
    let stack = shared().await;
    let passed_over = Scene::violated(&stack, &lives::Versioning).await.unwrap();
    for (member, value) in [("errorCode", json!("AccessDenied")), ("readOnly", json!(true))] {
        let mut event = passed_over.event.clone();
        event["detail"][member] = value;
        stack.put(&event).await.unwrap();
    }
    let seen = Scene::violated(&stack, &lives::Versioning).await.unwrap();
    stack.put(&seen.event).await.unwrap();
    seen.until_fixed().await.unwrap();
    assert!(passed_over.is_violated().await.unwrap());
    let reports = stack.reports("s3").await.unwrap();
    let of = |scene: &Scene<'_>| reports.iter().filter(|r| scene.is_told_by(r)).count();
    assert_eq!((of(&passed_over), of(&seen)), (0, 1));
}

#[tokio::test]
async fn what_the_functions_write_themselves_reaches_no_function() {
    let stack = shared().await;
    let own = Scene::violated(&stack, &lives::Versioning).await.unwrap();
    for deployment in ["remediator", "operator"] {
        let mut event = own.event.clone();
        let issuer = &mut event["detail"]["userIdentity"]["sessionContext"]["sessionIssuer"];
        issuer["arn"] = stack.role_arn("s3", deployment).into();
        stack.put(&event).await.unwrap();
    }
    let seen = Scene::violated(&stack, &lives::Versioning).await.unwrap();
    stack.put(&seen.event).await.unwrap();
    seen.until_fixed().await.unwrap();
    assert!(own.is_violated().await.unwrap());
    let reports = stack.reports("s3").await.unwrap();
    assert!(!reports.iter().any(|report| own.is_told_by(report)));
}

#[tokio::test]
async fn nobody_is_served_whom_iam_does_not_name() {
    let stack = shared().await;
    let request = json!({"plans": {"since": 0}});
    let call = json!({
        "version": "2.0", "rawPath": "/", "headers": {"content-type": "application/json"},
        "requestContext": {"accountId": "123456789012", "http": {"method": "POST", "path": "/"}},
        "body": request.to_string(), "isBase64Encoded": false,
    });
    let answer = stack.api.invoke("demarc-s3-operator", &call).await.unwrap();
    assert_eq!(answer["statusCode"], 403, "{answer}");
}

#[tokio::test]
async fn an_undo_is_no_violation_a_moment_later() {
    let stack = shared().await;
    let scene = Scene::violated(&stack, &lives::AdminPorts).await.unwrap();
    stack.put(&scene.event).await.unwrap();
    scene.until_fixed().await.unwrap();
    scene.undo().await.unwrap();
    stack.put(&scene.event).await.unwrap();
    let skipped = async || {
        let reports = stack.reports("ec2").await?;
        Ok(reports.iter().any(|r| scene.is_about(r) && r["outcome"] == "skipped"))
    };
    until("the exemption is reported", skipped).await.unwrap();
    assert!(scene.is_violated().await.unwrap());
}
