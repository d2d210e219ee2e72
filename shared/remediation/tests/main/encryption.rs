//! The default encryption of buckets, case by case.

use demarc_remediation::{
    classification::Change,
    configuration::Known,
    settings::s3::bucket_encryption::{Encryption, Strength},
    state::State,
    verdict::{Safety, Undo, Verdict},
};
use serde_json::{Value, json};

use crate::support::{Scene, violation};

const CONTROL: &str = "s3.default-encryption-keeps-its-key";
const OURS: &str = "arn:aws:kms:eu-central-1:123456789012:key/1";
const THEIRS: &str = "arn:aws:kms:eu-central-1:999988887777:key/1";

fn by(algorithm: &str, key: Option<&str>) -> Encryption {
    let algorithm = Some(algorithm.to_owned());
    Encryption { algorithm, key: key.map(str::to_owned), bucket_key: Some(true), blocked: None }
}

#[test]
fn ways_of_encryption_are_told_apart() {
    for (encryption, expected) in [
        (Encryption::default(), Strength::OfS3),
        (by("AES256", None), Strength::OfS3),
        (by("aws:kms", None), Strength::OfAws),
        (
            by("aws:kms", Some("arn:aws:kms:eu-central-1:123456789012:alias/aws/s3")),
            Strength::OfAws,
        ),
        (by("aws:kms", Some(OURS)), Strength::OfCustomer),
        (by("aws:kms:dsse", Some("alias/own")), Strength::OfCustomer),
    ] {
        assert_eq!(encryption.strength(), expected, "{encryption:?}");
        assert_eq!(Encryption::from_elements(&encryption.elements()).unwrap(), encryption);
    }
}

#[test]
fn what_was_weakened_gets_its_key_back_and_nothing_else_changes() {
    let before = by("aws:kms", Some(OURS));
    for weaker in [by("AES256", None), by("aws:kms", None)] {
        let weaker = Encryption { bucket_key: Some(false), ..weaker };
        let scene = Scene::default().after(&before);
        let (desired, _, safety, undo) = violation(scene.judge(CONTROL, &weaker));
        assert_eq!(desired, Encryption { bucket_key: Some(false), ..before.clone() });
        assert_eq!((safety, undo), (Safety::Safe, Undo::Exact));
        assert!(scene.judge(CONTROL, &desired).is_compliant());
        assert!(Scene::default().judge(CONTROL, &weaker).is_compliant());
    }
}

#[test]
fn nothing_is_ever_weakened() {
    let scene = Scene::default().after(&by("AES256", None));
    for stronger in [by("aws:kms", None), by("aws:kms", Some(OURS)), by("aws:kms:dsse", Some(OURS))]
    {
        assert!(scene.judge(CONTROL, &stronger).is_compliant(), "{stronger:?}");
    }
    let another = by("aws:kms", Some("arn:aws:kms:eu-central-1:123456789012:key/2"));
    let scene = Scene::default().after(&by("aws:kms", Some(OURS)));
    assert!(scene.judge(CONTROL, &another).is_compliant());
}

#[test]
fn what_may_have_been_better_is_undecided_until_every_bucket_was_seen() {
    let scene = Scene { enrolling: true, ..Scene::default() };
    for unclear in [by("AES256", None), by("aws:kms", None)] {
        let verdict = scene.judge(CONTROL, &unclear);
        assert!(matches!(verdict, Verdict::Undecidable { .. }), "{verdict:?}");
    }
    assert!(scene.judge(CONTROL, &by("aws:kms", Some(OURS))).is_compliant());
}

#[test]
fn the_key_of_an_account_that_nobody_knows_goes() {
    let stranger = by("aws:kms", Some(THEIRS));
    let own = by("AES256", None);
    let (desired, detail, ..) = violation(Scene::default().after(&own).judge(CONTROL, &stranger));
    assert_eq!(desired, own);
    assert!(detail.contains(THEIRS), "{detail}");
    let verdict = Scene::default().judge(CONTROL, &stranger);
    assert!(matches!(verdict, Verdict::Advise { .. }), "{verdict:?}");
    let mut knowing = Scene::default().after(&own);
    let accounts = vec!["999988887777".to_owned()];
    knowing.configuration.known = Some(Known { accounts, ..Known::default() });
    assert!(knowing.judge(CONTROL, &stranger).is_compliant());
}

#[test]
fn a_reading_shows_what_the_call_did() {
    let call = |name: &str, request: Value| {
        let service = "s3.amazonaws.com".to_owned();
        Change { service, name: name.to_owned(), request, ..Change::default() }
    };
    let default = json!({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": OURS});
    let rule = json!({"Rule": {"ApplyServerSideEncryptionByDefault": default}});
    let put = call("PutBucketEncryption", json!({ "ServerSideEncryptionConfiguration": rule }));
    let delete = call("DeleteBucketEncryption", Value::Null);
    let (with, without) = (by("aws:kms", Some(OURS)), by("AES256", None));
    assert!(with.shows(&put) && !without.shows(&put) && !by("aws:kms", None).shows(&put));
    assert!(without.shows(&delete) && !with.shows(&delete));
}
