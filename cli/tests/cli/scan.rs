use serde_json::{Value, json};

use crate::{
    answers::{BLOCK, error, failed, page},
    operator::Operator,
    run::with,
};

const S3: &[&str] = &["scan", "--function", "s3"];

fn first() -> Value {
    json!({ "scan": {} })
}

#[test]
fn all_pages_are_asked_for_and_each_report_is_a_line_as_it_came() {
    let second = json!({ "setting": "s3.block", "token": "T" });
    let third = json!({ "setting": "s3.policy" });
    let operator = Operator::expecting(vec![
        (first(), 200, page(&[BLOCK], &second)),
        (json!({ "scan": second }), 200, page(&[], &third)),
        (json!({ "scan": third }), 200, page(&[BLOCK], &Value::Null)),
    ]);
    let ended = with(&[("s3", &operator)], S3).with(1);
    assert_eq!(ended.out, format!("{BLOCK}\n{BLOCK}\n"));
    assert_eq!(ended.err, "");
    operator.done();
}

#[test]
fn every_operator_is_asked() {
    let empty = || vec![(first(), 200, r#"{"reports":[]}"#.to_owned())];
    let operators = [(); 4].map(|()| Operator::expecting(empty()));
    let [s3, ec2, rds, iam] = &operators;
    let urls = [("s3", s3), ("ec2", ec2), ("rds", rds), ("iam", iam)];
    let ended = with(&urls, &["scan"]).with(0);
    assert_eq!((ended.out.as_str(), ended.err.as_str()), ("", ""));
    operators.into_iter().for_each(Operator::done);
}

#[test]
fn what_is_not_scanned_is_not_called_clean() {
    let s3 = Operator::expecting(vec![(first(), 200, page(&[], &Value::Null))]);
    let ended = with(&[("s3", &s3)], &["scan"]).with(2);
    assert!(ended.err.contains("not scanned: `ec2`, `rds`, `iam`"), "{}", ended.err);
    s3.done();
}

#[test]
fn an_operator_that_fails_does_not_keep_the_others_from_being_asked() {
    let fault = error("Demarc.ServiceFault", "`dynamodb:GetItem` on `control` failed");
    let s3 = Operator::expecting(vec![(first(), 502, fault)]);
    let ec2 = Operator::expecting(vec![(first(), 200, page(&[BLOCK], &Value::Null))]);
    let functions = ["scan", "--function", "s3", "--function", "ec2"];
    let ended = with(&[("s3", &s3), ("ec2", &ec2)], &functions).with(2);
    assert_eq!(ended.out, format!("{BLOCK}\n"));
    let expected = "the operator of `s3` answered 502 Demarc.ServiceFault: `dynamodb:GetItem` on `control` failed\n";
    assert!(ended.err.contains(expected), "{}", ended.err);
    [s3, ec2].into_iter().for_each(Operator::done);
}

#[test]
fn a_resource_that_cannot_be_read_is_trouble() {
    let operator = Operator::expecting(vec![(first(), 200, page(&[&failed()], &Value::Null))]);
    with(&[("s3", &operator)], S3).with(2);
    operator.done();
}

#[test]
fn a_page_that_names_itself_as_the_next_ends_the_scan() {
    let next = json!({ "setting": "s3.block", "token": "T" });
    let operator = Operator::expecting(vec![
        (first(), 200, page(&[], &next)),
        (json!({ "scan": next }), 200, page(&[], &next)),
    ]);
    let ended = with(&[("s3", &operator)], S3).with(2);
    assert!(ended.err.contains("the next page is the one that was asked for"), "{}", ended.err);
    operator.done();
}

#[test]
fn a_throttled_request_is_sent_again() {
    let operator = Operator::expecting(vec![
        (
            first(),
            429,
            r#"{"Reason":"ConcurrentInvocationLimitExceeded","message":"Rate exceeded"}"#.into(),
        ),
        (first(), 200, page(&[], &Value::Null)),
    ]);
    with(&[("s3", &operator)], S3).with(0);
    operator.done();
}

#[test]
fn an_answer_that_is_none_names_the_url() {
    let operator = Operator::expecting(vec![(first(), 200, "<html>".to_owned())]);
    let ended = with(&[("s3", &operator)], S3).with(2);
    let expected = format!("the answer of `{}` is not understood", operator.url());
    assert!(ended.err.contains(&expected), "{}", ended.err);
    operator.done();
}
