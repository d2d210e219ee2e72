//! Access logs, and how long buckets of logs keep their objects.

use std::collections::BTreeMap;

use demarc_remediation::{
    classification::Change,
    configuration::{Configuration, Logs},
    settings::s3::{
        bucket_lifecycle::{Expiration, Lifecycle, NoncurrentExpiration, Rule},
        bucket_logging::Logging,
        bucket_policy::{BUCKET_POLICY, BucketPolicy},
    },
    state::State,
    verdict::{Safety, Undo, Verdict},
};
use serde_json::{Value, json};

use crate::support::{Scene, violation};

const LOGGING: &str = "s3.access-logging-on";
const LIFECYCLE: &str = "s3.log-buckets-keep-their-objects";

fn logging(target: &str, prefix: &str) -> Logging {
    let (target, prefix) = (Some(target.to_owned()), Some(prefix.to_owned()));
    Logging { target_bucket: target, target_prefix: prefix, partition_date_source: None }
}

fn configured(bucket: &str) -> Scene {
    let access = BTreeMap::from([("eu-central-1".to_owned(), bucket.to_owned())]);
    let logs = Logs { access, ..Logs::default() };
    Scene { configuration: Configuration { logs, ..Configuration::default() }, ..Scene::default() }
}

#[test]
fn access_logs_go_to_where_they_went_or_to_the_configured_bucket() {
    let none = Logging::default();
    let scene = configured("access-logs");
    let (desired, detail, safety, undo) = violation(scene.judge(LOGGING, &none));
    assert_eq!(desired, logging("access-logs", "sample/"));
    assert!(detail.contains("access-logs") && undo == Undo::Exact, "{detail}");
    assert_eq!(safety, Safety::Safe);
    let before = Logging {
        partition_date_source: Some("EventTime".to_owned()),
        ..logging("other-logs", "of-sample/")
    };
    for scene in [scene, Scene::default()] {
        assert_eq!(violation(scene.after(&before).judge(LOGGING, &none)).0, before);
    }
}

#[test]
fn without_a_place_for_access_logs_a_person_configures_one() {
    let none = Logging::default();
    let verdict = Scene::default().judge(LOGGING, &none);
    let Verdict::Advise { steps } = verdict else { panic!("{verdict:?}") };
    assert!(steps.contains("eu-central-1") && steps.contains("logs.access"), "{steps}");
    let elsewhere = Scene { region: "us-east-1", ..configured("access-logs") };
    assert!(matches!(elsewhere.judge(LOGGING, &none), Verdict::Advise { .. }));
    let enrolling = Scene { enrolling: true, ..configured("access-logs") };
    assert!(matches!(enrolling.judge(LOGGING, &none), Verdict::Undecidable { .. }));
    assert!(configured("sample").judge(LOGGING, &none).is_compliant(), "the logs' own bucket");
    assert!(Scene::default().judge(LOGGING, &logging("any", "")).is_compliant());
}

fn delivered_by(service: &str, action: &str, effect: &str) -> Scene {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject", "Resource": "*"},
        {"Effect": effect, "Principal": {"Service": [service]}, "Action": action, "Resource": "*"},
    ]});
    let policy = BucketPolicy::parse(&policy.to_string()).unwrap();
    Scene::default().with(&BUCKET_POLICY, &policy)
}

fn lifecycle(rules: &[(&str, Value)]) -> Lifecycle {
    let rules = rules
        .iter()
        .map(|(id, rule)| ((*id).to_owned(), serde_json::from_value(rule.clone()).unwrap()));
    Lifecycle { rules: rules.collect(), minimum_size: Some("varies".to_owned()) }
}

