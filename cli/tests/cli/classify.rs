//! `demarc classify`

use serde_json::{Value, json};

use crate::run::{Ended, Home, command, end};

fn sample(name: &str) -> String {
    format!("{}/../events/{name}.json", env!("CARGO_MANIFEST_DIR"))
}

fn classify(arguments: &[&str], input: &str) -> Ended {
    let home = Home::new(&format!("classify-{:?}", std::thread::current().id()));
    let mut command = command(&home, &["classify"]);
    command.args(arguments);
    end(command, input)
}

fn lines(ended: &Ended) -> Vec<Value> {
    ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_disposition_has_a_status_of_its_own() {
    for (name, status) in [
        ("cloudtrail/odd-read-only", 0),
        ("cloudtrail/put-bucket-policy", 1),
        ("cloudtrail/odd-cloudformation", 3),
        ("findings/inspector", 4),
        ("cloudtrail/odd-sign-in", 5),
        ("findings/security-hub-forged", 6),
    ] {
        classify(&[&sample(name)], "").with(status);
    }
    classify(&["-"], "not json").with(2);
    classify(&["/nowhere/at/all.json"], "").with(2);
}

#[test]
fn the_gravest_of_several_counts() {
    let (read, policy) =
        (sample("cloudtrail/odd-read-only"), sample("cloudtrail/put-bucket-policy"));
    let ended = classify(&[&read, &policy], "").with(1);
    assert_eq!(lines(&ended).len(), 2);
    let ended = classify(&[&policy, "/nowhere.json", &read], "").with(2);
    assert_eq!(lines(&ended).len(), 2, "a file that is not there keeps no other from being read");
    assert!(ended.err.contains("`/nowhere.json`"), "{}", ended.err);
}

#[test]
fn a_line_says_all_that_is_known() {
    let ended = classify(&[&sample("findings/security-hub")], "").with(3);
    let line = &lines(&ended)[0];
    assert_eq!(line["kind"], "finding");
    assert_eq!(line["source"], "security-hub");
    assert_eq!(line["name"], "S3.8");
    assert_eq!(line["account"], "123456789012");
    assert_eq!(line["resources"][0]["arn"], "arn:aws:s3:::demarc-sample");
    let found = &line["classification"];
    assert_eq!(found["responsibility"], "customer");
    assert_eq!(found["kind"], "shared-configuration");
    assert_eq!(found["layer"], "identity-and-access");
    assert_eq!(found["controls"], json!(["S3.8"]));
    assert_eq!(found["reasons"][0]["pointer"], "/detail/findings/0/Compliance/SecurityControlId");
}

#[test]
fn lines_of_json_are_read_one_by_one() {
    let event = std::fs::read_to_string(sample("cloudtrail/put-bucket-policy")).unwrap();
    let event: Value = serde_json::from_str(&event).unwrap();
    let input = format!("{event}\nbroken\n\n{event}\n");
    let ended = classify(&["-"], &input).with(2);
    let lines = lines(&ended);
    let kinds: Vec<&str> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["change", "rejection", "change"]);
    assert_eq!(lines[1]["line"], 2);
    assert_eq!(lines[1]["rejection"]["code"], "not-json");
}

#[test]
fn another_account_is_rejected_where_one_is_named() {
    let policy = sample("cloudtrail/put-bucket-policy");
    classify(&[&policy, "--account", "123456789012"], "").with(1);
    let ended = classify(&[&policy, "--account", "210987654321"], "").with(6);
    assert_eq!(lines(&ended)[0]["classification"]["reasons"][0]["code"], "wrong-account");
}

#[test]
fn own_and_pipeline_roles_are_told_apart() {
    let own = sample("cloudtrail/odd-own-role");
    let role = "arn:aws:iam::123456789012:role/demarc-s3-remediator-us-east-1";
    let ended = classify(&[&own, "--own-role", role], "");
    assert_eq!(lines(&ended)[0]["classification"]["reasons"][0]["code"], "own-role");
    let ended = classify(&[&own, "--pipeline-role", role], "").with(1);
    assert_eq!(lines(&ended)[0]["classification"]["reasons"][1]["code"], "drift");
}

#[test]
fn nothing_is_asked_of_aws_and_no_secret_is_printed() {
    let event = json!({
        "eventSource": "sts.amazonaws.com", "eventName": "GetFederationToken", "readOnly": false,
        "recipientAccountId": "123456789012",
        "responseElements": {"credentials": {"sessionToken": "FwoSECRET"}},
    });
    let ended = classify(&["-"], &event.to_string()).with(5);
    assert!(!ended.out.contains("FwoSECRET"));
}
