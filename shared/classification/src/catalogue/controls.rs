//! The controls of AWS Security Hub (`data/controls.csv`), with whose responsibility each is.
//!
//! Ids, severities, resource types, frameworks and rules are Security Hub's ("Security Hub CSPM
//! controls reference"); titles, layers and the way to a remedy are this project's. A control that
//! is not in the table is unknown: it is reported and never acted upon.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::services::Service;
use super::table::{Row, Table};
use crate::responsibility::{Kind, Layer, Responsibility, ServiceModel, demarcate};

const TABLE: Table = Table::new(include_str!("../../data/controls.csv"));
const LEGACY: Table = Table::new(include_str!("../../data/legacy.csv"));

named! {
    /// How bad Security Hub rates a control's failure.
    pub enum Severity {
        /// No immediate risk.
        Low = "low",
        /// To be put right, not at once.
        Medium = "medium",
        /// To be put right with priority.
        High = "high",
        /// To be put right now.
        Critical = "critical",
    }
}

named! {
    /// Whether and how a control's failure can be put right.
    pub enum Remedy {
        /// In place, with one call, without asking anybody for anything.
        InPlace = "in-place",
        /// In place, with something that only the owner knows: a destination, a key, a number.
        WithInput = "with-input",
        /// In place, and somebody may depend on what is taken away: with approval.
        Disruptive = "disruptive",
        /// Only by making the resource anew.
        Replacement = "replacement",
        /// By people or by another architecture.
        Person = "person",
    }
}

/// One control of Security Hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecurityHubControl {
    /// Its id, `S3.8`.
    pub id: &'static str,
    /// The good state, in this project's words.
    pub title: &'static str,
    /// CloudFormation types of the resources that it checks, separated by spaces.
    pub resources: &'static str,
    /// How bad its failure is.
    pub severity: Severity,
    /// The layer that its setting belongs to.
    pub layer: Layer,
    /// The kind of service that the resource belongs to.
    pub model: ServiceModel,
    /// Whether and how its failure can be put right.
    pub remedy: Remedy,
    /// The call that puts it right, `s3:PutBucketPublicAccessBlock`; empty where there is none.
    pub call: &'static str,
    /// The AWS Config rule behind it; empty where Security Hub checks by itself.
    pub config_rule: &'static str,
    /// Ids of the frameworks that ask for it, separated by spaces: `CIS-5.0.0 FSBP`.
    pub frameworks: &'static str,
}

impl SecurityHubControl {
    fn of_row(row: Row) -> Option<Self> {
        let id = row.field(0);
        Some(Self {
            id,
            title: row.field(1),
            resources: row.field(2),
            severity: Severity::parse(row.field(3))?,
            layer: Layer::parse(row.field(4))?,
            model: Service::of_control(id)?.model,
            remedy: Remedy::parse(row.field(5))?,
            call: row.field(6),
            config_rule: row.field(7),
            frameworks: row.field(8),
        })
    }

