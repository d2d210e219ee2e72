use serde_json::{Value, json};

use crate::{
    answers::{bucket, page, refused},
    operator::Operator,
    run::with,
};

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

/// A pattern stands for what is there now: each resource is exempt by itself.
#[test]
fn a_pattern_exempts_every_violation_that_it_fits() {
    let report = |id: &str, control: &str| {
        json!({
            "incident": "scan", "resource": bucket(id), "control": control, "outcome": "skipped",
            "because": "enforcing would put this right", "responsibility": "customer",
            "plan": {"delta": [], "detail": "", "safety": "safe", "undo": "exact", "decision": "apply"},
        })
        .to_string()
    };
    let compliant = json!({
        "incident": "scan", "resource": bucket("cache-good"), "control": "s3.versioning",
        "outcome": "advised", "because": "", "responsibility": "customer",
    });
    let reports = [
        report("cache-1", "s3.versioning"),
        report("cache-2", "s3.versioning"),
        report("photos", "s3.versioning"),
        report("cache-3", "s3.requires-tls"),
        compliant.to_string(),
    ];
    let found = page(&reports.each_ref().map(String::as_str), &Value::Null);
    let of = |id: &str| {
        let mut wanted = asked(Some(UNTIL), None, false);
        wanted["exempt"]["resource"] = json!(id);
        wanted
    };
    let operator = Operator::expecting(vec![
        (json!({ "scan": {} }), 200, found),
        (of("cache-1"), 409, refused("it is being written")),
        (of("cache-2"), 200, answer(Some(UNTIL))),
    ]);
    let arguments =
        ["exempt", "cache-?", "s3.versioning", "--until", "2027-01-31", "--reason", "a cache"];
    let ended = with(&[("s3", &operator)], &arguments).with(2);
    assert!(ended.out.contains("leaves this as it is until 2027-01-31"), "{}", ended.out);
    assert!(ended.err.contains("it is being written"), "{}", ended.err);
    operator.done();
}

#[test]
fn a_pattern_that_fits_nothing_is_said_to() {
    let operator = Operator::expecting(vec![(json!({ "scan": {} }), 200, page(&[], &Value::Null))]);
    let arguments =
        ["exempt", "cache-*", "s3.versioning", "--until", "2027-01-31", "--reason", "a cache"];
    let ended = with(&[("s3", &operator)], &arguments).with(2);
    assert!(ended.err.contains("no resource `cache-*` is a violation"), "{}", ended.err);
    operator.done();
}
