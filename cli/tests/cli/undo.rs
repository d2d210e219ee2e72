use serde_json::{Value, json};

use crate::{
    answers::{refused, undone, unknown},
    operator::Operator,
    run::{Home, command, end, with},
};

/// 2026-11-23 01:15 UTC.
const UNTIL: u64 = 1_795_396_500_000;

fn asked(dry_run: bool) -> Value {
    json!({ "undo": { "plan": "01A", "reason": "needed", "dry_run": dry_run } })
}

const UNDO: &[&str] = &["undo", "01A", "--reason", "needed"];

#[test]
fn a_plan_is_found_at_the_second_operator() {
    let s3 = Operator::expecting(vec![(
        asked(false),
        409,
        unknown("there is no plan `01A` in this region's journal"),
    )]);
    let answer = json!({ "undone": [undone("01A", Some(UNTIL), Some("01B"))], "dry_run": false });
    let ec2 = Operator::expecting(vec![(asked(false), 200, answer.to_string())]);
    let rds = Operator::idle();
    let ended = with(&[("s3", &s3), ("ec2", &ec2), ("rds", &rds)], UNDO).with(0);
    let expected = "\
undone 01A  s3.versioning
  photos  AWS::S3::Bucket 123456789012 in eu-west-1
  - Status: \"Enabled\"
  + Status: \"Suspended\"
  restores    the like, not the same: versioning is suspended, it never goes back to unversioned
  left alone  until 2026-11-23 01:15 UTC
  undo plan   01B, which can be undone itself

";
    assert_eq!(ended.out, expected);
    assert_eq!(ended.err, "");
    [s3, ec2, rds].into_iter().for_each(Operator::done);
}

#[test]
fn a_plan_that_stands_in_the_shared_journal_is_asked_of_its_own_function() {
    let foreign = unknown("there is no plan `01A` of the function `s3`: ask the operator of `rds`");
    let s3 = Operator::expecting(vec![(asked(false), 409, foreign)]);
    let answer = json!({ "undone": [undone("01A", None, Some("01B"))], "dry_run": false });
    let rds = Operator::expecting(vec![(asked(false), 200, answer.to_string())]);
    let ended = with(&[("s3", &s3), ("rds", &rds)], UNDO).with(0);
    assert!(ended.out.contains("an undo of an undo exempts nothing"), "{}", ended.out);
    [s3, rds].into_iter().for_each(Operator::done);
}

#[test]
fn a_plan_that_nobody_knows_is_said_to_be_unknown() {
    let answer = || unknown("there is no plan `01A` in this region's journal");
    let s3 = Operator::expecting(vec![(asked(false), 409, answer())]);
    let ec2 = Operator::expecting(vec![(asked(false), 409, answer())]);
    let ended = with(&[("s3", &s3), ("ec2", &ec2)], UNDO).with(2);
    assert_eq!(ended.out, "");
    assert!(ended.err.contains("(`s3`, `ec2`) has it"), "{}", ended.err);
    assert!(ended.err.contains("there is no plan `01A`"), "{}", ended.err);
    [s3, ec2].into_iter().for_each(Operator::done);
}

#[test]
fn a_refusal_is_printed_as_it_is_and_ends_the_search() {
    let message = "`arn:aws:iam::123456789012:user/eve` made the change that plan 01A put right: somebody else has to undo it";
    let s3 = Operator::expecting(vec![(asked(false), 409, refused(message))]);
    let ec2 = Operator::idle();
    let ended = with(&[("s3", &s3), ("ec2", &ec2)], UNDO).with(2);
    let expected = format!(
        "demarc: the operator of `s3` answered 409 Demarc.Refused: {message}\n  nothing was written: do what the message says, and ask again\n"
    );
    assert_eq!(ended.err, expected);
    [s3, ec2].into_iter().for_each(Operator::done);
}

#[test]
fn a_dry_run_says_that_it_is_one() {
    let answer = json!({ "undone": [undone("01A", None, None)], "dry_run": true });
    let s3 = Operator::expecting(vec![(asked(true), 200, answer.to_string())]);
    let arguments = ["undo", "01A", "--reason", "needed", "--dry-run", "--function", "s3"];
    let ended = with(&[("s3", &s3)], &arguments).with(0);
    assert!(ended.out.starts_with("would undo 01A  s3.versioning\n"), "{}", ended.out);
    assert!(ended.out.ends_with("\n\ndry run: nothing was written\n"), "{}", ended.out);
    s3.done();
}

#[test]
fn an_incident_that_stops_half_way_says_how_far_it_came() {
    let request = json!({ "undo": { "incident": "I", "reason": "needed", "dry_run": false } });
    let answer = json!({
        "undone": [undone("01A", Some(UNTIL), Some("01B"))],
        "stopped_at": "01C",
        "because": "what plan 01C wrote has changed since",
    });
    let s3 = Operator::expecting(vec![(request, 200, answer.to_string())]);
    let arguments = ["undo", "--incident", "I", "--reason", "needed"];
    let ended = with(&[("s3", &s3)], &arguments).with(2);
    assert!(ended.out.starts_with("undone 01A"), "{}", ended.out);
    let expected = "stopped at plan 01C: what plan 01C wrote has changed since";
    assert!(ended.err.contains(expected), "{}", ended.err);
    s3.done();
}

#[test]
fn json_is_the_answer_as_it_came() {
    let answer = json!({ "undone": [undone("01A", Some(UNTIL), Some("01B"))], "dry_run": false });
    let s3 = Operator::expecting(vec![(asked(false), 200, answer.to_string())]);
    let arguments = ["undo", "01A", "--reason", "needed", "--json"];
    let ended = with(&[("s3", &s3)], &arguments).with(0);
    assert_eq!(ended.out, format!("{answer}\n"));
    s3.done();
}

#[test]
fn a_message_cannot_steer_the_terminal() {
    let s3 = Operator::expecting(vec![(asked(false), 409, refused("\u{1b}[2Jgone"))]);
    let ended = with(&[("s3", &s3)], UNDO).with(2);
    assert!(ended.err.contains("\\u{1b}[2Jgone"), "{}", ended.err);
    s3.done();
}

#[test]
fn colour_comes_when_it_is_asked_for() {
    let answer = json!({ "undone": [undone("01A", None, Some("01B"))], "dry_run": false });
    let s3 = Operator::expecting(vec![(asked(false), 200, answer.to_string())]);
    let arguments = ["undo", "01A", "--reason", "needed", "--color", "always"];
    let ended = with(&[("s3", &s3)], &arguments);
    assert!(ended.out.contains("\u{1b}[32m+ Status: \"Suspended\""), "{:?}", ended.out);
    s3.done();
}

#[test]
fn times_are_local_ones_and_utc() {
    let home = Home::new("local-time");
    let answer = json!({ "undone": [undone("01A", Some(UNTIL), Some("01B"))], "dry_run": false });
    let s3 = Operator::expecting(vec![(asked(false), 200, answer.to_string())]);
    let mut command = command(&home, UNDO);
    command.env("TZ", "CET-1").env("DEMARC_OPERATOR_S3", s3.url());
    let ended = end(command, "").with(0);
    let expected = "left alone  until 2026-11-23 02:15 +01:00 (2026-11-23 01:15 UTC)\n";
    assert!(ended.out.contains(expected), "{}", ended.out);
    s3.done();
}
