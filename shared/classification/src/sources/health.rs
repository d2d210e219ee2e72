//! AWS Health: what happens to AWS's own part, and what AWS asks of the customer.
//!
//! `actionability` and the scope are the only signals by which AWS itself says whose turn it is.
//! Source: "AWS Health events Amazon EventBridge schema" in the AWS Health User Guide.

use super::{Event, Found, one};
use crate::finding::{Fact, Finding, Source, State, Topic};
use crate::place::Place;
use crate::responsibility::Layer;
use crate::time::unix_seconds;

pub(super) fn read(event: &Event<'_>) -> Found {
    let detail = &event.detail;
    let base = event.finding(Source::Health);
    let mut finding = Finding {
        id: detail.get("eventArn").text().unwrap_or(base.id.clone()),
        subject: detail.get("eventTypeCode").fact().unwrap_or(base.subject.clone()),
        account: detail.get("affectedAccount").account().unwrap_or(base.account.clone()),
        region: detail.get("eventRegion").text().unwrap_or(base.region.clone()),
        time: detail.get("lastUpdatedTime").text().as_deref().and_then(unix_seconds).or(base.time),
        ..base
    };
    let (topic, layer, status) = topic(&finding.subject, detail);
    finding.topic = topic;
    finding.layer = layer;
    finding.status = status;
    if is_test(&finding.subject.value) {
        finding.state = State::Sample;
        finding.status = finding.subject.clone();
    }
    for entity in detail.get("affectedEntities").items() {
        affected(&mut finding, &entity.get("entityValue").word());
    }
    one(finding)
}

/// Whose turn it is, with the word that says so.
fn topic(code: &Fact, detail: &Place<'_>) -> (Topic, Option<Layer>, Fact) {
    let word = |key: &str| detail.get(key).stated();
    let (service, scope, action) = (word("service"), word("eventScopeCode"), word("actionability"));
    if service.value == "ABUSE" {
        return (Topic::Exposure, None, service);
    }
    if service.value == "RISK" || code.value.contains("CREDENTIALS_EXPOSED") {
        return (Topic::Exposure, Some(Layer::IdentityAndAccess), code.clone());
    }
    if scope.value == "PUBLIC" {
        return (Topic::Operation, Some(Layer::ManagedControlPlane), scope);
    }
    if action.value.starts_with("ACTION_") {
        return (Topic::ActionRequired, Some(asked_of(&code.value)), action);
    }
    if action.value == "INFORMATIONAL" {
        return (Topic::Operation, Some(Layer::ManagedControlPlane), action);
    }
    // Older events do not say: a change that is scheduled is one to be ready for.
    let category = word("eventTypeCategory");
    match category.value.as_str() {
        "scheduledChange" => (Topic::ActionRequired, Some(asked_of(&code.value)), category),
        _ if code.value.contains("DRIVE") || code.value.contains("HARDWARE") => {
            (Topic::Operation, Some(Layer::Hardware), code.clone())
        }
        _ => (Topic::Operation, Some(Layer::ManagedControlPlane), category),
    }
}

/// What the customer is asked to look after: versions that end, certificates, else being able to
/// lose the machine.
fn asked_of(code: &str) -> Layer {
    const WORDS: &[(&str, Layer)] = &[
        ("LIFECYCLE", Layer::EngineOrRuntime),
        ("DEPRECAT", Layer::EngineOrRuntime),
        ("END_OF", Layer::EngineOrRuntime),
        ("EOL", Layer::EngineOrRuntime),
        ("UPGRADE", Layer::EngineOrRuntime),
        ("PATCH", Layer::EngineOrRuntime),
        ("CERTIFICATE", Layer::DataProtection),
        ("ACM_", Layer::DataProtection),
        ("TLS", Layer::DataProtection),
        ("VPN", Layer::NetworkExposure),
        ("SECURITY", Layer::IdentityAndAccess),
    ];
    WORDS
        .iter()
        .find(|(word, _)| code.contains(word))
        .map_or(Layer::Resilience, |(_, layer)| *layer)
}

fn is_test(code: &str) -> bool {
    ["TEST_EVENT", "TEST_ALERT"].iter().any(|word| code.contains(word))
}

/// An entity is an ARN, an id whose prefix says what it is, or a name.
fn affected(finding: &mut Finding, entity: &str) {
    const PREFIXES: &[(&str, &str)] = &[
        ("i-", "AWS::EC2::Instance"),
        ("vol-", "AWS::EC2::Volume"),
        ("vpn-", "AWS::EC2::VPNConnection"),
        ("AKIA", "AWS::IAM::AccessKey"),
        ("ASIA", "AWS::IAM::AccessKey"),
    ];
    let by_prefix = PREFIXES.iter().find(|(prefix, _)| entity.starts_with(prefix));
    let exposed = finding.layer == Some(Layer::IdentityAndAccess);
    let kind = match by_prefix {
        Some((_, kind)) => kind,
        None if exposed => "AWS::IAM::AccessKey",
        None => "",
    };
    finding.add(kind, entity);
}
