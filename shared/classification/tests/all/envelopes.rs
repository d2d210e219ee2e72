//! The wrappers in which an event arrives.

use crate::{change, code, envelope, merge, one, read, record, rejection, without};
use demarc_classification::{Input, MAX_BYTES, Other, Payload, RejectionCode, inputs, payload};
use serde_json::{Value, json};

fn event() -> Value {
    envelope(
        record("s3", "PutBucketPolicy", json!({"requestParameters": {"bucketName": "b"}})),
        json!({}),
    )
}

fn other(value: &Value) -> Other {
    match one(value) {
        Ok(Input::Other(other)) => other,
        found => panic!("{value} is {found:?}"),
    }
}

fn batch(value: &Value) -> Option<Vec<demarc_classification::BatchMessage>> {
    match payload(value.to_string().as_bytes()) {
        Ok(Payload::Batch(messages)) => Some(messages),
        _ => None,
    }
}

#[test]
fn an_sqs_batch() {
    let records = json!({"Records": [
        {
            "messageId": "m-1", "body": event().to_string(), "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": "3"},
            "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:demarc"
        },
        {"messageId": "m-2", "body": "not json", "eventSource": "aws:sqs"},
        {"body": {"settle": {}}, "eventSource": "aws:sqs"}
    ]});
    let messages = batch(&records).unwrap();
    assert_eq!((messages[0].id.as_str(), messages[0].receive_count), ("m-1", 3));
    assert_eq!(
        messages[0].source_arn.as_deref(),
        Some("arn:aws:sqs:eu-west-1:123456789012:demarc")
    );
    assert!(matches!(inputs(messages[0].body.as_bytes())[0], Ok(Input::Change(_))));
    assert_eq!((messages[1].receive_count, messages[1].source_arn.clone()), (1, None));
    assert_eq!(
        inputs(messages[1].body.as_bytes())[0].as_ref().unwrap_err().code,
        RejectionCode::NotJson
    );
    assert_eq!(messages[2].id, "");
    assert!(matches!(inputs(messages[2].body.as_bytes())[0], Ok(Input::Request(_))));
    // The same batch, read as a body: one bad message spoils nothing.
    let found = read(&records);
    assert_eq!(found.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(found[1].as_ref().unwrap_err().pointer, "/Records/1/body");
}

#[test]
fn other_lists_are_no_batch() {
    for value in [
        json!({"Records": []}),
        json!({"Records": null}),
        json!({"Records": [{"eventSource": "aws:s3"}]}),
        event(),
    ] {
        assert!(batch(&value).is_none(), "{value}");
    }
}

#[test]
fn both_wrappers_of_sns() {
    let subscription =
        json!({"Type": "Notification", "MessageId": "n", "Message": event().to_string()});
    assert_eq!(change(&subscription).name, "PutBucketPolicy");
    let lambda =
        json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": event().to_string()}}]});
    assert_eq!(change(&lambda).name, "PutBucketPolicy");
    let queue = json!({"Records": [{"eventSource": "aws:sqs", "body": subscription.to_string()}]});
    assert_eq!(change(&queue).name, "PutBucketPolicy");
    let text = json!({"Type": "Notification", "Message": "hello"});
    assert_eq!(rejection(&text).pointer, "/Message");
}

#[test]
fn log_files_and_lists() {
    let records = json!([
        record("s3", "PutBucketAcl", json!({})),
        1,
        record("s3", "PutBucketPolicy", json!({}))
    ]);
    for (value, at) in [(json!({"Records": records}), "/Records/1"), (records, "/1")] {
        let found = read(&value);
        assert_eq!(found.len(), 3);
        assert_eq!(found[1].as_ref().unwrap_err().pointer, at);
        assert!(matches!(&found[2], Ok(Input::Change(change)) if change.name == "PutBucketPolicy"));
    }
}

#[test]
fn a_missing_detail_type_is_no_error() {
    assert_eq!(change(&without(event(), "detail-type")).name, "PutBucketPolicy");
    assert_eq!(change(&without(event(), "source")).name, "PutBucketPolicy");
    assert_eq!(change(&without(event(), "account")).account, "123456789012");
}

#[test]
fn a_detail_as_text() {
    let scheduled = json!({"id": "1", "source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": "{}"});
    assert!(matches!(one(&scheduled), Ok(Input::Finding(_))));
    let mut text = event();
    merge(&mut text, json!({"detail": event()["detail"].to_string()}));
    assert_eq!(change(&text).name, "PutBucketPolicy");
    merge(&mut text, json!({"detail": "{broken"}));
    assert_eq!(code(&text), RejectionCode::NotJson);
    merge(&mut text, json!({"detail": null}));
    assert!(matches!(one(&text), Ok(Input::Other(_))));
}

#[test]
fn cloudtrail_of_another_source_is_not_believed() {
    let mut forged = event();
    for source in ["com.example", "aws", "awsx.s3", "acme.aws.s3"] {
        merge(&mut forged, json!({ "source": source }));
        assert_eq!(other(&forged).source, source);
        assert!(!other(&forged).genuine);
    }
}

#[test]
fn a_record_without_its_call_is_incomplete() {
    let mut broken = event();
    merge(&mut broken, json!({"detail": without(event()["detail"].clone(), "eventName")}));
    let refused = rejection(&broken);
    assert_eq!(
        (refused.code, refused.pointer.as_str()),
        (RejectionCode::Incomplete, "/detail/eventName")
    );
}

#[test]
fn insights_are_no_changes() {
    let insight = json!({"source": "aws.cloudtrail", "detail-type": "AWS Insight via CloudTrail", "detail": {"eventType": "AwsCloudTrailInsight"}});
    assert_eq!(other(&insight).detail_type, "AWS Insight via CloudTrail");
    let bare = record("ec2", "RunInstances", json!({"eventType": "AwsCloudTrailInsight"}));
    assert_eq!(other(&bare).account, "123456789012");
}

#[test]
fn events_that_tell_of_no_setting() {
    let finding = json!({"id": "1", "source": "aws.ec2", "detail-type": "EC2 Instance State-change Notification", "account": "1", "region": "r", "detail": {"state": "running"}});
    let expected = Other {
        id: "1".into(),
        source: "aws.ec2".into(),
        detail_type: "EC2 Instance State-change Notification".into(),
        account: "1".into(),
        region: "r".into(),
        resources: Vec::new(),
        genuine: true,
    };
    assert_eq!(other(&finding), expected);
    let notification = json!({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "awsRegion": "eu-west-1"}]});
    assert_eq!(other(&notification).source, "aws:s3");
}

#[test]
fn what_is_no_event() {
    for value in [
        json!(null),
        json!(1),
        json!("x"),
        json!({}),
        json!([]),
        json!({"a": 1, "b": 2}),
        json!({"Records": []}),
        json!({"Records": null}),
        json!({"detail": {}}),
    ] {
        let code = code(&value);
        assert!(
            matches!(code, RejectionCode::NotAnEvent | RejectionCode::UnknownRequest),
            "{value} {code}"
        );
    }
    assert!(payload(b"").is_err());
    assert_eq!(inputs(b"")[0].as_ref().unwrap_err().code, RejectionCode::NotJson);
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let body = format!("\u{feff}{}", event());
    assert!(inputs(body.as_bytes())[0].is_ok());
}

#[test]
fn too_large() {
    let body = vec![b' '; MAX_BYTES + 1];
    assert_eq!(payload(&body).unwrap_err().code, RejectionCode::TooLarge);
    assert_eq!(inputs(&body)[0].as_ref().unwrap_err().code, RejectionCode::TooLarge);
}
