//! Every file of `events/` is what its name says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use demarc_classification::{
    ActorKind, Change, Disposition, Identities, Input, Request, catalogue::calls::Call, classify,
    inputs, kinds,
};

fn folder(name: &str) -> BTreeMap<String, Input> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events").join(name);
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut read = inputs(&fs::read(&path).unwrap());
        assert_eq!(read.len(), 1, "{stem}");
        found.insert(
            stem.clone(),
            read.remove(0).unwrap_or_else(|refused| panic!("{stem}: {refused}")),
        );
    }
    found
}

fn stems(name: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events").join(name);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

fn changes() -> BTreeMap<String, Change> {
    folder("cloudtrail")
        .into_iter()
        .map(|(stem, input)| match input {
            Input::Change(change) => (stem, change),
            other => panic!("{stem} is {other:?}"),
        })
        .collect()
}

/// `PutBucketACL` becomes `put-bucket-acl`; a digit stays with its word.
fn kebab(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let starts = letter.is_ascii_uppercase()
            && before.is_some_and(|before| before.is_ascii_lowercase() || after);
        if starts {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

fn identities() -> Identities {
    Identities {
        own_roles: vec!["arn:aws:iam::123456789012:role/demarc-s3-remediator-us-east-1".into()],
        pipeline_roles: Vec::new(),
        account: "123456789012".into(),
    }
}

fn disposition(change: &Change) -> Disposition {
    classify(&Input::Change(change.clone()), &identities()).disposition
}

#[test]
fn every_plain_sample_is_the_customers() {
    for (stem, change) in changes().iter().filter(|(stem, _)| !stem.starts_with("odd-")) {
        assert!(stem.starts_with(&kebab(&change.name)), "{stem} is {}", change.name);
        assert_eq!(disposition(change), Disposition::Remediate, "{stem}");
        assert_eq!(change.region, "us-east-1", "{stem}");
        assert!(change.time.is_some() && !change.omitted && change.error_code.is_none(), "{stem}");
    }
}

#[test]
fn every_plain_sample_names_its_resource() {
    for (stem, change) in changes().iter().filter(|(stem, _)| !stem.starts_with("odd-")) {
        let text = serde_json::to_string(&(&change.request, &change.response)).unwrap();
        let named = [
            "demarc-sample",
            "sg-0a1b2c3d4e5f60718",
            "vpc-0a1b2c3d4e5f60718",
            "fl-0a1b2c3d4e5f60718",
            "subnet-0a1b2c3d4e5f60718",
            "snap-0a1b2c3d4e5f60718",
            "ami-0a1b2c3d4e5f60718",
            "sg-0d1e2f3a4b5c60718",
            "acl-0a1b2c3d4e5f60718",
            "i-0a1b2c3d4e5f60718",
            "tgw-0a1b2c3d4e5f60718",
            "0a1b2c3d-4e5f-4071-8a1b-2c3d4e5f6071",
            "\"accountId\":\"123456789012\"",
        ];
        // A call about the whole region or account names nothing.
        let is_of_account = Call::find(&change.service, &change.name).is_some_and(|call| {
            call.resource == kinds::ACCOUNT
                && ["ec2.amazonaws.com", "iam.amazonaws.com"].contains(&change.service.as_str())
        });
        assert!(is_of_account || named.iter().any(|name| text.contains(name)), "{stem}: {text}");
        assert!(!text.contains("****"), "{stem} keeps a password");
    }
}

#[test]
fn the_odd_samples() {
    let changes = changes();
    let cases = [
        ("odd-cloudformation", Disposition::Approve),
        ("odd-root-user", Disposition::Remediate),
        ("odd-iam-user", Disposition::Remediate),
        ("odd-parameters-omitted", Disposition::Remediate),
        ("odd-failed-call", Disposition::Ignore),
        ("odd-service-event", Disposition::Ignore),
        ("odd-read-only", Disposition::Ignore),
        ("odd-own-role", Disposition::Ignore),
        ("odd-sign-in", Disposition::Notify),
    ];
    for (stem, expected) in cases {
        assert_eq!(disposition(&changes[stem]), expected, "{stem}");
    }
    assert_eq!(changes.keys().filter(|stem| stem.starts_with("odd-")).count(), cases.len());
    assert_eq!(changes["odd-root-user"].actor.kind, ActorKind::Root);
    assert_eq!(changes["odd-iam-user"].actor.kind, ActorKind::User);
    assert!(changes["odd-parameters-omitted"].omitted);
}

#[test]
fn requests() {
    let expected = [
        ("evaluate-bucket", kinds::BUCKET),
        ("evaluate-db-instance", kinds::DB_INSTANCE),
        ("evaluate-security-group", kinds::SECURITY_GROUP),
        ("evaluate-vpc", kinds::VPC),
    ];
    let found = folder("requests");
    for (stem, kind) in expected {
        let Input::Request(Request::Evaluate(evaluate)) = &found[stem] else { panic!("{stem}") };
        let target = evaluate.target("123456789012", "us-east-1").unwrap();
        assert_eq!((target.kind.as_str(), target.region.as_str()), (kind, "us-east-1"));
        assert!(classify(&found[stem], &identities()).writable());
    }
}

#[test]
fn the_readme_lists_every_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let findings = stems("findings");
    for stem in changes().keys().chain(folder("requests").keys()).chain(&findings) {
        assert!(readme.contains(&format!("| `{stem}` |")), "{stem} is not in events/README.md");
    }
}
