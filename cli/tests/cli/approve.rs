use serde_json::{Value, json};

use crate::{
    answers::{bucket, refused, unknown},
    operator::Operator,
    run::with,
};

/// 2027-01-31 00:00 UTC.
const UNTIL: u64 = 1_801_353_600_000;

fn waiting() -> Value {
    json!({
        "id": "01A", "incident": "i", "control": "s3.versioning", "setting": "s3.bucket-versioning",
        "resource": bucket("photos"), "safety": "safe", "detail": "versioning is suspended",
        "delta": [{"id": "Status", "before": "Suspended", "after": "Enabled"}],
        "undo": {"equivalent": "it is suspended"}, "actor": null, "at": 0, "until": UNTIL,
        "because": "it waits for approval: the control's mode is approve",
        "evidence": "nothing-closes",
    })
}

const BLOCK: &str = "\
01A  s3.versioning  safe
  photos  AWS::S3::Bucket 123456789012 in eu-west-1
  - Status: \"Suspended\"
  + Status: \"Enabled\"
  wrong       versioning is suspended
  in use      nothing is closed
  waits       it waits for approval: the control's mode is approve
  until       2027-01-31 00:00 UTC
  an undo     restores the like, not the same: it is suspended

";

fn asked(dry_run: bool) -> Value {
    json!({ "approve": { "plan": "01A", "reason": "agreed", "dry_run": dry_run } })
}

fn report(outcome: &str) -> Value {
    json!({
        "incident": "i", "resource": bucket("photos"), "control": "s3.versioning",
        "outcome": outcome, "because": "put right, and read again", "responsibility": "customer",
        "not_undone": "what was deleted before",
        "plan": {"id": "01B", "delta": [], "detail": "", "safety": "safe", "undo": "exact", "decision": "apply"},
    })
}

#[test]
fn what_waits_is_listed() {
    let ask = || json!({ "waiting": {} });
    let s3 = Operator::expecting(vec![
        (ask(), 200, json!({ "waiting": [waiting()] }).to_string()),
        (ask(), 200, json!({ "waiting": [waiting()] }).to_string()),
    ]);
    let rds = Operator::expecting(vec![
        (ask(), 200, json!({ "waiting": [] }).to_string()),
        (ask(), 200, json!({ "waiting": [] }).to_string()),
    ]);
    let both = [("s3", &s3), ("rds", &rds)];
    assert_eq!(with(&both, &["approve"]).with(0).out, BLOCK);
    let lines = with(&both, &["approve", "--json"]).with(0).out;
    assert_eq!(serde_json::from_str::<Value>(&lines).unwrap(), waiting());
    [s3, rds].into_iter().for_each(Operator::done);
}

#[test]
fn where_nothing_waits_it_says_so() {
    let s3 = Operator::expecting(vec![(
        json!({ "waiting": {} }),
        200,
        json!({ "waiting": [] }).to_string(),
    )]);
    assert_eq!(with(&[("s3", &s3)], &["approve"]).with(0).out, "no plan waits for a person\n");
    s3.done();
}

#[test]
fn a_plan_is_applied_and_the_answer_says_how_to_take_it_back() {
    let foreign =
        unknown("no plan `01A` waits for the operator of `ec2`: ask the operator of `s3`");
    let ec2 = Operator::expecting(vec![(asked(false), 409, foreign)]);
    let answer =
        json!({ "approved": waiting(), "reports": [report("remediated")], "dry_run": false });
    let s3 = Operator::expecting(vec![(asked(false), 200, answer.to_string())]);
    let ended =
        with(&[("s3", &ec2), ("rds", &s3)], &["approve", "01A", "--reason", "agreed"]).with(0);
    let expected = format!(
        "{BLOCK}remediated: put right, and read again\n  not undone: what was deleted before\n  take it back with `demarc undo 01B`\n"
    );
    assert_eq!(ended.out, expected);
    [ec2, s3].into_iter().for_each(Operator::done);
}

#[test]
fn what_was_not_done_is_no_success() {
    let answer = json!({ "approved": waiting(), "reports": [report("skipped")], "dry_run": false });
    let s3 = Operator::expecting(vec![
        (asked(false), 200, answer.to_string()),
        (asked(false), 409, refused("plan 01A is no longer what `s3.versioning` would do")),
    ]);
    let arguments = ["approve", "01A", "--reason", "agreed"];
    assert!(with(&[("s3", &s3)], &arguments).with(2).out.contains("skipped: "));
    assert!(with(&[("s3", &s3)], &arguments).with(2).err.contains("is no longer what"));
    s3.done();
}

#[test]
fn a_plan_is_not_approved_without_a_reason() {
    let s3 = Operator::idle();
    let ended = with(&[("s3", &s3)], &["approve", "01A"]).with(2);
    assert!(ended.err.contains("--reason"), "{}", ended.err);
    s3.done();
}
