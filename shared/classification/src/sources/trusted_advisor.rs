//! AWS Trusted Advisor: the state of a check's item.
//!
//! Source: "Monitoring AWS Trusted Advisor check results with Amazon EventBridge" in the AWS
//! Support User Guide.

use super::{Event, Found, one};
use crate::finding::{Finding, Source, State, Topic};
use crate::resource::parse_arn;
use crate::responsibility::Layer;

pub(super) fn read(event: &Event<'_>) -> Found {
    let detail = &event.detail;
    let mut finding = event.finding(Source::TrustedAdvisor);
    finding.subject = detail.get("check-name").fact().unwrap_or(finding.subject);
    finding.status = detail.get("status").stated();
    finding.topic = Topic::Advice;
    finding.layer = layer(&finding.subject.value);
    if finding.status.value.eq_ignore_ascii_case("ok") {
        finding.state = State::Passed;
    }
    owner(&mut finding, event);
    one(finding)
}

/// The resource's ARN is the only thing that names an owner: checks run in us-east-1 for all
/// regions.
fn owner(finding: &mut Finding, event: &Event<'_>) {
    let named = event.detail.get("resource_id");
    let text = named.word();
    let Some(arn) = parse_arn(&text) else { return };
    if !arn.account.is_empty() {
        finding.account =
            crate::finding::Fact { value: arn.account.to_owned(), pointer: named.pointer.clone() };
    }
    if !arn.region.is_empty() {
        arn.region.clone_into(&mut finding.region);
    }
    finding.add("", &text);
}

/// The layer of a check, by words of its name; checks of cost, speed and limits have none.
fn layer(check: &str) -> Option<Layer> {
    const WORDS: &[(&str, Layer)] = &[
        ("Security Groups", Layer::NetworkExposure),
        ("Bucket Permissions", Layer::IdentityAndAccess),
        ("Public Snapshots", Layer::DataProtection),
        ("IAM", Layer::IdentityAndAccess),
        ("MFA", Layer::IdentityAndAccess),
        ("Exposed Access Keys", Layer::IdentityAndAccess),
        ("CloudTrail Logging", Layer::LoggingAndMonitoring),
        ("Logging", Layer::LoggingAndMonitoring),
        ("Certificate", Layer::DataProtection),
        ("Listener Security", Layer::DataProtection),
        ("Runtime", Layer::EngineOrRuntime),
        ("Backup", Layer::Resilience),
        ("Multi-AZ", Layer::Resilience),
        ("Redundancy", Layer::Resilience),
        ("Versioning", Layer::Resilience),
        ("Service Limits", Layer::AccountGovernance),
    ];
    WORDS.iter().find(|(word, _)| check.contains(word)).map(|(_, layer)| *layer)
}
