//! Every sample of `events/findings` says what its name says, and shapes that no sample has.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use Disposition::{Advise, Approve, Ignore, Notify, Reject, Remediate};
use Layer::{ApplicationCode, DataContent, DataProtection, EngineOrRuntime, GuestOs};
use Layer::{IdentityAndAccess, ManagedControlPlane, NetworkExposure, Resilience};
use Responsibility::{Aws, Customer, Shared, Undetermined};
use demarc_classification::{
    Classification, Disposition, Finding, Identities, Input, Layer, Responsibility, Source,
    classify, inputs,
};
use serde_json::{Value, json};

use crate::{code, envelope, merge, one, read};
use demarc_classification::RejectionCode;

const BUCKET: &str = "AWS::S3::Bucket|demarc-sample";
const GROUP: &str = "AWS::EC2::SecurityGroup|sg-0a1b2c3d4e5f60718";
const INSTANCE: &str = "AWS::EC2::Instance|i-0a1b2c3d4e5f60718";
const DATABASE: &str = "AWS::RDS::DBInstance|demarc-sample";

fn identities() -> Identities {
    Identities { account: "123456789012".into(), ..Identities::default() }
}

fn sample(stem: &str) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/findings");
    let text = fs::read_to_string(root.join(format!("{stem}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn findings(value: &Value) -> Vec<(Finding, Classification)> {
    read(value)
        .into_iter()
        .map(|input| {
            let input = input.unwrap_or_else(|refused| panic!("{value}: {refused}"));
            let classification = classify(&input, &identities());
            for reason in &classification.reasons {
                assert!(reason.pointer.starts_with('/') && !reason.text.is_empty(), "{reason:?}");
            }
            match input {
                Input::Finding(finding) => (finding, classification),
                other => panic!("{other:?}"),
            }
        })
        .collect()
}

fn first(value: &Value) -> (Finding, Classification) {
    findings(value).remove(0)
}

/// What each sample is, its layer, whose, and what may be done.
type Row =
    (&'static str, Source, &'static str, &'static str, Option<Layer>, Responsibility, Disposition);

#[rustfmt::skip]
const SAMPLES: &[Row] = &[
    ("access-analyzer", Source::AccessAnalyzer, "Access Analyzer Finding", BUCKET, Some(IdentityAndAccess), Customer, Remediate),
    ("access-analyzer-preview", Source::AccessAnalyzer, "Access Preview State Change", BUCKET, Some(IdentityAndAccess), Customer, Ignore),
    ("acm-expiration", Source::CertificateManager, "ACM Certificate Approaching Expiration", "AWS::CertificateManager::Certificate|0a1b2c3d-0000-4000-8000-000000000006", Some(DataProtection), Customer, Advise),
    ("config-compliance", Source::ConfigCompliance, "securityhub-s3-bucket-versioning-enabled-0a1b2c3d", BUCKET, Some(Resilience), Customer, Remediate),
    ("config-item", Source::ConfigItem, "ConfigurationItemChangeNotification", GROUP, None, Customer, Remediate),
    ("config-item-oversized", Source::ConfigItem, "OversizedConfigurationItemChangeNotification", GROUP, None, Customer, Remediate),
    ("config-rule-invocation", Source::ConfigRule, "groups-are-closed", GROUP, None, Customer, Remediate),
    ("ecr-scan", Source::ContainerRegistry, "ECR Image Scan", "AWS::ECR::Repository|demarc-sample", Some(ApplicationCode), Customer, Advise),
    ("guardduty-sample", Source::GuardDuty, "CryptoCurrency:EC2/BitcoinTool.B!DNS", "AWS::EC2::Instance|i-99999999", Some(GuestOs), Customer, Ignore),
    ("guardduty-setting", Source::GuardDuty, "Policy:S3/BucketAnonymousAccessGranted", BUCKET, Some(IdentityAndAccess), Customer, Remediate),
    ("guardduty-threat", Source::GuardDuty, "UnauthorizedAccess:EC2/SSHBruteForce", INSTANCE, Some(NetworkExposure), Customer, Approve),
    ("health-action-required", Source::Health, "AWS_RDS_PLANNED_LIFECYCLE_EVENT", DATABASE, Some(EngineOrRuntime), Shared, Advise),
    ("health-credentials-exposed", Source::Health, "AWS_RISK_CREDENTIALS_EXPOSED", "AWS::IAM::AccessKey|AKIASAMPLEAKIASAMPLE", Some(IdentityAndAccess), Customer, Approve),
    ("health-public", Source::Health, "AWS_S3_OPERATIONAL_ISSUE", "", Some(ManagedControlPlane), Aws, Notify),
    ("inspector", Source::Inspector, "PACKAGE_VULNERABILITY", INSTANCE, Some(GuestOs), Customer, Advise),
    ("kms-expiration", Source::Kms, "KMS Imported Key Material Expiration", "AWS::KMS::Key|0a1b2c3d-0000-4000-8000-000000000005", Some(DataProtection), Customer, Advise),
    ("macie", Source::Macie, "SensitiveData:S3Object/Credentials", BUCKET, Some(DataContent), Customer, Advise),
    ("schedule", Source::Scheduler, "Scheduled Event", "", None, Undetermined, Ignore),
    ("security-hub", Source::SecurityHub, "S3.8", BUCKET, Some(IdentityAndAccess), Customer, Approve),
    ("security-hub-action", Source::SecurityHubAction, "RDS.2", DATABASE, Some(NetworkExposure), Customer, Approve),
    ("security-hub-forged", Source::SecurityHub, "S3.8", BUCKET, None, Undetermined, Reject),
    ("security-hub-insight", Source::SecurityHubInsight, "Buckets with public access", BUCKET, None, Undetermined, Notify),
    ("security-hub-legacy", Source::SecurityHub, "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/4.1", GROUP, Some(NetworkExposure), Customer, Approve),
    ("security-hub-other-account", Source::SecurityHub, "S3.8", "AWS::S3::Bucket|demarc-sample-member", Some(IdentityAndAccess), Customer, Reject),
    ("security-hub-v2-control", Source::SecurityHubV2, "S3.5", BUCKET, Some(DataProtection), Customer, Approve),
    ("security-hub-v2-detection", Source::SecurityHubV2, "TTPs/Initial Access/UnauthorizedAccess:IAMUser-MaliciousIPCaller", "AWS::IAM::User|example", Some(IdentityAndAccess), Customer, Approve),
    ("security-hub-v2-vulnerability", Source::SecurityHubV2, "A sample", INSTANCE, Some(GuestOs), Customer, Advise),
    ("ssm-compliance", Source::SystemsManager, "Patch", INSTANCE, Some(GuestOs), Customer, Advise),
    ("trusted-advisor", Source::TrustedAdvisor, "Security Groups - Specific Ports Unrestricted", GROUP, Some(NetworkExposure), Customer, Advise),
];

#[test]
fn every_sample_is_what_its_name_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/findings");
    let mut rows: BTreeMap<String, &Row> =
        SAMPLES.iter().map(|row| (format!("{}.json", row.0), row)).collect();
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let row = rows.remove(&name).unwrap_or_else(|| panic!("{name} is not in the table"));
        let (stem, source, subject, resource, layer, responsibility, disposition) = *row;
        let (finding, found) = first(&sample(stem));
        let named = finding.resources.first().map(|r| format!("{}|{}", r.kind, r.id));
        assert_eq!(finding.source, source, "{stem}");
        assert_eq!(finding.subject.value, subject, "{stem}");
        assert_eq!(named.unwrap_or_default(), resource, "{stem}");
        assert_eq!(found.layer, layer, "{stem}");
        assert_eq!(
            (found.responsibility, found.disposition),
            (responsibility, disposition),
            "{stem}"
        );
    }
    assert!(rows.is_empty(), "{rows:?}");
}

#[test]
fn every_source_has_a_sample() {
    for source in Source::ALL {
        assert!(SAMPLES.iter().any(|row| row.1 == *source), "{source}");
    }
}

#[test]
fn all_findings_of_an_event_are_read() {
    let found = findings(&sample("security-hub-action"));
    let dispositions: Vec<Disposition> = found.iter().map(|(_, c)| c.disposition).collect();
    assert_eq!(dispositions, [Approve, Ignore]);
    assert_eq!(found[1].1.reasons[0].pointer, "/detail/findings/1/Compliance/Status");
    assert_eq!(found[0].1.controls, ["RDS.2"]);
    assert!(found[0].1.frameworks.iter().any(|framework| framework == "FSBP"));
}

#[test]
fn a_broken_finding_spoils_no_other() {
    let mut event = sample("security-hub-action");
    event["detail"]["findings"][0].as_object_mut().unwrap().remove("AwsAccountId");
    let read = read(&event);
    assert_eq!(read[0].as_ref().unwrap_err().code, RejectionCode::Incomplete);
    assert_eq!(read[0].as_ref().unwrap_err().pointer, "/detail/findings/0/AwsAccountId");
    assert!(matches!(&read[1], Ok(Input::Finding(_))));
    event["detail"]["findings"] = json!([]);
    assert_eq!(code(&event), RejectionCode::Incomplete);
}

// The account is the finding's, never the hub's.
#[test]
fn the_hubs_account_is_not_the_findings() {
    let (finding, found) = first(&sample("security-hub-other-account"));
    assert_eq!(finding.account.value, "210987654321");
    assert_eq!(found.reasons.last().unwrap().pointer, "/detail/findings/0/AwsAccountId");
    for (stem, pointer) in [
        ("guardduty-threat", "/detail/accountId"),
        ("access-analyzer", "/detail/accountId"),
        ("config-compliance", "/detail/awsAccountId"),
        ("inspector", "/detail/awsAccountId"),
        ("macie", "/detail/accountId"),
    ] {
        let mut event = sample(stem);
        *event.pointer_mut(pointer).unwrap() = json!("210987654321");
        let (finding, found) = first(&event);
        assert_eq!(finding.account.value, "210987654321", "{stem}");
        assert_eq!(found.disposition, Reject, "{stem}");
    }
}

#[test]
fn a_stray_is_counted_and_our_own_beside_it_is_not() {
    let mut event = sample("security-hub-other-account");
    let own = sample("security-hub")["detail"]["findings"][0].clone();
    event["detail"]["findings"].as_array_mut().unwrap().push(own);
    let found = findings(&json!({"stray": event}));
    assert!(found.iter().all(|(finding, _)| finding.stray));
    let codes: Vec<&str> =
        found.iter().map(|(_, c)| c.reasons.last().unwrap().code.as_str()).collect();
    assert_eq!(codes, ["wrong-account", "not-a-stray"]);
    assert!(found.iter().all(|(_, classification)| !classification.writable()));
}

#[test]
fn only_awss_own_product_is_believed() {
    let cases = [
        ("arn:aws:securityhub:us-east-1::product/aws/securityhub", true),
        ("arn:aws:securityhub:us-east-1::product/aws/guardduty", true),
        ("arn:aws-cn:securityhub:cn-north-1::product/aws/securityhub", true),
        ("arn:aws:securityhub:us-east-1:123456789012:product/123456789012/default", false),
        ("arn:aws:securityhub:us-east-1::product/example/scanner", false),
        ("arn:aws:securityhub:us-east-1:123456789012:product/aws/securityhub", false),
        ("arn:aws:securityhub:us-east-1::product/awsx/securityhub", false),
        ("arn:aws:s3:::product/aws/securityhub", false),
        ("product/aws/securityhub", false),
        ("", false),
    ];
    for (product, genuine) in cases {
        for (stem, pointer) in [
            ("security-hub", "/detail/findings/0/ProductArn"),
            ("security-hub-v2-control", "/detail/findings/0/metadata/product/uid"),
        ] {
            let mut event = sample(stem);
            *event.pointer_mut(pointer).unwrap() = json!(product);
            assert_eq!(first(&event).1.disposition != Reject, genuine, "{stem} {product}");
        }
    }
}

#[test]
fn a_finding_that_is_over_is_ignored() {
    let over = [
        ("security-hub", "/detail/findings/0/RecordState", json!("ARCHIVED")),
        ("security-hub", "/detail/findings/0/Workflow/Status", json!("SUPPRESSED")),
        ("security-hub", "/detail/findings/0/Workflow/Status", json!("RESOLVED")),
        ("security-hub", "/detail/findings/0/Compliance/Status", json!("PASSED")),
        ("security-hub", "/detail/findings/0/Compliance/Status", json!("NOT_AVAILABLE")),
        ("security-hub-v2-control", "/detail/findings/0/status_id", json!(3)),
        ("security-hub-v2-control", "/detail/findings/0/compliance/status", json!("Pass")),
        ("config-compliance", "/detail/newEvaluationResult/complianceType", json!("COMPLIANT")),
        (
            "config-compliance",
            "/detail/newEvaluationResult/complianceType",
            json!("NOT_APPLICABLE"),
        ),
        (
            "config-item",
            "/detail/configurationItem/configurationItemStatus",
            json!("ResourceDeleted"),
        ),
        ("guardduty-threat", "/detail/service/archived", json!(true)),
        ("access-analyzer", "/detail/status", json!("RESOLVED")),
        ("access-analyzer", "/detail/isDeleted", json!(true)),
        ("inspector", "/detail/status", json!("CLOSED")),
        ("macie", "/detail/archived", json!(true)),
        ("macie", "/detail/sample", json!(true)),
        ("ssm-compliance", "/detail/compliance-status", json!("compliant")),
        ("trusted-advisor", "/detail/status", json!("OK")),
        ("ecr-scan", "/detail/finding-severity-counts", json!({"INFORMATIONAL": 3})),
        ("config-rule-invocation", "/eventLeftScope", json!(true)),
    ];
    for (stem, pointer, value) in over {
        let mut event = sample(stem);
        *event.pointer_mut(pointer).unwrap() = value.clone();
        let (_, found) = first(&event);
        assert_eq!(found.disposition, Ignore, "{stem} {pointer} {value}");
        assert!(["passed", "closed", "sample"].contains(&found.reasons[0].code.as_str()));
    }
}

// Who attacks chooses what stands in a user agent; GuardDuty repeats it in the same text.
#[test]
fn an_actor_cannot_call_its_finding_a_sample() {
    let mut event = sample("guardduty-threat");
    for words in [
        json!("{\"userAgent\":\"x\\\"sample\\\":true\"}").as_str().unwrap().to_owned(),
        "{\"userAgent\":{\"sample\":true}}".to_owned(),
        "\"sample\":true".to_owned(),
    ] {
        event["detail"]["service"]["additionalInfo"]["value"] = json!(words);
        assert_eq!(first(&event).1.disposition, Approve, "{words}");
    }
}

#[test]
fn a_sample_says_so_in_one_of_two_places() {
    let mut event = sample("guardduty-threat");
    for info in [json!({"sample": true}), json!({"value": "{\"sample\":true}"})] {
        event["detail"]["service"]["additionalInfo"] = info;
        assert_eq!(first(&event).1.disposition, Ignore);
    }
}

#[test]
fn the_groups_behind_an_open_port_are_named_too() {
    let (finding, _) = first(&sample("guardduty-threat"));
    let ids: Vec<&str> = finding.resources.iter().map(|resource| resource.id.as_str()).collect();
    assert_eq!(ids, ["i-0a1b2c3d4e5f60718", "sg-0a1b2c3d4e5f60718"]);
    let (setting, _) = first(&sample("guardduty-setting"));
    let kinds: Vec<&str> =
        setting.resources.iter().map(|resource| resource.kind.as_str()).collect();
    assert_eq!(kinds, ["AWS::S3::Bucket", "AWS::IAM::Role"], "its own type comes first");
}

#[test]
fn what_may_be_done_follows_from_how_a_control_is_put_right() {
    let mut event = sample("security-hub");
    for (id, disposition, code) in [
        ("S3.14", Remediate, "in-place"),
        ("EC2.6", Remediate, "with-input"),
        ("S3.8", Approve, "disruptive"),
        ("EC2.3", Advise, "replacement"),
        ("EC2.17", Advise, "person"),
        // A version is taken when the customer wants it, though one call would do.
        ("RDS.13", Advise, "in-place"),
    ] {
        event["detail"]["findings"][0]["Compliance"]["SecurityControlId"] = json!(id);
        let (_, found) = first(&event);
        let last = found.reasons.last().unwrap();
        assert_eq!((found.disposition, last.code.as_str()), (disposition, code), "{id}");
    }
}

#[test]
fn pascal_case_is_read_too() {
    let event = envelope(
        json!({"AccountId": "123456789012", "Region": "eu-west-1", "Id": "f-1",
            "Type": "Stealth:IAMUser/CloudTrailLoggingDisabled",
            "Resource": {"ResourceType": "AccessKey",
                "AccessKeyDetails": {"UserType": "Root", "UserName": "root"}},
            "Service": {"Archived": false}}),
        json!({"source": "aws.guardduty", "detail-type": "GuardDuty Finding"}),
    );
    let (finding, found) = first(&event);
    assert_eq!(finding.resources[0].kind, "AWS::::Account");
    assert_eq!((found.layer, found.disposition), (Some(Layer::LoggingAndMonitoring), Remediate));
}

#[test]
fn ids_as_security_hub_writes_them() {
    let mut event = sample("security-hub");
    for (kind, id, expected) in [
        ("AwsAccount", "AWS::::Account:123456789012", "AWS::::Account|123456789012"),
        ("AwsIamAccessKey", "AWS::IAM::AccessKey:null", ""),
        ("AwsEc2Instance", "i-1", "AWS::EC2::Instance|i-1"),
        (
            "AwsElasticsearchDomain",
            "arn:aws:es:us-east-1:1:domain/d",
            "AWS::Elasticsearch::Domain|d",
        ),
        ("Other", "arn:aws:lambda:us-east-1:1:function:f", "AWS::Lambda::Function|f"),
        ("Other", "something", "Other|something"),
    ] {
        event["detail"]["findings"][0]["Resources"][0] = json!({"Type": kind, "Id": id});
        let (finding, _) = first(&event);
        let named = finding.resources.first().map(|r| format!("{}|{}", r.kind, r.id));
        assert_eq!(named.unwrap_or_default(), expected, "{kind} {id}");
    }
}

#[test]
fn a_control_is_known_by_all_its_names() {
    let mut event = sample("security-hub");
    let generators = [
        ("aws-foundational-security-best-practices/v/1.0.0/S3.8", "S3.8"),
        ("security-control/IAM.3", "IAM.3"),
        ("nist-800-53/v/5.0.0/S3.8", "S3.8"),
        ("cis-aws-foundations-benchmark/v/1.4.0/2.1.5.2", "S3.8"),
        ("pci-dss/v/3.2.1/PCI.KMS.1", "KMS.4"),
        ("arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/1.4", "IAM.3"),
        ("security-control/S3.9999", "S3.9999"),
    ];
    let finding = &mut event["detail"]["findings"][0];
    finding["Compliance"] = json!({"Status": "FAILED"});
    for (generator, control) in generators {
        event["detail"]["findings"][0]["GeneratorId"] = json!(generator);
        assert_eq!(first(&event).0.controls, [control], "{generator}");
    }
    // A control that is newer than the table is the service's, and nothing is done about it.
    let (_, found) = first(&event);
    assert_eq!((found.disposition, found.reasons[0].code.as_str()), (Notify, "unknown-control"));
    assert!(!found.writable());
    event["detail"]["findings"][0]["GeneratorId"] = json!("inspector/S3.8");
    assert_eq!(first(&event).0.controls, [""; 0]);
}

#[test]
fn whose_turn_it_is_by_aws_health() {
    let cases = [
        (json!({"actionability": "INFORMATIONAL"}), Aws, Notify),
        (json!({"actionability": "ACTION_MAY_BE_REQUIRED"}), Shared, Advise),
        (json!({"eventScopeCode": "PUBLIC", "actionability": "ACTION_REQUIRED"}), Aws, Notify),
        (json!({"service": "ABUSE", "eventTypeCode": "AWS_ABUSE_DOS_REPORT"}), Customer, Approve),
        (json!({"eventTypeCode": "AWS_EC2_HEALTH_TEST_EVENT"}), Customer, Ignore),
        (json!({"actionability": null, "eventTypeCategory": "issue"}), Aws, Notify),
    ];
    for (over, responsibility, disposition) in cases {
        let mut event = sample("health-action-required");
        merge(&mut event["detail"], over.clone());
        let (_, found) = first(&event);
        assert_eq!(
            (found.responsibility, found.disposition),
            (responsibility, disposition),
            "{over}"
        );
    }
}

#[test]
fn an_event_of_aws_that_is_not_of_aws() {
    let mut event = sample("health-public");
    event["source"] = json!("awsmock.health");
    let found = classify(&one(&event).unwrap(), &identities());
    assert_eq!((found.disposition, found.reasons[0].code.as_str()), (Reject, "source-not-aws"));
}

#[test]
fn findings_come_in_every_wrapper() {
    let event = sample("config-item");
    let wrapped = [
        json!({"Records": [{"messageId": "1", "eventSource": "aws:sqs", "body": event.to_string()}]}),
        json!({"Type": "Notification", "Message": event.to_string()}),
        json!([event]),
    ];
    for value in wrapped {
        assert_eq!(findings(&value), findings(&event));
    }
    assert_eq!(inputs(event.to_string().as_bytes()).len(), 1);
}
