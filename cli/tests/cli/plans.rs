use serde_json::{Value, json};

use crate::{
    answers::{bucket, refused, undone},
    operator::Operator,
    run::with,
};

/// 2026-11-23 00:00 UTC.
const SINCE: u64 = 1_795_392_000;

fn listed(control: Option<&str>, actor: Option<&str>, token: Option<&str>) -> Value {
    json!({ "plans": { "since": SINCE, "control": control, "actor": actor, "token": token } })
}

fn plan(id: &str, in_force: bool, undoes: Option<&str>) -> Value {
    json!({
        "plan": id, "incident": "i", "control": "s3.versioning", "resource": bucket("photos"),
        "at": (SINCE + 60) * 1000, "stage": "verified", "in_force": in_force, "undoes": undoes,
        "actor": "user/bob", "caller": null, "detail": "versioning is suspended", "delta": [],
    })
}

fn page(plans: &[Value], next: Option<&str>) -> String {
    json!({ "plans": plans, "next": next }).to_string()
}

fn undo(id: &str, dry_run: bool) -> Value {
    json!({ "undo": { "plan": id, "reason": "all meant", "dry_run": dry_run } })
}

fn answer(id: &str) -> String {
    json!({ "undone": [undone(id, Some((SINCE + 90) * 1000), Some("02A"))], "dry_run": false })
        .to_string()
}

#[test]
fn all_pages_of_all_operators_are_listed_the_latest_first() {
    let mut contested = plan("01A", true, None);
    contested["contested"] = json!(true);
    contested["evidence"] = json!({"used": "a network interface has the group"});
    contested["not_undone"] = json!("connections that were open before");
    let s3 = Operator::expecting(vec![
        (listed(None, None, None), 200, page(&[contested], Some("more"))),
        (listed(None, None, Some("more")), 200, page(&[plan("01C", true, Some("01B"))], None)),
    ]);
    let rds = Operator::expecting(vec![(listed(None, None, None), 200, page(&[], None))]);
    let arguments = ["plans", "--since", "2026-11-23"];
    let ended = with(&[("s3", &s3), ("rds", &rds)], &arguments).with(0);
    let expected = "\
01C  s3.versioning  verified
  when        2026-11-23 00:01 UTC
  resource    AWS::S3::Bucket photos
  by          user/bob
  undoes      plan 01B
  because     versioning is suspended

01A  s3.versioning  verified
  when        2026-11-23 00:01 UTC
  resource    AWS::S3::Bucket photos
  by          user/bob
  wrong       versioning is suspended
  in use      yes: a network interface has the group
  not undone  connections that were open before
  contested   it had been put right again and again

2 plans since 2026-11-23 00:00 UTC
";
    assert_eq!(ended.out, expected);
    [s3, rds].into_iter().for_each(Operator::done);
}

#[test]
fn what_is_in_force_is_taken_back_the_latest_first_and_a_refusal_does_not_end_it() {
    let found = [
        plan("01A", true, None),
        plan("01B", true, None),
        plan("01C", false, None),
        plan("01D", true, Some("01C")),
    ];
    let s3 = Operator::expecting(vec![
        (listed(Some("s3.versioning"), Some("arn"), None), 200, page(&found, None)),
        (undo("01B", false), 409, refused("it has changed since")),
        (undo("01A", false), 200, answer("01A")),
        (undo("01B", false), 409, refused("it has changed since")),
    ]);
    let arguments = [
        "undo",
        "--since",
        "2026-11-23",
        "--control",
        "s3.versioning",
        "--actor",
        "arn",
        "--reason",
        "all meant",
    ];
    let ended = with(&[("s3", &s3)], &arguments).with(2);
    assert!(ended.out.starts_with("undone 01A  s3.versioning"), "{}", ended.out);
    let end = "1 plan since 2026-11-23 00:00 UTC taken back, 1 refused: see above\n";
    assert!(ended.out.ends_with(end), "{}", ended.out);
    assert!(ended.err.contains("it has changed since"), "{}", ended.err);
    s3.done();
}

/// A policy is not taken back while the block is on, which was put right before it.
#[test]
fn what_stood_in_anothers_way_is_tried_first_the_second_time() {
    let found = [plan("01A", true, None), plan("01B", true, None)];
    let s3 = Operator::expecting(vec![
        (listed(None, None, None), 200, page(&found, None)),
        (undo("01B", false), 409, refused("plan 01A stands in the way: undo it first")),
        (undo("01A", false), 200, answer("01A")),
        (undo("01B", false), 200, answer("01B")),
    ]);
    let arguments = ["undo", "--since", "2026-11-23", "--reason", "all meant"];
    let ended = with(&[("s3", &s3)], &arguments).with(0);
    assert_eq!(ended.err, "");
    let end = "2 plans since 2026-11-23 00:00 UTC taken back\n";
    assert!(ended.out.ends_with(end), "{}", ended.out);
    s3.done();
}

#[test]
fn a_dry_run_asks_for_dry_runs() {
    let s3 = Operator::expecting(vec![
        (listed(None, None, None), 200, page(&[plan("01A", true, None)], None)),
        (undo("01A", true), 200, answer("01A")),
    ]);
    let arguments = ["undo", "--since", "2026-11-23", "--reason", "all meant", "--dry-run"];
    let ended = with(&[("s3", &s3)], &arguments).with(0);
    assert!(ended.out.ends_with("dry run: nothing was written\n"), "{}", ended.out);
    assert!(
        ended.out.contains("1 plan since 2026-11-23 00:00 UTC would be taken back"),
        "{}",
        ended.out
    );
    s3.done();
}
