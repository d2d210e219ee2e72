use serde_json::json;

use crate::{answers::error, operator::Operator, run::with};

const STOP: &[&str] = &["stop", "--reason", "incident 7"];

#[test]
fn one_operator_stops_all() {
    let request = json!({ "stop": { "reason": "incident 7" } });
    let s3 = Operator::expecting(vec![(request, 200, r#"{"stopped":true}"#.to_owned())]);
    let ec2 = Operator::idle();
    let ended = with(&[("s3", &s3), ("ec2", &ec2)], STOP).with(0);
    assert!(ended.out.starts_with("stopped in eu-west-1: "), "{}", ended.out);
    [s3, ec2].into_iter().for_each(Operator::done);
}

#[test]
fn where_one_operator_fails_the_next_one_stops() {
    let request = || json!({ "stop": { "reason": "incident 7" } });
    let fault = error("Demarc.ServiceFault", "no");
    let s3 = Operator::expecting(vec![(request(), 502, fault)]);
    let ec2 = Operator::expecting(vec![(request(), 200, r#"{"stopped":true}"#.to_owned())]);
    let ended = with(&[("s3", &s3), ("ec2", &ec2)], STOP).with(0);
    assert!(ended.out.starts_with("stopped"), "{}", ended.out);
    assert!(ended.err.contains("the operator of `s3` answered 502"), "{}", ended.err);
    [s3, ec2].into_iter().for_each(Operator::done);
}

#[test]
fn resume_ends_it() {
    let request = json!({ "resume": { "reason": "over" } });
    let s3 = Operator::expecting(vec![(request, 200, r#"{"stopped":false}"#.to_owned())]);
    let ended = with(&[("s3", &s3)], &["resume", "--reason", "over", "--json"]).with(0);
    assert_eq!(ended.out, "{\"stopped\":false}\n");
    s3.done();
}

#[test]
fn nothing_is_called_stopped_that_the_operator_does_not_call_so() {
    for answer in ["{}", r#"{"stopped":false}"#] {
        let request = json!({ "stop": { "reason": "incident 7" } });
        let s3 = Operator::expecting(vec![(request, 200, answer.to_owned())]);
        let ended = with(&[("s3", &s3)], STOP).with(2);
        assert_eq!(ended.out, "");
        s3.done();
    }
}
