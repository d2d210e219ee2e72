use serde_json::{Value, json};

use crate::{
    answers::{error, refused},
    operator::Operator,
    run::{Ended, Home, command, end},
};

const STORED: &str = "version = 1\nsettle_seconds = 90\n";
const WANTED: &str = "version = 1\nsettle_seconds = 30\n";

fn asked() -> Value {
    json!({ "configuration": {} })
}

fn stored() -> String {
    json!({ "document": STORED, "version": 3, "calls": [] }).to_string()
}

fn check(document: &str) -> Value {
    json!({ "configure": { "document": document, "reason": "to check it", "dry_run": true } })
}

fn replace() -> Value {
    json!({ "configure": { "document": WANTED, "replaces": 3, "reason": "agreed" } })
}

const APPLY: &[&str] = &["apply", "-", "--reason", "agreed"];

/// Runs `demarc config` with a document on standard input.
fn config(operators: &[(&str, &Operator)], arguments: &[&str], document: &str) -> Ended {
    let home = Home::new(&format!("config-{:?}", std::thread::current().id()));
    let mut command = command(&home, &["config"]);
    command.args(arguments);
    for (function, operator) in operators {
        command.arg(format!("--endpoint={function}={}", operator.url()));
    }
    end(command, document)
}

#[test]
fn what_is_shown_is_the_document_and_nothing_else() {
    let s3 = Operator::expecting(vec![(asked(), 200, stored())]);
    let ended = config(&[("s3", &s3), ("ec2", &Operator::idle())], &["show"], "").with(0);
    assert_eq!(ended.out, STORED);
    assert_eq!(ended.err, "# version 3\n");
    s3.done();
}

#[test]
fn where_no_document_is_stored_it_is_said() {
    let nothing = json!({ "document": "", "version": 0 }).to_string();
    let s3 = Operator::expecting(vec![(asked(), 200, nothing)]);
    let ended = config(&[("s3", &s3)], &["show"], "").with(0);
    assert_eq!(ended.out, "");
    assert!(ended.err.contains("no document is stored"), "{}", ended.err);
    s3.done();
}

#[test]
fn where_one_operator_fails_the_next_one_is_read() {
    let fault = error("Demarc.ServiceFault", "no");
    let s3 = Operator::expecting(vec![(asked(), 502, fault)]);
    let ec2 = Operator::expecting(vec![(asked(), 200, stored())]);
    let ended = config(&[("s3", &s3), ("ec2", &ec2)], &["show", "--json"], "").with(0);
    assert_eq!(ended.out, format!("{}\n", stored()));
    assert!(ended.err.contains("the operator of `s3` answered 502"), "{}", ended.err);
    [s3, ec2].into_iter().for_each(Operator::done);
}

#[test]
fn a_document_is_checked_by_an_operator() {
    let valid = json!({ "valid": true }).to_string();
    let s3 = Operator::expecting(vec![(check(WANTED), 200, valid)]);
    let ended = config(&[("s3", &s3)], &["check", "-"], WANTED).with(0);
    assert_eq!(ended.out, "valid; nothing was written\n");
    s3.done();
}

#[test]
fn a_document_that_is_not_valid_is_trouble_and_is_asked_of_nobody_else() {
    let message = "the configuration is not valid: unknown field `verison`\n";
    let s3 = Operator::expecting(vec![(check("verison = 1"), 409, refused(message))]);
    let ec2 = Operator::idle();
    let ended = config(&[("s3", &s3), ("ec2", &ec2)], &["check", "-"], "verison = 1").with(2);
    assert!(ended.err.contains(&format!("{message}  nothing was written")), "{}", ended.err);
    [s3, ec2].into_iter().for_each(Operator::done);
}

#[test]
fn nothing_is_called_valid_that_the_operator_does_not_call_so() {
    for answer in ["{}", r#"{"valid":false}"#] {
        let s3 = Operator::expecting(vec![(check(WANTED), 200, answer.to_owned())]);
        assert_eq!(config(&[("s3", &s3)], &["check", "-"], WANTED).with(2).out, "");
        s3.done();
    }
}

#[test]
fn a_difference_is_shown_and_is_a_status() {
    let s3 = Operator::expecting(vec![(asked(), 200, stored()), (asked(), 200, stored())]);
    let ended = config(&[("s3", &s3)], &["diff", "-"], WANTED).with(1);
    let expected = "\
--- version 3
+++ standard input
@@ -1,2 +1,2 @@
 version = 1
-settle_seconds = 90
+settle_seconds = 30
";
    assert_eq!(ended.out, expected);
    assert_eq!(config(&[("s3", &s3)], &["diff", "-"], STORED).with(0).out, "");
    s3.done();
}

#[test]
fn a_document_replaces_the_version_that_was_read() {
    let answer = json!({ "version": 4, "in_force_within_seconds": 60 }).to_string();
    let s3 = Operator::expecting(vec![(asked(), 200, stored()), (replace(), 200, answer)]);
    let ended = config(&[("s3", &s3)], APPLY, WANTED).with(0);
    assert!(ended.out.contains("-settle_seconds = 90\n+settle_seconds = 30\n"), "{}", ended.out);
    let end = "version 4 replaces version 3; everywhere within 60 seconds\n";
    assert!(ended.out.ends_with(end), "{}", ended.out);
    s3.done();
}

#[test]
fn another_version_in_between_is_not_replaced() {
    let message = "the configuration is not at version 3: read it again, and compare";
    let s3 =
        Operator::expecting(vec![(asked(), 200, stored()), (replace(), 409, refused(message))]);
    let ended = config(&[("s3", &s3)], APPLY, WANTED).with(2);
    assert!(ended.err.contains(message), "{}", ended.err);
    s3.done();
}

#[test]
fn what_failed_half_way_is_not_asked_of_another_operator() {
    let fault = error("Demarc.ServiceFault", "no");
    let s3 = Operator::expecting(vec![(asked(), 200, stored()), (replace(), 502, fault)]);
    let ec2 = Operator::idle();
    config(&[("s3", &s3), ("ec2", &ec2)], APPLY, WANTED).with(2);
    [s3, ec2].into_iter().for_each(Operator::done);
}

#[test]
fn the_same_document_is_not_written_again() {
    let s3 = Operator::expecting(vec![(asked(), 200, stored())]);
    let ended = config(&[("s3", &s3)], APPLY, STORED).with(0);
    assert_eq!(ended.out, "version 3 is the same: nothing was written\n");
    s3.done();
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let s3 = Operator::idle();
    let ended = config(&[("s3", &s3)], &["diff", "no-such.toml"], "").with(2);
    assert!(ended.err.contains("`no-such.toml`: "), "{}", ended.err);
    s3.done();
}
