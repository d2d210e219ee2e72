//! AWS's own worked examples of the model, each by its name: as a story, and as an event where one
//! tells of it.

use demarc_classification::scenarios::{SCENARIOS, Scenario};
use demarc_classification::{
    Classification, Disposition, Identities, Kind, Layer, Responsibility, ServiceModel, classify,
    demarcate,
};
use serde_json::{Value, json};

use crate::{envelope, one, record};

fn story(id: &str) -> (Responsibility, Kind) {
    Scenario::find(id).unwrap_or_else(|| panic!("there is no story `{id}`")).responsibility()
}

fn decide(event: &Value) -> Classification {
    classify(&one(event).unwrap(), &Identities::default())
}

fn call(service: &str, name: &str) -> Classification {
    decide(&record(service, name, json!({})))
}

fn event(source: &str, detail_type: &str, detail: Value) -> Classification {
    decide(&envelope(detail, json!({"source": source, "detail-type": detail_type})))
}

const SWITCH: (Responsibility, Kind) = (Responsibility::Customer, Kind::SharedConfiguration);
const INHERITED: (Responsibility, Kind) = (Responsibility::Aws, Kind::Inherited);

fn whose(found: &Classification) -> (Responsibility, Kind) {
    (found.responsibility, found.kind)
}

#[test]
fn a_break_in_at_a_data_centre_is_awss() {
    assert_eq!(story("data-centre-break-in"), INHERITED);
    for model in ServiceModel::ALL {
        assert_eq!(demarcate(*model, Layer::Facility), INHERITED);
    }
}

#[test]
fn an_instance_compromised_through_an_unpatched_vulnerability_is_the_customers_to_patch() {
    let patch = (Responsibility::Customer, Kind::SharedPatch);
    assert_eq!(story("unpatched-instance"), patch);
    let found = event(
        "aws.inspector2",
        "Inspector2 Finding",
        json!({
            "awsAccountId": "123456789012", "type": "PACKAGE_VULNERABILITY", "status": "ACTIVE",
            "resources": [{"type": "AWS_EC2_INSTANCE", "id": "i-0a1b2c3d4e5f60718"}],
        }),
    );
    assert_eq!((whose(&found), found.disposition), (patch, Disposition::Advise));
}

#[test]
fn a_bucket_left_public_is_the_customers_configuration() {
    assert_eq!(story("public-bucket"), SWITCH);
    for name in ["PutBucketPolicy", "PutBucketAcl", "DeleteBucketPublicAccessBlock"] {
        let found = call("s3", name);
        assert_eq!((whose(&found), found.disposition), (SWITCH, Disposition::Remediate), "{name}");
    }
}

#[test]
fn unauthorised_use_of_an_iam_user_is_the_customers() {
    assert_eq!(story("stolen-iam-user"), SWITCH);
    let found = event(
        "aws.guardduty",
        "GuardDuty Finding",
        json!({
            "accountId": "123456789012", "type": "UnauthorizedAccess:IAMUser/TorIPCaller",
            "resource": {"resourceType": "AccessKey", "accessKeyDetails": {"userType": "IAMUser", "userName": "bob"}},
            "service": {"archived": false},
        }),
    );
    assert_eq!((whose(&found), found.disposition), (SWITCH, Disposition::Approve));
    assert_eq!(found.layer, Some(Layer::IdentityAndAccess));
}

#[test]
fn exfiltration_from_a_database_is_the_customers() {
    assert_eq!(story("rds-exfiltration"), SWITCH);
    let found = call("rds", "ModifyDBSnapshotAttribute");
    assert_eq!((whose(&found), found.disposition), (SWITCH, Disposition::Remediate));
}

#[test]
fn patching_the_system_below_a_database_is_awss() {
    assert_eq!(story("rds-os-patch"), INHERITED);
    assert_eq!(demarcate(ServiceModel::ManagedPlatform, Layer::GuestOs), INHERITED);
}

#[test]
fn a_databases_groups_connections_encryption_and_users_are_the_customers() {
    for id in ["rds-open-security-group", "rds-without-tls", "rds-exfiltration"] {
        assert_eq!(story(id), SWITCH, "{id}");
    }
    assert_eq!(story("database-users"), (Responsibility::Customer, Kind::CustomerSpecific));
    let group = call("ec2", "AuthorizeSecurityGroupIngress");
    assert_eq!((whose(&group), group.layer), (SWITCH, Some(Layer::NetworkExposure)));
}

#[test]
fn a_databases_engine_is_shared() {
    assert_eq!(story("rds-engine-patch"), (Responsibility::Shared, Kind::SharedPatch));
}

#[test]
fn s3s_durability_and_separation_of_tenants_are_awss() {
    assert_eq!(story("s3-durability"), INHERITED);
}

#[test]
fn a_buckets_policy_identities_and_encryption_are_the_customers() {
    for id in ["public-bucket", "unencrypted-bucket"] {
        assert_eq!(story(id), SWITCH, "{id}");
    }
    for (service, name) in
        [("s3", "PutBucketPolicy"), ("iam", "PutUserPolicy"), ("s3", "PutBucketEncryption")]
    {
        assert_eq!(whose(&call(service, name)), SWITCH, "{name}");
    }
}

#[test]
fn awareness_and_training_are_shared() {
    assert_eq!(story("phished-administrator"), (Responsibility::Shared, Kind::SharedTraining));
}

#[test]
fn stories_are_told_for_every_layer_and_kind() {
    for layer in Layer::ALL.iter().filter(|layer| **layer != Layer::PlatformVersion) {
        assert!(SCENARIOS.iter().any(|story| story.layer == *layer), "{layer}");
    }
    for scenario in SCENARIOS {
        let service = demarc_classification::catalogue::services::Service::named(scenario.service);
        assert_eq!(service.map(|s| s.model), Some(scenario.model), "{}", scenario.id);
        assert_eq!(SCENARIOS.iter().filter(|other| other.id == scenario.id).count(), 1);
    }
}
