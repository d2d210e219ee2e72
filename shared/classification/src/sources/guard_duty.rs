//! Amazon GuardDuty: what somebody does in the account, and settings that GuardDuty saw fall.
//!
//! Source: "GuardDuty finding types" and "Processing GuardDuty findings with Amazon EventBridge" in
//! the Amazon GuardDuty User Guide. Events have camelCase keys; what `GetFindings` answers, and
//! some senders pass on, has PascalCase ones.

use serde_json::Value;

use super::{Event, Found, one};
use crate::finding::{Finding, Source, State, Topic};
use crate::place::Place;
use crate::responsibility::Layer;
use crate::time::unix_seconds;
use Layer::{
    ApplicationCode, DataContent, GuestOs, IdentityAndAccess, LoggingAndMonitoring, NetworkExposure,
};

/// What a finding type is about: parts of its name, which is
/// `Purpose:Resource/Family.Mechanism!Artifact`. The first row whose parts all occur decides.
const PLACES: &[(&[&str], Topic, Layer)] = &[
    (&["Policy:IAMUser/RootCredentialUsage"], Topic::Threat, IdentityAndAccess),
    (&["Policy:IAMUser/ShortTermRootCredentialUsage"], Topic::Threat, IdentityAndAccess),
    (&["Policy:Kubernetes/ExposedDashboard"], Topic::Setting, NetworkExposure),
    (&["Policy:Kubernetes/KubeflowDashboardExposed"], Topic::Setting, NetworkExposure),
    (&["Policy:"], Topic::Setting, IdentityAndAccess),
    (&["Stealth:IAMUser/PasswordPolicyChange"], Topic::Setting, IdentityAndAccess),
    (&["Stealth:IAMUser/CloudTrailLoggingDisabled"], Topic::Setting, LoggingAndMonitoring),
    (&["Stealth:S3/ServerAccessLoggingDisabled"], Topic::Setting, LoggingAndMonitoring),
    (&["Recon:EC2/PortProbe"], Topic::Setting, NetworkExposure),
    (&["Impact:EC2/PortSweep"], Topic::Threat, GuestOs),
    (&["UnauthorizedAccess:EC2/", "BruteForce"], Topic::Threat, NetworkExposure),
    (&["Discovery:RDS"], Topic::Threat, NetworkExposure),
    (&[":RDS/"], Topic::Threat, DataContent),
    (&[":IAMUser"], Topic::Threat, IdentityAndAccess),
    (&["Object:S3/MaliciousFile"], Topic::Threat, DataContent),
    (&[":S3/"], Topic::Threat, IdentityAndAccess),
    (&[":Kubernetes/"], Topic::Threat, IdentityAndAccess),
    (&[":Lambda/"], Topic::Threat, ApplicationCode),
    (&[":ECS/"], Topic::Threat, ApplicationCode),
    (&[":Container/"], Topic::Threat, ApplicationCode),
    (&[":Runtime/"], Topic::Threat, GuestOs),
    (&[":EC2/"], Topic::Threat, GuestOs),
    (&["AttackSequence:EKS"], Topic::Threat, ApplicationCode),
    (&["AttackSequence:"], Topic::Threat, IdentityAndAccess),
];

/// Topic and layer of a finding type, also of one that Security Hub repeats behind its own
/// namespace (`TTPs/Initial Access/UnauthorizedAccess:IAMUser-ConsoleLoginSuccess.B`).
pub(super) fn placed(kind: &str) -> Option<(Topic, Layer)> {
    let plain = kind.rsplit_once('/').filter(|(before, _)| !before.contains(':'));
    // Security Hub writes a dash where GuardDuty has the slash behind the resource.
    let name = plain.map_or(kind.to_owned(), |(_, last)| last.replacen('-', "/", 1));
    let occurs = |parts: &&(&[&str], Topic, Layer)| parts.0.iter().all(|part| name.contains(part));
    PLACES.iter().find(occurs).map(|(_, topic, layer)| (*topic, *layer))
}

