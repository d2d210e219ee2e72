use serde_json::{Value, json};

use crate::{answers::refused, operator::Operator, run::with};

/// 2027-01-31 00:00 UTC.
const UNTIL: u64 = 1_801_353_600;

fn asked(until: Option<u64>, owner: Option<&str>, dry_run: bool) -> Value {
    json!({ "exempt": {
        "resource": "photos", "control": "s3.versioning", "until": until, "owner": owner,
        "reason": "a cache", "dry_run": dry_run,
    }})
}

fn answer(until: Option<u64>) -> String {
    json!({
        "resource": {
            "kind": "AWS::S3::Bucket", "account": "123456789012", "region": "eu-west-1", "id": "photos",
        },
        "control": "s3.versioning", "until": until.map(|seconds| seconds * 1000), "dry_run": false,
        "delta": [{"id": "Status", "before": "Suspended", "after": "Enabled"}],
    })
    .to_string()
}

#[test]
fn it_says_what_is_left_alone_and_until_when() {
    let operator = Operator::expecting(vec![(
        asked(Some(UNTIL), Some("storage"), false),
        200,
        answer(Some(UNTIL)),
    )]);
    let arguments = [
        "exempt",
        "photos",
        "s3.versioning",
        "--until",
        "2027-01-31",
        "--owner",
        "storage",
        "--reason",
        "a cache",
    ];
    let ended = with(&[("s3", &operator)], &arguments).with(0);
    let expected = "\
photos  s3.versioning leaves this as it is until 2027-01-31 00:00 UTC:
  AWS::S3::Bucket 123456789012 in eu-west-1
  - Status: \"Suspended\"
  + Status: \"Enabled\"
";
    assert_eq!(ended.out, expected);
    operator.done();
}

#[test]
fn a_time_of_day_is_taken_and_an_exemption_can_be_ended() {
    let noon = UNTIL + 12 * 3_600;
    let operator = Operator::expecting(vec![
        (asked(Some(noon), None, true), 200, answer(Some(noon))),
        (asked(None, None, false), 200, answer(None)),
    ]);
    let arguments = [
        "exempt",
        "photos",
        "s3.versioning",
        "--until",
        "2027-01-31T12:00:00Z",
        "--dry-run",
        "--reason",
        "a cache",
    ];
    let ended = with(&[("s3", &operator)], &arguments).with(0);
    assert!(ended.out.ends_with("dry run: nothing was written\n"), "{}", ended.out);
    let arguments = ["exempt", "photos", "s3.versioning", "--end", "--reason", "a cache"];
    let ended = with(&[("s3", &operator)], &arguments).with(0);
    assert!(
        ended.out.starts_with("photos  s3.versioning is to put this right again"),
        "{}",
        ended.out
    );
    operator.done();
}

#[test]
fn without_an_end_nothing_is_exempt() {
    let operator = Operator::idle();
    for arguments in [
        &["exempt", "photos", "s3.versioning", "--reason", "x"][..],
        &["exempt", "photos", "s3.versioning", "--until", "soon", "--reason", "x"],
        &["exempt", "photos", "s3.versioning", "--until", "2027-01-31"],
        &["exempt", "photos", "s3.versioning", "--until", "2027-01-31", "--end", "--reason", "x"],
        &["exempt", "photos", "s4.versioning", "--until", "2027-01-31", "--reason", "x"],
    ] {
        let ended = with(&[("s3", &operator)], arguments).with(2);
        assert_eq!(ended.out, "", "{arguments:?}");
        assert!(!ended.err.is_empty(), "{arguments:?}");
    }
    operator.done();
}

#[test]
fn a_refusal_is_printed_as_it_is() {
    let message = "nothing of `photos` is to be exempt";
    let operator =
        Operator::expecting(vec![(asked(Some(UNTIL), None, false), 409, refused(message))]);
    let arguments =
        ["exempt", "photos", "s3.versioning", "--until", "2027-01-31", "--reason", "a cache"];
    let ended = with(&[("s3", &operator)], &arguments).with(2);
    assert!(ended.err.contains(message), "{}", ended.err);
    operator.done();
}
