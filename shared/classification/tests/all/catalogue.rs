//! The tables: every line is read, sorted where it is searched, and agrees with the others.

use std::collections::BTreeSet;

use demarc_classification::catalogue::calls::Call;
use demarc_classification::catalogue::controls::{Remedy, SecurityHubControl};
use demarc_classification::catalogue::frameworks::{FRAMEWORKS, Framework, Mapping};
use demarc_classification::catalogue::services::Service;
use demarc_classification::catalogue::types::Type;
use demarc_classification::{Kind, Responsibility};

const CONTROLS: &str = include_str!("../../data/controls.csv");
const SERVICES: &str = include_str!("../../data/services.csv");
const CALLS: &str = include_str!("../../data/calls.csv");
const TYPES: &str = include_str!("../../data/types.csv");
const LEGACY: &str = include_str!("../../data/legacy.csv");

/// The lines below the header, all with as many fields.
fn lines(table: &'static str, read: usize) -> Vec<&'static str> {
    let mut lines = table.lines();
    let columns = lines.next().unwrap().split(',').count();
    let lines: Vec<&str> = lines.collect();
    for line in &lines {
        assert_eq!(line.split(',').count(), columns, "{line}");
        assert!(line.is_ascii() && !line.contains(['"', '\t', '\r']), "{line}");
    }
    assert_eq!(lines.len(), read, "a line is not understood");
    lines
}

fn sorted(lines: &[&str], key: usize) {
    let keys: Vec<String> =
        lines.iter().map(|line| line.split(',').take(key).collect::<Vec<_>>().join(",")).collect();
    for pair in keys.windows(2) {
        assert!(pair[0] < pair[1], "`{}` stands before `{}`", pair[0], pair[1]);
    }
}

#[test]
fn every_live_control_is_there_with_a_title_of_its_own() {
    lines(CONTROLS, SecurityHubControl::all().count());
    assert_eq!(SecurityHubControl::all().count(), 571);
    let (mut ids, mut titles) = (BTreeSet::new(), BTreeSet::new());
    for control in SecurityHubControl::all() {
        assert!(ids.insert(control.id), "{} twice", control.id);
        assert!(titles.insert(control.title.to_lowercase()), "`{}` twice", control.title);
        assert!((20..=90).contains(&control.title.len()), "{}", control.title);
        assert!(
            !control.title.contains("should") && !control.title.ends_with('.'),
            "{}",
            control.title
        );
        assert_eq!(SecurityHubControl::find(control.id), Some(control));
    }
    for retired in ["CloudFormation.1", "CodeBuild.5", "S3.4", "SNS.2"] {
        assert!(!ids.contains(retired), "{retired} is retired");
    }
}

#[test]
fn every_controls_resource_and_service_are_known() {
    for control in SecurityHubControl::all() {
        assert!(Service::of_control(control.id).is_some(), "{}", control.id);
        for kind in control.resources.split(' ') {
            assert!(
                Type::named(kind).is_some_and(|known| known.name == kind),
                "{}: {kind}",
                control.id
            );
        }
        for framework in control.frameworks.split(' ').filter(|name| !name.is_empty()) {
            assert!(FRAMEWORKS.iter().any(|known| known.id == framework), "{framework}");
        }
        let has_call = !control.call.is_empty();
        assert!(has_call || control.remedy != Remedy::InPlace, "{} has no call", control.id);
    }
}

#[test]
fn no_control_of_security_hub_is_awss_alone() {
    for control in SecurityHubControl::all() {
        let (responsibility, kind) = control.responsibility();
        assert_ne!(responsibility, Responsibility::Aws, "{}: {}", control.id, control.layer);
        assert_ne!(kind, Kind::Inherited, "{}", control.id);
    }
}

#[test]
fn former_ids_lead_to_live_controls() {
    let rows = lines(LEGACY, SecurityHubControl::legacy().count());
    sorted(&rows, 2);
    for (standard, rule, control) in SecurityHubControl::legacy() {
        assert_eq!(SecurityHubControl::of_legacy(standard, rule), Some(control));
        assert!(SecurityHubControl::find(control).is_some(), "{control}");
    }
    assert_eq!(SecurityHubControl::of_legacy("cis-1.2.0", "9.9"), None);
}

#[test]
fn controls_are_known_by_rule_and_by_call() {
    let ids = |rule: &str| -> Vec<&str> {
        SecurityHubControl::of_config_rule(rule).map(|control| control.id).collect()
    };
    assert_eq!(ids("securityhub-s3-bucket-versioning-enabled-0a1b2c3d"), ["S3.14"]);
    assert_eq!(ids("s3-bucket-versioning-enabled"), ["S3.14"]);
    assert_eq!(ids(""), [""; 0]);
    assert_eq!(ids("my-own-rule"), [""; 0]);
    for call in ["PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock"] {
        let ids: Vec<&str> = SecurityHubControl::of_call("s3", call).collect();
        assert_eq!(ids, ["S3.2", "S3.3", "S3.8"], "{call}");
    }
    assert_eq!(SecurityHubControl::of_call("ec2", "PutBucketPublicAccessBlock").count(), 0);
    assert_eq!(SecurityHubControl::of_call("s3", "GetObject").count(), 0);
    assert_eq!(SecurityHubControl::of_call("", "").count(), 0);
}

#[test]
fn every_service_is_found_by_all_its_names() {
    let rows = lines(SERVICES, Service::all().count());
    assert!(rows.len() >= 150, "{}", rows.len());
    sorted(&rows, 1);
    let words = |text: &'static str| text.split(' ').filter(|word| !word.is_empty());
    for service in Service::all() {
        assert_eq!(Service::named(service.key), Some(service));
        for source in words(service.event_sources) {
            assert_eq!(Service::of_label(source), Some(service), "{source}");
            assert_eq!(Service::of_event_source(&format!("{source}.amazonaws.com")), Some(service));
        }
        for namespace in words(service.namespaces) {
            assert_eq!(Service::of_type(&format!("AWS::{namespace}::X")), Some(service));
        }
        for prefix in words(service.control_prefixes) {
            assert_eq!(Service::of_control(&format!("{prefix}.1")), Some(service));
        }
    }
    for unknown in ["quantum.amazonaws.com", "s3", "", ".amazonaws.com"] {
        assert_eq!(Service::of_event_source(unknown), None, "{unknown}");
    }
}

#[test]
fn every_type_is_of_a_known_service() {
    let rows = lines(TYPES, Type::all().count());
    sorted(&rows, 1);
    for known in Type::all() {
        assert!(Service::of_type(known.name).is_some(), "{}", known.name);
        assert_eq!(Type::named(&known.name.to_uppercase()), Some(known));
    }
    assert_eq!(Type::named("AWS::Quantum::Ledger"), None);
    assert_eq!(Type::of_asff("AwsS3Bucket").map(|known| known.name), Some("AWS::S3::Bucket"));
    assert_eq!(Type::of_asff(""), None);
}

#[test]
fn every_call_is_of_a_known_service_and_resource() {
    let rows = lines(CALLS, Call::all().count());
    sorted(&rows, 2);
    assert!(rows.len() >= 1_000, "{}", rows.len());
    for call in Call::all() {
        let source = format!("{}.amazonaws.com", call.source);
        assert!(Service::of_event_source(&source).is_some(), "{}", call.source);
        assert_eq!(Call::find(&source, call.name), Some(call));
        assert!(
            call.resource.is_empty() || Service::of_type(call.resource).is_some(),
            "{}",
            call.resource
        );
        for path in call.names.split(' ').filter(|path| !path.is_empty()) {
            let root = path.split('.').next().unwrap();
            assert!(["requestParameters", "responseElements"].contains(&root), "{path}");
        }
    }
}

#[test]
fn frameworks_answer_to_the_names_that_auditors_use() {
    let cases = [
        ("CIS AWS Foundations", "CIS-5.0.0"),
        ("PCI DSS", "PCI-4.0.1"),
        ("NIST 800-53", "NIST-800-53-r5"),
        ("nist-800-171", "NIST-800-171-r2"),
        ("HIPAA", "HIPAA"),
        ("SOC 2", "SOC-2"),
        ("soc2", "SOC-2"),
        ("ISO 27001", "ISO-27001"),
        ("FedRAMP", "FedRAMP"),
        ("GDPR", "GDPR"),
        ("cis-1.4.0", "CIS-1.4.0"),
    ];
    for (name, id) in cases {
        assert_eq!(Framework::named(name).map(|framework| framework.id), Some(id), "{name}");
    }
    assert_eq!(Framework::named("something"), None);
}

#[test]
fn what_is_not_known_of_a_framework_is_not_invented() {
    for framework in FRAMEWORKS {
        let count = framework.controls().count();
        match framework.mapping {
            Mapping::Published => assert!(count > 30, "{}", framework.id),
            Mapping::Derived { from, basis } => {
                assert_eq!(count, Framework::named(from).unwrap().controls().count());
                assert!(basis.contains("stays open"), "{}", framework.id);
                // No control carries a derived framework as its own.
                let own = SecurityHubControl::all().any(|c| c.frameworks.contains(framework.id));
                assert!(!own, "{}", framework.id);
            }
            Mapping::Unknown { .. } => assert_eq!(count, 0, "{}", framework.id),
        }
    }
}
