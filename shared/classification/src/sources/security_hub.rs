//! AWS Security Hub: findings in the Security Finding Format (ASFF), imported or sent by a person.
//!
//! Source: "EventBridge event formats for Security Hub CSPM" and "AWS Security Finding Format
//! (ASFF)" in the AWS Security Hub User Guide.

use super::inspector::place_fault;
use super::{Event, Found, one};
use crate::catalogue::controls::SecurityHubControl;
use crate::catalogue::services::Service;
use crate::finding::{Fact, Finding, Source, State, Topic};
use crate::place::Place;
use crate::rejection::{Rejection, RejectionCode};
use crate::resource::parse_arn;
use crate::time::unix_seconds;

pub(super) fn read(event: &Event<'_>) -> Option<Found> {
    let source = match event.detail_type {
        "Security Hub Findings - Imported" => Source::SecurityHub,
        "Security Hub Findings - Custom Action" => Source::SecurityHubAction,
        "Security Hub Insight Results" => return Some(one(insight(event))),
        _ => return None,
    };
    Some(each(event, |place| finding(event.finding(source), place)))
}

/// Every finding of the event: one event carries up to a hundred.
pub(super) fn each(
    event: &Event<'_>,
    read: impl Fn(&Place<'_>) -> Result<Finding, Rejection>,
) -> Found {
    let list = event.detail.get("findings");
    let found: Found = list.items().iter().map(read).collect();
    if found.is_empty() {
        let message = "the event holds no finding";
        return vec![Err(Rejection::new(RejectionCode::Incomplete, &list.pointer, message))];
    }
    found
}

fn finding(base: Finding, place: &Place<'_>) -> Result<Finding, Rejection> {
    let account = place.get("AwsAccountId").account().ok_or_else(|| {
        let message = "a finding needs an `AwsAccountId`";
        Rejection::new(RejectionCode::Incomplete, &place.get("AwsAccountId").pointer, message)
    })?;
    let first = |path: &[&str]| place.at(path).text();
    let resources = place.get("Resources").items();
    let region =
        first(&["Region"]).or_else(|| resources.first().and_then(|r| r.get("Region").text()));
    let time = first(&["UpdatedAt"]);
    let product = place.get("ProductArn").fact();
    let (state, status) = state(place);
    let mut finding = Finding {
        id: first(&["Id"]).unwrap_or(base.id.clone()),
        account,
        region: region.unwrap_or(base.region.clone()),
        time: time.as_deref().and_then(unix_seconds).or(base.time),
        genuine: product.as_ref().is_some_and(|arn| is_genuine(&arn.value)),
        product,
        state,
        status,
        ..base
    };
    subject(&mut finding, place);
    for resource in &resources {
        let (kind, id) = (resource.get("Type").word(), resource.get("Id").word());
        let region = resource.get("Region").text().unwrap_or_else(|| finding.region.clone());
        let account = finding.account.value.clone();
        finding.add_in(&kind, &id, &account, &region);
    }
    place_fault(&mut finding);
    Ok(finding)
}

/// A product of AWS's own has no account in its ARN, and `aws` as its company. Anybody who may
/// import findings can write what they like into every other field.
pub(super) fn is_genuine(product: &str) -> bool {
    parse_arn(product).is_some_and(|arn| {
        let path = arn.resource.strip_prefix("product/aws/");
        arn.service == "securityhub"
            && arn.account.is_empty()
            && path.or_else(|| arn.resource.strip_prefix("productv2/aws/")).is_some()
    })
}

/// What ends a finding comes before what the check says: a failed check that was resolved or
/// suppressed is none.
fn state(place: &Place<'_>) -> (State, Fact) {
    let said = |path: &[&str], words: &[&str]| {
        place.at(path).fact().filter(|fact| words.contains(&fact.value.as_str()))
    };
    if let Some(sample) = said(&["Sample"], &["true"]) {
        return (State::Sample, sample);
    }
    let closed = said(&["RecordState"], &["ARCHIVED"])
        .or_else(|| said(&["Workflow", "Status"], &["RESOLVED", "SUPPRESSED"]));
    if let Some(closed) = closed {
        return (State::Closed, closed);
    }
    let compliance = place.at(&["Compliance", "Status"]).fact();
    match compliance {
        Some(passed) if passed.value == "PASSED" => (State::Passed, passed),
        // The check could not be made: nothing failed.
        Some(none) if none.value == "NOT_AVAILABLE" => (State::Closed, none),
        Some(other) => (State::Open, other),
        None => (State::Open, place.get("RecordState").stated()),
    }
}

/// What the finding is called, and what that says: a control, or the kind of finding (`Types`).
fn subject(finding: &mut Finding, place: &Place<'_>) {
    if let Some((subject, control)) = control(place) {
        finding.topic = Topic::Control;
        finding.subject = subject;
        finding.controls = vec![control];
        return;
    }
    let types = place.get("Types").items_of_text();
    let (topic, fact) = types
        .into_iter()
        .find_map(|fact| topic(&fact.value).map(|topic| (topic, fact)))
        .unwrap_or_else(|| (Topic::Advice, place.get("GeneratorId").stated()));
    finding.topic = topic;
    finding.layer = super::guard_duty::placed(&fact.value).map(|(_, layer)| layer);
    finding.subject = fact;
}

/// The topic of an ASFF type, by its namespace.
pub(super) fn topic(kind: &str) -> Option<Topic> {
    const NAMESPACES: &[(&str, Topic)] = &[
        ("Software and Configuration Checks/Vulnerabilities", Topic::Vulnerability),
        ("Software and Configuration Checks", Topic::Configuration),
        ("TTPs", Topic::Threat),
        ("Effects", Topic::Threat),
        ("Unusual Behaviors", Topic::Threat),
        ("Sensitive Data Identifications", Topic::SensitiveData),
    ];
    NAMESPACES.iter().find(|(name, _)| kind.starts_with(name)).map(|(_, topic)| *topic)
}

/// The control that the finding is of, and where it says so: Security Hub's own field, else the
/// generator's id, else the fields of the standard that existed before.
fn control(place: &Place<'_>) -> Option<(Fact, String)> {
    let own = place.at(&["Compliance", "SecurityControlId"]).fact();
    if let Some(own) = own {
        let id = own.value.clone();
        return Some((own, id));
    }
    let generator = place.get("GeneratorId").fact();
    if let Some((fact, id)) = generator.and_then(|f| by_generator(&f.value).map(|id| (f, id))) {
        return Some((fact, id));
    }
    let fields = place.get("ProductFields");
    if let Some(fact) = fields.get("ControlId").fact().filter(|f| is_control(&f.value)) {
        let id = fact.value.clone();
        return Some((fact, id));
    }
    let rule = fields.get("RuleId").fact()?;
    let guide = fields.get("StandardsGuideArn").word();
    let id = by_generator(&format!("{guide}/rule/{}", rule.value))?;
    Some((rule, id))
}

/// The control behind a generator's id: `security-control/S3.1`,
/// `aws-foundational-security-best-practices/v/1.0.0/S3.1`, `pci-dss/v/3.2.1/PCI.S3.6`,
/// `arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/1.4`.
pub(super) fn by_generator(generator: &str) -> Option<String> {
    const STANDARDS: &[(&str, &str)] = &[
        ("cis-aws-foundations-benchmark/v/1.2.0", "cis-1.2.0"),
        ("cis-aws-foundations-benchmark/v/1.4.0", "cis-1.4.0"),
        ("pci-dss/v/3.2.1", "pci-3.2.1"),
    ];
    let (standard, rule) = generator.rsplit_once('/')?;
    let named = STANDARDS.iter().find(|(name, _)| standard.contains(name));
    if let Some((_, short)) = named {
        return SecurityHubControl::of_legacy(short, rule).map(str::to_owned);
    }
    let known = ["security-control", "/v/"].iter().any(|mark| standard.contains(mark));
    (known && is_control(rule)).then(|| rule.to_owned())
}

/// Whether this is a control's id: a service's prefix and a number. One that is newer than our
/// table counts.
fn is_control(id: &str) -> bool {
    let number = id.split_once('.').map(|(_, number)| number);
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit()))
        && Service::of_control(id).is_some()
}

/// The results of an insight that a person sent on: counts, of whatever the insight groups by.
fn insight(event: &Event<'_>) -> Finding {
    let mut finding = event.finding(Source::SecurityHubInsight);
    finding.topic = Topic::Notice;
    finding.subject = event.detail.get("insightName").fact().unwrap_or(finding.subject);
    for result in event.detail.get("insightResults").items() {
        for (name, _) in result.members() {
            if parse_arn(name).is_some() {
                finding.add("", name);
            }
        }
    }
    finding
}

impl Place<'_> {
    /// The texts of a list, each with its place.
    fn items_of_text(&self) -> Vec<Fact> {
        let list = self.value.as_array().into_iter().flatten().enumerate();
        list.filter_map(|(at, value)| {
            Place::new(value, crate::rejection::step(&self.pointer, &at.to_string())).fact()
        })
        .collect()
    }
}
