//! `demarc explain`

use serde_json::Value;

use crate::run::{Ended, Home, command, end};

fn explain(arguments: &[&str]) -> Ended {
    let home = Home::new(&format!("explain-{:?}", std::thread::current().id()));
    let mut command = command(&home, &["explain"]);
    command.args(arguments);
    end(command, "")
}

fn facts(arguments: &[&str]) -> Value {
    let ended = explain(&[arguments, &["--json"]].concat()).with(0);
    serde_json::from_str(&ended.out).unwrap()
}

#[test]
fn a_control_says_whose_it_is_and_who_asks_for_it() {
    let ended = explain(&["s3.8"]).with(0);
    for words in [
        "customer (shared-configuration)",
        "s3:PutBucketPublicAccessBlock",
        "CIS-5.0.0",
        "FedRAMP",
        "candidate",
        "AWS builds the switch",
    ] {
        assert!(ended.out.contains(words), "{words}: {}", ended.out);
    }
    let facts = facts(&["S3.8"]);
    assert_eq!(
        (&facts["responsibility"], &facts["layer"]),
        (&"customer".into(), &"identity-and-access".into())
    );
    assert!(facts["training"].as_str().unwrap().contains("switch"));
}

#[test]
fn an_inherited_story_has_no_training() {
    let ended = explain(&["data", "centre", "break-in"]).with(0);
    assert!(
        ended.out.contains("aws (inherited)") && !ended.out.contains("to know"),
        "{}",
        ended.out
    );
}

#[test]
fn a_service_is_told_layer_by_layer_with_its_controls() {
    let ended = explain(&["Lambda"]).with(0);
    assert!(
        ended.out.contains("engine-or-runtime") && ended.out.contains("Lambda.2"),
        "{}",
        ended.out
    );
    let facts = facts(&["lambda"]);
    assert_eq!(facts["layers"].as_array().unwrap().len(), 16);
}

#[test]
fn a_framework_says_what_its_mapping_rests_on() {
    assert_eq!(facts(&["cis"])["mapping"], "published");
    assert_eq!(facts(&["SOC", "2"])["mapping"], "derived");
    let gdpr = facts(&["GDPR"]);
    assert_eq!(
        (&gdpr["mapping"], gdpr["controls"].as_array().unwrap().len()),
        (&"unknown".into(), 0)
    );
}

#[test]
fn without_a_topic_it_says_what_can_be_asked() {
    let ended = explain(&[]).with(0);
    assert!(ended.out.contains("public-bucket") && ended.out.contains("demarc explain S3.8"));
    let model = explain(&["model"]).with(0);
    assert!(model.out.contains("people-and-training"), "{}", model.out);
}

#[test]
fn an_unknown_topic_is_trouble_and_told_what_is_near() {
    let ended = explain(&["pubic-bucket"]).with(2);
    assert!(ended.err.contains("`public-bucket`"), "{}", ended.err);
}
