//! Input from an attacker: never a panic, never a long or unprintable message.

use crate::{checks, envelope, one, read, record, rejection};
use demarc_classification::{Identities, Input, MAX_INPUTS, Rejection, RejectionCode, classify};
use serde_json::{Value, json};

/// The same, without the places.
fn survive(body: &[u8]) -> Vec<Result<Input, Rejection>> {
    checks::survive(body).into_iter().map(|(located, _)| located.input).collect()
}

fn codes(body: &str) -> Vec<RejectionCode> {
    survive(body.as_bytes())
        .into_iter()
        .filter_map(Result::err)
        .map(|refused| refused.code)
        .collect()
}

#[test]
fn deep_nesting() {
    for depth in [200, 100_000] {
        assert_eq!(codes(&"[".repeat(depth)), [RejectionCode::TooDeep]);
        assert_eq!(codes(&"{\"Records\":".repeat(depth)), [RejectionCode::TooDeep]);
        let inside = record("s3", "PutBucketPolicy", json!({})).to_string();
        let open = "{\"a\":".repeat(depth);
        let close = "}".repeat(depth);
        let body = inside
            .replace("\"requestParameters\":{}", &format!("\"requestParameters\":{open}1{close}"));
        assert_eq!(codes(&body), [RejectionCode::TooDeep]);
    }
    assert_eq!(codes(&format!("{}{}", "[".repeat(50), "]".repeat(50))), [RejectionCode::TooDeep]);
}

#[test]
fn the_deepest_event_that_parses_is_read() {
    let mut value = json!("x");
    for _ in 0..120 {
        value = json!({ "items": value });
    }
    let found = one(&record("s3", "PutBucketPolicy", json!({"requestParameters": value}))).unwrap();
    let Input::Change(change) = found else { panic!("{found:?}") };
    assert_eq!(change.texts(&["requestParameters"]), ["x"]);
}

#[test]
fn wrappers_in_wrappers() {
    let mut value = record("s3", "PutBucketPolicy", json!({}));
    for level in 0..12 {
        value = json!({"Type": "Notification", "Message": value.to_string()});
        assert_eq!(one(&value).is_ok(), level < 8, "{level}");
        if level > 8 {
            assert_eq!(rejection(&value).code, RejectionCode::TooDeep);
        }
    }
}

#[test]
fn a_flood_of_small_records_is_one_rejection_more() {
    let ones = format!("[{}1]", "1,".repeat(1_000_000));
    assert_eq!(survive(ones.as_bytes()).len(), MAX_INPUTS + 1);
    let lists = format!("[{}[]]", "[1],[],".repeat(100_000));
    let found = survive(lists.as_bytes());
    assert_eq!(found.len(), MAX_INPUTS + 1);
    assert_eq!(found.last().unwrap().as_ref().unwrap_err().code, RejectionCode::TooLarge);
}

#[test]
fn threat_22_control_characters_are_escaped() {
    let evil = "\u{1b}[31m\r\nred\u{202e}\u{0}".repeat(50);
    for value in [
        json!({"evaluate": {&evil: 1}}),
        json!({&evil: {}}),
        envelope(
            record("s3", "X", json!({"recipientAccountId": evil})),
            json!({"account": evil.repeat(2)}),
        ),
    ] {
        assert!(survive(value.to_string().as_bytes()).iter().all(Result::is_err));
    }
    let identity =
        json!({"type": "IAMUser", "arn": format!("arn:aws:iam::1:user/{evil}"), "accountId": "1"});
    let over = json!({"userIdentity": identity, "errorCode": evil, "eventName": evil});
    let input = one(&record("s3", "X", over)).unwrap();
    let classification = classify(&input, &Identities::default());
    for reason in classification.reasons {
        assert!(!reason.text.chars().any(char::is_control), "{:?}", reason.text);
        assert!(reason.text.chars().count() < 300);
    }
    let Input::Change(change) = input else { panic!() };
    assert!(!change.actor.name().chars().any(char::is_control));
}

#[test]
fn threat_27_garbage() {
    // A small generator of our own: the same bytes on every run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    let bytes: Vec<u8> = (0..1_000_000).map(|_| next()).collect();
    survive(&bytes);
    let alphabet = br#"{}[]":,0123eE+-.\utrfalsn "#;
    for _ in 0..20_000 {
        let length = usize::from(next()) % 40;
        let body: Vec<u8> =
            (0..length).map(|_| alphabet[usize::from(next()) % alphabet.len()]).collect();
        survive(&body);
    }
    survive(&vec![b'"'; 1_000_000]);
    survive(&vec![0xff; 1_000_000]);
}

#[test]
fn truncated_and_damaged_at_every_byte() {
    let event = envelope(record("s3", "PutBucketPolicy", json!({})), json!({})).to_string();
    let batch = json!({"Records": [{"messageId": "1", "eventSource": "aws:sqs", "body": event}]})
        .to_string();
    for body in [event.as_bytes(), batch.as_bytes()] {
        for end in 0..body.len() {
            survive(&body[..end]);
            let mut damaged = body.to_vec();
            damaged[end] = b'{';
            survive(&damaged);
        }
    }
}

#[test]
fn every_member_of_another_type() {
    let event = envelope(record("lambda", "AddPermission20150331v2", json!({})), json!({}));
    let odd = [
        json!(null),
        json!(1.5),
        json!(true),
        json!(""),
        json!("x"),
        json!([]),
        json!({}),
        json!([null]),
        json!({"items": []}),
    ];
    for replacement in &odd {
        for key in event.as_object().unwrap().keys() {
            let mut changed = event.clone();
            changed[key] = replacement.clone();
            survive(changed.to_string().as_bytes());
        }
        for key in event["detail"].as_object().unwrap().keys() {
            let mut changed = event.clone();
            changed["detail"][key] = replacement.clone();
            survive(changed.to_string().as_bytes());
            survive(changed["detail"].to_string().as_bytes());
        }
    }
}

#[test]
fn duplicate_keys_take_the_last() {
    let body = br#"{"evaluate": {"resource": "arn:aws:s3:::a", "resource": "arn:aws:s3:::b"}}"#;
    let found = survive(body);
    assert!(format!("{:?}", found[0]).contains(":::b"));
    assert!(!format!("{:?}", found[0]).contains(":::a"));
}

#[test]
fn numbers_out_of_range() {
    assert_eq!(
        codes(r#"{"evaluate": {"resource": "x", "attempt": 1e999}}"#),
        [RejectionCode::NotJson]
    );
    let negative: Value = json!({"evaluate": {"resource": "arn:aws:s3:::b", "attempt": -1}});
    assert_eq!(rejection(&negative).code, RejectionCode::Incomplete);
    assert_eq!(read(&negative).len(), 1);
}
