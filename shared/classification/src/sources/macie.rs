//! Amazon Macie: sensitive data, and settings of buckets that fell; its first version's alerts too.
//!
//! Source: "Amazon EventBridge event schema for Amazon Macie findings" in the Amazon Macie User
//! Guide; the first version's alerts ("Macie Alert") ended in 2022.

use super::{Event, Found, one};
use crate::finding::{Finding, Source, State, Topic};
use crate::place::Place;
use crate::responsibility::Layer;
use crate::time::unix_seconds;

pub(super) fn read(event: &Event<'_>) -> Found {
    let base = event.finding(Source::Macie);
    if event.detail_type != "Macie Finding" {
        return one(classic(base, &event.detail));
    }
    let detail = &event.detail;
    let mut finding = Finding {
        id: detail.get("id").text().unwrap_or(base.id.clone()),
        subject: detail.get("type").fact().unwrap_or(base.subject.clone()),
        account: detail.get("accountId").account().unwrap_or(base.account.clone()),
        region: detail.get("region").text().unwrap_or(base.region.clone()),
        time: detail.get("updatedAt").text().as_deref().and_then(unix_seconds).or(base.time),
        ..base
    };
    (finding.topic, finding.layer) = place(&finding.subject.value);
    for (key, state) in [("archived", State::Closed), ("sample", State::Sample)] {
        let said = detail.get(key);
        if said.is_true() {
            finding.state = state;
            finding.status = said.stated();
        }
    }
    let bucket = detail.at(&["resourcesAffected", "s3Bucket"]);
    let arn = bucket.any(&[&["arn"], &["name"]]).unwrap_or_else(|| bucket.get("arn").stated());
    finding.add("AWS::S3::Bucket", &arn.value);
    one(finding)
}

fn place(kind: &str) -> (Topic, Option<Layer>) {
    match kind {
        kind if kind.starts_with("SensitiveData:") => {
            (Topic::SensitiveData, Some(Layer::DataContent))
        }
        kind if kind.contains("Encryption") => (Topic::Setting, Some(Layer::DataProtection)),
        kind if kind.starts_with("Policy:") => (Topic::Setting, Some(Layer::IdentityAndAccess)),
        _ => (Topic::Advice, None),
    }
}

/// An alert about a bucket's grants names it in its summary; one about somebody's behaviour does
/// not.
fn classic(mut finding: Finding, detail: &Place<'_>) -> Finding {
    finding.subject = detail.get("name").fact().unwrap_or(finding.subject);
    finding.status = detail.get("notification-type").stated();
    finding.layer = Some(Layer::IdentityAndAccess);
    let buckets = detail.at(&["summary", "Bucket"]).members();
    finding.topic = if buckets.is_empty() { Topic::Threat } else { Topic::Setting };
    for (bucket, _) in buckets {
        finding.add("AWS::S3::Bucket", bucket);
    }
    finding
}