#[test]
fn rules_that_expire_logs_early_expire_them_later_and_stay_as_they_are_otherwise() {
    let scene = delivered_by("cloudtrail.amazonaws.com", "s3:PutObject", "Allow");
    let rule = |expiration: Value| {
        json!({"Status": "Enabled", "Expiration": expiration, "Filter": {"Prefix": "AWSLogs/"},
            "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]})
    };
    let former = |days: i32| {
        json!({"Status": "Enabled", "NoncurrentVersionExpiration": {
            "NoncurrentDays": days, "NewerNoncurrentVersions": 3}})
    };
    let off = json!({"Status": "Disabled", "Expiration": {"Days": 1}});
    let marker = rule(json!({"ExpiredObjectDeleteMarker": true}));
    let observed = lifecycle(&[
        ("day", rule(json!({"Days": 1}))),
        ("date", rule(json!({"Date": "2026-01-01T00:00:00Z"}))),
        ("former", former(1)),
        ("late", rule(json!({"Days": 90}))),
        ("former-late", former(400)),
        ("off", off.clone()),
        ("marker", marker.clone()),
    ]);
    let (desired, detail, safety, undo) = violation(scene.judge(LIFECYCLE, &observed));
    let expected = lifecycle(&[
        ("day", rule(json!({"Days": 90}))),
        ("date", rule(json!({"Days": 90}))),
        ("former", former(90)),
        ("late", rule(json!({"Days": 90}))),
        ("former-late", former(400)),
        ("off", off),
        ("marker", marker),
    ]);
    assert_eq!(desired, expected);
    assert!(detail.ends_with("`date`, `day`, `former`"), "{detail}");
    assert_eq!((safety, undo), (Safety::Safe, Undo::Exact));
    assert!(scene.judge(LIFECYCLE, &expected).is_compliant());
}

#[test]
fn a_bucket_of_logs_is_told_by_who_may_write_to_it() {
    let short = lifecycle(&[("day", json!({"Status": "Enabled", "Expiration": {"Days": 1}}))]);
    for (service, action) in [
        ("cloudtrail.amazonaws.com", "s3:PutObject"),
        ("config.amazonaws.com", "s3:*"),
        ("delivery.logs.amazonaws.com", "s3:Put*"),
        ("logging.s3.amazonaws.com", "s3:PutObject"),
        ("logdelivery.elasticloadbalancing.amazonaws.com", "*"),
    ] {
        let scene = delivered_by(service, action, "Allow");
        assert!(scene.judge(LIFECYCLE, &short).is_violation(), "{service}");
    }
    for (service, action, effect) in [
        ("cloudtrail.amazonaws.com", "s3:GetBucketAcl", "Allow"),
        ("cloudtrail.amazonaws.com", "s3:PutObject", "Deny"),
        ("cloudfront.amazonaws.com", "s3:PutObject", "Allow"),
    ] {
        let scene = delivered_by(service, action, effect);
        assert!(scene.judge(LIFECYCLE, &short).is_compliant(), "{service} {action} {effect}");
    }
    let mut longer = delivered_by("cloudtrail.amazonaws.com", "s3:PutObject", "Allow");
    longer.configuration.logs.keep_days = 365;
    let desired = violation(longer.judge(LIFECYCLE, &short)).0;
    assert_eq!(desired.rules.get("day").unwrap().expiration.as_ref().unwrap().days, Some(365));
}

#[test]
fn readings_show_what_the_change_says() {
    let logged = |status: Value| Change {
        name: "PutBucketLogging".to_owned(),
        request: json!({"bucketName": "sample", "BucketLoggingStatus": status}),
        ..Change::default()
    };
    let to = |target: &str| logged(json!({"LoggingEnabled": {"TargetBucket": target}}));
    assert!(logging("logs", "").shows(&to("logs")) && !logging("logs", "").shows(&to("other")));
    let off = logged(json!({"xmlns": "http://s3.amazonaws.com/doc/2006-03-01/"}));
    assert!(Logging::default().shows(&off) && !logging("logs", "").shows(&off));
    let state = lifecycle(&[("day", json!({"Status": "Enabled"}))]);
    let put = |id: &str| Change {
        request: json!({"LifecycleConfiguration": {"Rule": {"ID": id}}}),
        ..Change::default()
    };
    assert!(state.shows(&put("day")) && !state.shows(&put("other")));
}

#[test]
fn a_lifecycle_is_the_same_from_its_elements() {
    let state = Lifecycle {
        rules: BTreeMap::from([(
            "a".to_owned(),
            Rule {
                status: "Enabled".to_owned(),
                expiration: Some(Expiration { days: Some(3), ..Expiration::default() }),
                noncurrent_version_expiration: Some(NoncurrentExpiration::default()),
                rest: BTreeMap::from([("Prefix".to_owned(), json!("x/"))]),
            },
        )]),
        minimum_size: None,
    };
    assert_eq!(Lifecycle::from_elements(&state.elements()), Ok(state));
    let foreign = [("version".to_owned(), json!(1))].into_iter().collect();
    assert!(Lifecycle::from_elements(&foreign).is_err());
}

#[test]
fn a_configuration_of_logs_is_checked() {
    let parse = |text: &str| Configuration::parse(text, &[]);
    let good = "version = 1\n[logs]\nkeep_days = 365\naccess = { eu-central-1 = \"our-logs\" }";
    let logs = parse(good).unwrap().logs;
    assert_eq!((logs.keep_days, logs.access.len()), (365, 1));
    for (wrong, said) in [
        ("keep_days = 0", "keep_days"),
        ("keep_days = 4000000000", "keep_days"),
        ("access = { eu-central-1 = \"arn:aws:s3:::our-logs\" }", "eu-central-1"),
        ("access = { eu-central-1 = \"\" }", "eu-central-1"),
        ("bucket = \"x\"", "bucket"),
    ] {
        let error = parse(&format!("version = 1\n[logs]\n{wrong}")).unwrap_err();
        assert!(error.message.contains(said), "{}", error.message);
    }
}
