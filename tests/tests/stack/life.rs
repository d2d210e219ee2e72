//! Each control's life, from the event on the bus to the journal.

use demarc_tests::lives;
use demarc_tests::stack::{Scene, Stack, until};
use serde_json::{Value, json};

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
async fn an_event_on_the_bus_is_answered_with_advice_where_nothing_can_be_put_right() {
    let stack = shared().await;
    for life in lives::advised() {
        let scene = Scene::violated(&stack, life).await.unwrap();
        stack.put(&scene.event).await.unwrap();
        let is_told = async || {
            let reports = stack.reports(scene.function).await?;
            Ok(reports.iter().any(|report| scene.is_fixed_by(report)))
        };
        until(scene.control, is_told).await.unwrap();
        assert!(scene.is_violated().await.unwrap(), "{}", scene.control);
        assert_eq!(scene.plan().await.unwrap(), None, "{}", scene.control);
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
    let of = |scene: &Scene<'_>| {
        let own = reports.iter().filter(|report| report["control"] == scene.control);
        own.filter(|report| scene.is_told_by(report)).count()
    };
    assert_eq!((of(&passed_over), of(&seen)), (0, 1));
}

/// The event of a change, as if the function's own role had made it.
fn under_our_role(stack: &Stack, scene: &Scene<'_>, deployment: &str) -> Value {
    let mut event = scene.event.clone();
    let issuer = &mut event["detail"]["userIdentity"]["sessionContext"]["sessionIssuer"];
    issuer["arn"] = stack.role_arn("s3", deployment).into();
    event["detail"]["eventID"] = json!(format!("{deployment}-{}", scene.id));
    event
}

/// Somebody else has a session of our role: nothing is put right because of it, and it is told.
#[tokio::test]
async fn threat_04_a_write_under_demarcs_roles_that_it_did_not_make_is_told() {
    let stack = shared().await;
    let own = Scene::violated(&stack, &lives::Versioning).await.unwrap();
    for deployment in ["remediator", "operator"] {
        let event = under_our_role(&stack, &own, deployment);
        stack.put(&event).await.unwrap();
        let told = async || {
            let reports = stack.reports("s3").await?;
            Ok(reports.iter().any(|r| {
                r["incident"] == event["detail"]["eventID"] && r["alert"] == "foreign-write"
            }))
        };
        until("the foreign write is told", told).await.unwrap();
    }
    assert!(own.is_violated().await.unwrap());
}

#[tokio::test]
async fn threat_04_a_write_that_demarc_made_itself_is_told_from_anothers() {
    let stack = shared().await;
    let scene = Scene::violated(&stack, &lives::Versioning).await.unwrap();
    stack.put(&scene.event).await.unwrap();
    scene.until_fixed().await.unwrap();
    let event = under_our_role(&stack, &scene, "remediator");
    let answer = stack.invoke("s3", &event).await.unwrap();
    assert_eq!(answer[0]["outcome"], "ignored", "{answer:#?}");
    assert!(answer[0]["because"].as_str().unwrap().contains("claimed at"), "{answer:#?}");
}

#[tokio::test]
async fn threat_15_a_rule_that_is_disabled_is_told_with_the_command_that_enables_it() {
    let stack = shared().await;
    let event = json!({
        "source": "aws.events",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {
            "eventVersion": "1.08", "eventSource": "events.amazonaws.com",
            "eventName": "DisableRule", "eventID": "a-disabled-rule", "readOnly": false,
            "eventTime": "2026-03-02T09:06:00Z", "awsRegion": "us-east-1",
            "recipientAccountId": "123456789012",
            "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/mallory"},
            "requestParameters": {"name": "demarc-s3"},
        },
    });
    stack.put(&event).await.unwrap();
    let told = async || {
        let reports = stack.reports("s3").await?;
        let report = reports.iter().find(|r| r["incident"] == "a-disabled-rule");
        Ok(report.is_some_and(|r| {
            let because = r["because"].as_str().unwrap_or_default();
            r["alert"] == "tampering" && because.contains("aws events enable-rule --name demarc-s3")
        }))
    };
    until("the disabled rule is told", told).await.unwrap();
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
