//! What a change is about: by the table of calls, else by what CloudTrail names.

use crate::{change, record};
use serde_json::{Value, json};

#[test]
fn a_change_names_its_resources() {
    let named = |service: &str, name: &str, over: Value| -> Vec<String> {
        let resources = change(&record(service, name, over)).resources();
        resources.iter().map(|r| format!("{}|{}", r.kind, r.id)).collect()
    };
    let cases = [
        (
            "s3",
            "PutBucketPolicy",
            json!({"requestParameters": {"bucketName": "b"}}),
            "AWS::S3::Bucket|b",
        ),
        ("s3", "PutAccountPublicAccessBlock", json!({}), "AWS::::Account|123456789012"),
        (
            "ec2",
            "CreateSecurityGroup",
            json!({"responseElements": {"groupId": "sg-1"}}),
            "AWS::EC2::SecurityGroup|sg-1",
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({"requestParameters": {"functionName": "arn:aws:lambda:eu-west-1:123456789012:function:f"}}),
            "AWS::Lambda::Function|f",
        ),
        (
            "kms",
            "ScheduleKeyDeletion",
            json!({"requestParameters": {"keyId": "arn:aws:kms:eu-west-1:123456789012:key/k"}}),
            "AWS::KMS::Key|k",
        ),
    ];
    for (service, name, over, expected) in cases {
        assert_eq!(named(service, name, over), [expected], "{name}");
    }
    assert!(named("quantum", "PutThing", json!({})).is_empty());
}

// Threat 17: a caller pads the parameters until CloudTrail leaves them out.
#[test]
fn what_cloudtrail_names_itself_is_left_when_parameters_are_omitted() {
    let over = json!({
        "requestParameters": {"omitted": true, "originalSize": 120_000},
        "resources": [
            {"ARN": "arn:aws:s3:::b", "accountId": "123456789012", "type": "AWS::S3::Bucket"},
            {"ARN": "arn:aws:s3:::b/key", "type": "AWS::S3::Object"},
        ],
    });
    let padded = change(&record("s3", "PutBucketPolicy", over));
    assert!(padded.omitted);
    let kinds: Vec<String> =
        padded.resources().iter().map(|r| format!("{}|{}|{}", r.kind, r.id, r.account)).collect();
    assert_eq!(kinds[0], "AWS::S3::Bucket|b|123456789012");
}
