//! AWS Security Hub's second version: findings in the Open Cybersecurity Schema Framework.
//!
//! Source: "OCSF findings in Security Hub" in the AWS Security Hub User Guide; classes 2002
//! (vulnerability), 2003 (compliance) and 2004 (detection) at schema.ocsf.io.

use super::inspector::place_fault;
use super::security_hub::{by_generator, each, is_genuine, topic};
use super::{Event, Found, guard_duty};
use crate::finding::{Fact, Finding, Source, State, Topic};
use crate::place::Place;
use crate::rejection::{Rejection, RejectionCode};
use crate::time::unix_seconds;

pub(super) fn read(event: &Event<'_>) -> Found {
    each(event, |place| finding(event.finding(Source::SecurityHubV2), place))
}

fn finding(base: Finding, place: &Place<'_>) -> Result<Finding, Rejection> {
    let account = place.at(&["cloud", "account", "uid"]).account().ok_or_else(|| {
        let at = place.at(&["cloud", "account", "uid"]).pointer;
        Rejection::new(RejectionCode::Incomplete, &at, "a finding needs `cloud.account.uid`")
    })?;
    let info = place.get("finding_info");
    let product = place.at(&["metadata", "product", "uid"]).fact();
    let (state, status) = state(place);
    let updated = info.any(&[&["modified_time_dt"], &["created_time_dt"]]);
    let mut finding = Finding {
        id: info.get("uid").text().unwrap_or(base.id.clone()),
        account,
        region: place.at(&["cloud", "region"]).text().unwrap_or(base.region.clone()),
        time: updated.and_then(|time| unix_seconds(&time.value)).or(base.time),
        genuine: product.as_ref().is_some_and(|arn| is_genuine(&arn.value)),
        product,
        state,
        status,
        ..base
    };
    subject(&mut finding, place);
    for resource in place.get("resources").items() {
        let owner = resource.at(&["owner", "account", "uid"]).text();
        let owner = owner.unwrap_or_else(|| finding.account.value.clone());
        let region = resource.get("region").text().unwrap_or_else(|| finding.region.clone());
        let (kind, id) = (resource.get("type").word(), resource.get("uid").word());
        finding.add_in(&kind, &id, &owner, &region);
    }
    place_fault(&mut finding);
    Ok(finding)
}

/// Suppressed and resolved findings have a status of 3 and 4, archived ones of 5.
fn state(place: &Place<'_>) -> (State, Fact) {
    let status = place.get("status_id").fact();
    if let Some(closed) = status.filter(|id| matches!(id.value.as_str(), "3" | "4" | "5")) {
        return (State::Closed, closed);
    }
    match place.at(&["compliance", "status"]).fact() {
        Some(pass) if pass.value.eq_ignore_ascii_case("pass") => (State::Passed, pass),
        Some(other) => (State::Open, other),
        None => (State::Open, place.get("status").stated()),
    }
}

fn subject(finding: &mut Finding, place: &Place<'_>) {
    let info = place.get("finding_info");
    let title = info.any(&[&["analytic", "uid"], &["analytic", "name"], &["title"]]);
    finding.subject = title.unwrap_or_else(|| info.get("title").stated());
    match place.get("class_uid").word().as_str() {
        "2003" => compliance(finding, place),
        "2002" => finding.topic = Topic::Vulnerability,
        _ => detection(finding, &info),
    }
}

/// A control's check, where it names one; else (coverage, exposure) a state of the account.
fn compliance(finding: &mut Finding, place: &Place<'_>) {
    finding.topic = Topic::Configuration;
    let Some(control) = place.at(&["compliance", "control"]).fact() else { return };
    let id = by_generator(&format!("security-control/{}", control.value));
    if let Some(id) = id {
        finding.topic = Topic::Control;
        finding.controls = vec![id];
        finding.subject = control;
    }
}

/// What somebody does, or data that was found: the type says which.
fn detection(finding: &mut Finding, info: &Place<'_>) {
    let Some(kind) = info.at(&["types"]).first_text() else {
        finding.topic = Topic::Threat;
        return;
    };
    finding.topic = topic(&kind.value).unwrap_or(Topic::Threat);
    finding.layer = guard_duty::placed(&kind.value).map(|(_, layer)| layer);
    finding.subject = kind;
}

impl Place<'_> {
    fn first_text(&self) -> Option<Fact> {
        let value = self.value.as_array()?.first()?;
        Place::new(value, format!("{}/0", self.pointer)).fact()
    }
}
