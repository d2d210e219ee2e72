use serde_json::{Value, json};

use crate::{answers::refused, operator::Operator, run::with};

fn enforcement(mode: &str, ceiling: &str) -> Value {
    json!({ "mode": mode, "ceiling": ceiling })
}

fn listed(control: &str, title: &str, mode: &str) -> Value {
    json!({ "control": control, "title": title, "enforcement": enforcement(mode, "safe") })
}

#[test]
fn the_modes_of_all_operators_are_listed() {
    let ask = || json!({ "modes": {} });
    let versioning =
        listed("s3.versioning", "S3 buckets keep versions of their objects", "observe");
    let rds_control =
        listed("rds.instances-not-public", "RDS instances have no public address", "enforce");
    let answer = |control: Value| {
        json!({
            "modes": [control],
            "scopes": [
                {"controls": ["s3.*"], "regions": ["eu-*"], "mode": "enforce", "ceiling": "disruptive"},
                {"tags": {"environment": "dev*"}, "percent": 10, "mode": "approve", "grace_minutes": 30},
            ],
            "freezes": [{
                "from": "2026-12-20T00:00:00Z", "until": "2027-01-04T00:00:00Z",
                "reason": "end of the year", "ceiling": "safe",
            }],
        })
        .to_string()
    };
    let s3 = Operator::expecting(vec![(ask(), 200, answer(versioning))]);
    let rds = Operator::expecting(vec![(ask(), 200, answer(rds_control))]);
    let ended = with(&[("s3", &s3), ("rds", &rds)], &["mode"]).with(0);
    let expected = "\
CONTROL                   MODE      CEILING       WHAT IT SEES TO
s3.versioning             observe   safe          S3 buckets keep versions of their objects
rds.instances-not-public  enforce   safe          RDS instances have no public address

SCOPES, each applied to what those before it came to
s3.*, region eu-*: enforce, up to disruptive
tag environment=dev*, 10 percent of the resources: approve, after 30 minutes, where that raises it

FREEZES, in which what would be put right waits for a person
2026-12-20T00:00:00Z to 2027-01-04T00:00:00Z: everything but what is safe; end of the year
";
    assert_eq!(ended.out, expected);
    [s3, rds].into_iter().for_each(Operator::done);
}

#[test]
fn a_mode_is_set_through_the_operator_of_the_control() {
    let request = json!({ "mode": {
        "control": "rds.instances-not-public", "mode": "enforce", "ceiling": "disruptive", "reason": "agreed",
    }});
    let answer = json!({
        "mode": {
            "control": "rds.instances-not-public", "enforcement": enforcement("enforce", "disruptive"),
            "caller": "arn:aws:iam::123456789012:user/ann", "reason": "agreed", "at": 1,
        },
        "in_force_within_seconds": 60,
    });
    let s3 = Operator::idle();
    let rds = Operator::expecting(vec![(request, 200, answer.to_string())]);
    let arguments = [
        "mode",
        "rds.instances-not-public",
        "enforce",
        "--ceiling",
        "disruptive",
        "--reason",
        "agreed",
    ];
    let ended = with(&[("s3", &s3), ("rds", &rds)], &arguments).with(0);
    let expected =
        "rds.instances-not-public: enforce, up to disruptive; everywhere within 60 seconds\n";
    assert_eq!(ended.out, expected);
    [s3, rds].into_iter().for_each(Operator::done);
}

#[test]
fn an_unknown_control_is_refused_by_its_operator() {
    let request = json!({ "mode": {
        "control": "s3.versionning", "mode": "off", "ceiling": null, "reason": "agreed",
    }});
    let answer = refused("there is no control `s3.versionning`");
    let s3 = Operator::expecting(vec![(request, 409, answer)]);
    let arguments = ["mode", "s3.versionning", "off", "--reason", "agreed"];
    let ended = with(&[("s3", &s3)], &arguments).with(2);
    assert!(ended.err.contains("there is no control `s3.versionning`"), "{}", ended.err);
    s3.done();
}

#[test]
fn what_names_no_function_is_not_sent() {
    let ended = with(&[], &["mode", "versioning", "off", "--reason", "agreed"]).with(2);
    assert!(ended.err.contains("`versioning` is no control"), "{}", ended.err);
}
