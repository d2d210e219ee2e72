//! Demarc's own requests.

use crate::{code, one, rejection};
use demarc_classification::{
    Actor, ActorKind, Cause, Evaluate, Input, RejectionCode, Request, Settle, Sweep, kinds,
};
use serde_json::{Value, json};

fn request(value: &Value) -> Request {
    match one(value) {
        Ok(Input::Request(request)) => request,
        other => panic!("{value} is {other:?}"),
    }
}

fn full() -> Request {
    Request::Evaluate(Evaluate {
        resource: "sg-1".into(),
        kind: Some(kinds::SECURITY_GROUP.into()),
        account: Some("123456789012".into()),
        region: Some("eu-west-1".into()),
        setting: Some("ec2.security-group-rules".into()),
        controls: vec!["ec2.restricted-ports".into()],
        not_before: Some(1_700_000_000),
        since: Some(1_699_998_200),
        incident: Some("01J".into()),
        attempt: 2,
        cause: Some(Cause {
            id: "event-1".into(),
            name: "AuthorizeSecurityGroupIngress".into(),
            service: "ec2.amazonaws.com".into(),
            time: Some(1),
            actor: Actor {
                kind: ActorKind::User,
                arn: Some("arn:aws:iam::1:user/b".into()),
                ..Actor::default()
            },
            made: vec!["AKIAEXAMPLE".into()],
            deleted: true,
        }),
    })
}

#[test]
fn what_is_written_is_read_again() {
    let sweep =
        Request::Sweep(Sweep { setting: Some("s".into()), token: Some("t".into()), enrol: true });
    for written in [full(), sweep, Request::Sweep(Sweep::default()), Request::Settle(Settle {})] {
        assert_eq!(request(&serde_json::to_value(&written).unwrap()), written);
    }
}

#[test]
fn the_written_form() {
    assert_eq!(request(&json!({"sweep": {}})), Request::Sweep(Sweep::default()));
    assert_eq!(request(&json!({"settle": null})), Request::Settle(Settle {}));
    let short =
        Request::Evaluate(Evaluate { resource: "arn:aws:s3:::b".into(), ..Evaluate::default() });
    assert_eq!(
        serde_json::to_value(&short).unwrap(),
        json!({"evaluate": {"resource": "arn:aws:s3:::b"}})
    );
    let long = serde_json::to_value(full()).unwrap();
    assert_eq!(long["evaluate"]["type"], kinds::SECURITY_GROUP);
    assert_eq!(long["evaluate"]["cause"]["actor"]["kind"], "user");
}

#[test]
fn an_unknown_field_is_named() {
    let refused = rejection(&json!({"evaluate": {"resource": "arn:aws:s3:::b", "force": true}}));
    assert_eq!(refused.code, RejectionCode::UnknownRequest);
    assert_eq!(refused.pointer, "/evaluate/force");
    assert!(refused.message.contains("`force`"), "{refused}");
    for (value, pointer) in [
        (json!({"sweep": {"a/b": 1}}), "/sweep/a~1b"),
        (json!({"settle": {"now": 1}}), "/settle/now"),
        (json!({"undo": {"plan": "01J"}}), "/undo"),
        (json!({"evaluate": {}, "approve": {}}), "/approve"),
        (json!({"evaluate": {"resource": "arn:aws:s3:::b"}, "sweep": {}}), ""),
        (json!({"sweep": [1]}), "/sweep"),
    ] {
        let refused = rejection(&value);
        assert_eq!(
            (refused.code, refused.pointer.as_str()),
            (RejectionCode::UnknownRequest, pointer),
            "{value}"
        );
    }
}

#[test]
fn what_is_missing_is_said() {
    for value in [
        json!({"evaluate": {}}),
        json!({"evaluate": {"resource": ""}}),
        json!({"evaluate": {"resource": "vpc-1"}}),
        json!({"evaluate": {"resource": 1}}),
        json!({"evaluate": {"resource": "arn:aws:s3:::b", "cause": {"id": "1", "more": 1}}}),
    ] {
        assert_eq!(code(&value), RejectionCode::Incomplete, "{value}");
    }
}

#[test]
fn targets() {
    let target = |value: Value| match request(&json!({"evaluate": value})) {
        Request::Evaluate(evaluate) => {
            evaluate.target("123456789012", "eu-west-1").map(|resource| resource.key())
        }
        other => panic!("{other:?}"),
    };
    let cases = [
        (json!({"resource": "arn:aws:s3:::b"}), Some("AWS::S3::Bucket|123456789012|eu-west-1|b")),
        (
            json!({"resource": "arn:aws:s3:::b", "region": "us-east-1"}),
            Some("AWS::S3::Bucket|123456789012|us-east-1|b"),
        ),
        (
            json!({"resource": "vpc-1", "type": "AWS::EC2::VPC"}),
            Some("AWS::EC2::VPC|123456789012|eu-west-1|vpc-1"),
        ),
        (json!({"resource": "arn:aws:quantum:::b"}), None),
    ];
    for (value, key) in cases {
        assert_eq!(target(value.clone()).as_deref(), key, "{value}");
    }
}