    /// Every control, by service and number.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.rows().filter_map(Self::of_row)
    }

    /// The control with that id.
    #[must_use]
    pub fn find(id: &str) -> Option<Self> {
        static BY_ID: LazyLock<HashMap<&'static str, Row>> =
            LazyLock::new(|| TABLE.rows().map(|row| (row.field(0), row)).collect());
        BY_ID.get(id).copied().and_then(Self::of_row)
    }

    /// The controls behind an AWS Config rule, by the name that a person gives it, that Security
    /// Hub gives its own (`securityhub-NAME-1a2b3c4d`), or that a conformance pack gives
    /// (`NAME-conformance-pack-1a2b3c`).
    pub fn of_config_rule(rule: &str) -> impl Iterator<Item = Self> + use<> {
        let name = plain_rule(rule).to_owned();
        let same = move |row: &Row| !name.is_empty() && row.field(7) == name;
        TABLE.rows().filter(same).filter_map(Self::of_row)
    }

    /// The control that a standard knew by another id before Security Hub's were consolidated:
    /// rule `1.4` of `cis-1.2.0`, `PCI.KMS.1` of `pci-3.2.1`.
    #[must_use]
    pub fn of_legacy(standard: &str, rule: &str) -> Option<&'static str> {
        LEGACY.find(&format!("{standard},{rule}")).map(|row| row.field(2))
    }

    /// Every former id: standard, rule, control.
    pub fn legacy() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
        LEGACY.rows().map(|row| (row.field(0), row.field(1), row.field(2)))
    }

    /// The ids of the controls whose setting a call writes: `PutBucketPublicAccessBlock` and
    /// `DeleteBucketPublicAccessBlock` alike are of `S3.8`. `service` is an event source's first
    /// label.
    pub fn of_call(service: &str, call: &str) -> impl Iterator<Item = &'static str> {
        static WRITTEN: LazyLock<Vec<Written>> = LazyLock::new(written);
        let key = (service, noun(call));
        let from = WRITTEN.partition_point(|(service, noun, _)| (*service, *noun) < key);
        let same = move |(service, noun, _): &&Written| (*service, *noun) == key;
        WRITTEN.iter().skip(from).take_while(same).map(|(_, _, id)| *id)
    }

    /// Whose responsibility its setting is, and of which kind.
    #[must_use]
    pub const fn responsibility(&self) -> (Responsibility, Kind) {
        demarcate(self.model, self.layer)
    }
}

/// A service, one of its settings, and a control that judges it.
type Written = (&'static str, &'static str, &'static str);

fn written() -> Vec<Written> {
    let calls = TABLE.rows().filter_map(|row| {
        let (service, call) = row.field(6).split_once(':')?;
        Some((service, noun(call), row.field(0)))
    });
    let mut written: Vec<Written> = calls.collect();
    // Stable: the controls of a setting stay in the table's order.
    written.sort_by_key(|(service, noun, _)| (*service, *noun));
    written
}

/// What a call is about, without what it does: the setting that `Put` and `Delete` share.
fn noun(call: &str) -> &str {
    const VERBS: &[&str] = &[
        "Authorize",
        "Create",
        "Delete",
        "Disable",
        "Enable",
        "Modify",
        "Put",
        "Revoke",
        "Set",
        "Start",
        "Stop",
        "Update",
    ];
    let rest = VERBS.iter().find_map(|verb| call.strip_prefix(verb));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(call)
}

/// A rule's name without what Security Hub and conformance packs put around it.
fn plain_rule(name: &str) -> &str {
    let inner = name.strip_prefix("securityhub-").and_then(|rest| rest.rsplit_once('-'));
    match inner {
        Some((rule, suffix)) if suffix.len() >= 6 && is_hexadecimal(suffix) => rule,
        _ => name.split_once("-conformance-pack-").map_or(name, |(rule, _)| rule),
    }
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_known_by_every_name_that_they_get() {
        let cases = [
            (
                "securityhub-s3-bucket-public-read-prohibited-4414615a",
                "s3-bucket-public-read-prohibited",
            ),
            (
                "cloudwatch-log-group-encrypted-conformance-pack-6cruwvtg2",
                "cloudwatch-log-group-encrypted",
            ),
            ("cloudtrail-enabled", "cloudtrail-enabled"),
            ("securityhub-vpc-flow-logs-enabled", "securityhub-vpc-flow-logs-enabled"),
            ("", ""),
        ];
        for (name, rule) in cases {
            assert_eq!(plain_rule(name), rule);
        }
    }

    #[test]
    fn a_setting_is_what_its_calls_share() {
        assert_eq!(noun("PutBucketPolicy"), noun("DeleteBucketPolicy"));
        assert_eq!(noun("StopLogging"), "Logging");
        assert_eq!(noun("Put"), "Put");
        assert_eq!(noun("CopyObject"), "CopyObject");
    }
}