pub(super) fn read(event: &Event<'_>) -> Found {
    let detail = &event.detail;
    let base = event.finding(Source::GuardDuty);
    let service = detail.get("service");
    let mut finding = Finding {
        id: detail.get("id").text().unwrap_or(base.id.clone()),
        subject: detail.get("type").fact().unwrap_or(base.subject.clone()),
        topic: Topic::Threat,
        account: detail.get("accountId").account().unwrap_or(base.account.clone()),
        region: detail.get("region").text().unwrap_or(base.region.clone()),
        time: detail.get("updatedAt").text().as_deref().and_then(unix_seconds).or(base.time),
        ..base
    };
    if let Some((topic, layer)) = placed(&finding.subject.value) {
        (finding.topic, finding.layer) = (topic, Some(layer));
    }
    state(&mut finding, &service);
    resources(&mut finding, &detail.get("resource"));
    one(finding)
}

fn state(finding: &mut Finding, service: &Place<'_>) {
    let info = service.get("additionalInfo");
    let archived = service.get("archived");
    // As a member, or in the text `value`, which is JSON. What an actor chose stands there too, so
    // that only the text's own member counts.
    let sample = ["sample", "value"].map(|key| info.get(key));
    let is_sample = |place: &&Place<'_>| {
        let inner: Value = serde_json::from_str(&place.word()).unwrap_or_default();
        place.is_true() || inner.get("sample") == Some(&Value::Bool(true))
    };
    if archived.is_true() {
        finding.state = State::Closed;
        finding.status = archived.stated();
    } else if let Some(sample) = sample.iter().find(is_sample) {
        finding.state = State::Sample;
        finding.status = sample.stated();
    }
}

/// What the finding is about, by its type of resource. Details of several kinds stand side by side
/// (the instance that a key was used on); those of its own type come first.
fn resources(finding: &mut Finding, resource: &Place<'_>) {
    let kind = resource.get("resourceType").word();
    let key = resource.get("accessKeyDetails");
    if kind == "AccessKey" {
        principal(finding, &key);
    }
    for bucket in resource.get("s3BucketDetails").items() {
        let arn = bucket.get("arn").text();
        finding.add("AWS::S3::Bucket", &arn.unwrap_or_else(|| bucket.get("name").word()));
    }
    let ids: &[(&str, &[&str], &str)] = &[
        ("AWS::EC2::Instance", &["instanceDetails", "instanceId"], "Instance"),
        ("AWS::EKS::Cluster", &["eksClusterDetails", "arn"], "EKSCluster"),
        ("AWS::ECS::Cluster", &["ecsClusterDetails", "arn"], "ECSCluster"),
        ("AWS::Lambda::Function", &["lambdaDetails", "functionArn"], "Lambda"),
        (
            "AWS::RDS::DBInstance",
            &["rdsDbInstanceDetails", "dbInstanceIdentifier"],
            "RDSDBInstance",
        ),
    ];
    // A key's finding may come with the instance that used it, which is not what it is about.
    for (name, path, _) in ids.iter().filter(|(_, _, of)| kind.is_empty() || kind == *of) {
        finding.add(name, &resource.at(path).word());
    }
    security_groups(finding, &resource.get("instanceDetails"));
    if !key.value.is_null() {
        principal(finding, &key);
    }
}

/// The setting behind an open port is the group's.
fn security_groups(finding: &mut Finding, instance: &Place<'_>) {
    if finding.layer != Some(NetworkExposure) {
        return;
    }
    for interface in instance.get("networkInterfaces").items() {
        for group in interface.get("securityGroups").items() {
            finding.add("AWS::EC2::SecurityGroup", &group.get("groupId").word());
        }
    }
}

/// The principal behind an access key. The root user is the account itself.
fn principal(finding: &mut Finding, key: &Place<'_>) {
    let account = finding.account.value.clone();
    let name = key.get("userName").word();
    match key.get("userType").word().as_str() {
        "Root" => finding.add("AWS::::Account", &account),
        "AssumedRole" | "Role" => finding.add("AWS::IAM::Role", &name),
        _ => finding.add("AWS::IAM::User", &name),
    }
}
