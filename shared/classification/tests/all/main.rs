//! Tests of the crate's public surface: shapes of real events, the decision, hostile input.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says that it failed by panicking, its helper functions too"
)]

mod catalogue;
mod checks;
mod corpus;
mod decision;
mod envelopes;
mod examples;
mod findings;
mod hostile;
mod limits;
mod names;
mod properties;
mod records;
mod replay;
mod requests;
mod resources;
mod samples;
mod table;

use demarc_classification::{Change, Input, Rejection, RejectionCode, inputs};
use serde_json::{Value, json};

/// A record with everything that each test leaves alone; `over` replaces members.
fn record(service: &str, name: &str, over: Value) -> Value {
    let mut record = json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "arn": "arn:aws:iam::123456789012:user/bob",
            "accountId": "123456789012"
        },
        "eventTime": "2024-08-01T12:23:55Z",
        "eventSource": format!("{service}.amazonaws.com"),
        "eventName": name,
        "awsRegion": "eu-west-1",
        "requestParameters": {},
        "responseElements": null,
        "eventID": "event-1",
        "readOnly": false,
        "eventType": "AwsApiCall",
        "recipientAccountId": "123456789012"
    });
    merge(&mut record, over);
    record
}

fn envelope(detail: Value, over: Value) -> Value {
    let mut envelope = json!({
        "version": "0",
        "id": "envelope-1",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.s3",
        "account": "123456789012",
        "time": "2024-08-01T12:23:59Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": detail
    });
    merge(&mut envelope, over);
    envelope
}

fn merge(value: &mut Value, over: Value) {
    let object = value.as_object_mut().unwrap();
    for (key, member) in over.as_object().unwrap().clone() {
        object.insert(key, member);
    }
}

fn without(mut value: Value, key: &str) -> Value {
    value.as_object_mut().unwrap().remove(key);
    value
}

fn read(value: &Value) -> Vec<Result<Input, Rejection>> {
    inputs(value.to_string().as_bytes())
}

fn one(value: &Value) -> Result<Input, Rejection> {
    let mut found = read(value);
    assert_eq!(found.len(), 1, "{value}");
    found.remove(0)
}

fn change(value: &Value) -> Change {
    match one(value) {
        Ok(Input::Change(change)) => change,
        other => panic!("{value} is {other:?}"),
    }
}

fn rejection(value: &Value) -> Rejection {
    one(value).expect_err("a rejection")
}

fn code(value: &Value) -> RejectionCode {
    rejection(value).code
}
