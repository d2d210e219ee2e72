//! Hostile sizes: each ends in a clear rejection or a right answer, and none takes longer than in
//! proportion to its length.

use std::time::Duration;

use crate::checks::survive;
use demarc_classification::{Input, MAX_BYTES, RejectionCode};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

fn record(parameters: Value) -> Value {
    json!({
        "eventSource": "s3.amazonaws.com", "eventName": "PutBucketPolicy", "readOnly": false,
        "recipientAccountId": "123456789012", "requestParameters": parameters,
    })
}

/// A body of about that many bytes.
type Body = fn(usize) -> String;

const BODIES: &[(&str, Body)] = &[
    ("small records", |bytes| {
        let one = record(json!({"bucketName": "b"})).to_string();
        format!("[{}{one}]", format!("{one},").repeat(bytes / (one.len() + 1)))
    }),
    ("members of one object", |bytes| {
        let members = (0..bytes / 14).map(|n| (format!("{n:08}"), json!(1)));
        record(Value::Object(members.collect())).to_string()
    }),
    ("names that differ only in capitals", |bytes| {
        let name = |n: usize| -> String {
            let letter =
                |(at, c): (usize, char)| if n >> at & 1 == 1 { c.to_ascii_uppercase() } else { c };
            "abcdefghijklmnopqrst".chars().enumerate().map(letter).collect()
        };
        let members = (0..bytes / 26).map(|n| (name(n), json!(1)));
        record(Value::Object(members.collect())).to_string()
    }),
    ("one long text", |bytes| record(json!({"bucketName": "x".repeat(bytes)})).to_string()),
    ("escapes", |bytes| record(json!({"bucketName": "\u{1b}".repeat(bytes / 6)})).to_string()),
    ("a policy", |bytes| {
        let statement =
            json!({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"});
        let statements = vec![statement.clone(); bytes / (statement.to_string().len() + 1)];
        record(json!({"bucketName": "b", "bucketPolicy": {"Statement": statements}})).to_string()
    }),
    ("groups that one rule names", |bytes| {
        let item = json!({"groupId": "sg-1"});
        let items = vec![item.clone(); bytes / (item.to_string().len() + 1)];
        record(json!({"x": {"items": items}})).to_string()
    }),
    ("resources of one finding", |bytes| {
        let resources: Vec<Value> = (0..bytes / 60)
            .map(|n| json!({"Type": "AwsS3Bucket", "Id": format!("arn:aws:s3:::b{n}")}))
            .collect();
        finding(resources).to_string()
    }),
    ("findings of one event", |bytes| {
        let one = finding(Vec::new())["detail"]["findings"][0].clone();
        let findings = vec![one.clone(); bytes / (one.to_string().len() + 1)];
        json!({"source": "aws.securityhub", "detail-type": "Security Hub Findings - Imported",
            "detail": {"findings": findings}})
        .to_string()
    }),
];

fn finding(resources: Vec<Value>) -> Value {
    json!({"source": "aws.securityhub", "detail-type": "Security Hub Findings - Imported",
    "detail": {"findings": [{
        "AwsAccountId": "123456789012", "Compliance": {"SecurityControlId": "S3.8", "Status": "FAILED"},
        "ProductArn": "arn:aws:securityhub:us-east-1::product/aws/securityhub",
        "RecordState": "ACTIVE", "Resources": resources,
    }]}})
}

/// The time that this thread has had a processor: how busy the machine is does not count.
fn processor_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap()
}

/// The shortest of three times.
fn time(body: &str) -> Duration {
    let once = || {
        let began = processor_time();
        survive(body.as_bytes());
        processor_time() - began
    };
    [once(), once(), once()].into_iter().min().unwrap()
}

/// Eight times the length may take 24 times as long; what grows with the square takes 64 times.
#[test]
fn nothing_grows_faster_than_its_length() {
    for (name, body) in BODIES {
        let (small, large) = (body(150_000), body(1_200_000));
        let (short, long) = (time(&small), time(&large));
        assert!(long < short * 24 + Duration::from_millis(5), "{name}: {short:?}, then {long:?}");
    }
}

#[test]
fn ten_megabytes_are_read_and_more_is_refused() {
    for (name, body) in BODIES {
        let body = body(MAX_BYTES - 4_096);
        assert!(body.len() <= MAX_BYTES, "{name}: {}", body.len());
        assert!(!survive(body.as_bytes()).is_empty(), "{name}");
    }
    let more = survive(&vec![b' '; MAX_BYTES + 1]);
    assert_eq!(more[0].0.input.as_ref().unwrap_err().code, RejectionCode::TooLarge);
}

#[test]
fn a_large_finding_names_each_resource_once() {
    let resources = vec![json!({"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::b"}); 1_000];
    let found = survive(finding(resources).to_string().as_bytes());
    let Ok(Input::Finding(finding)) = &found[0].0.input else { panic!("{:?}", found[0]) };
    assert_eq!(finding.resources.len(), 1);
}
