//! Modes for a part of the resources, and times in which nothing is changed.

use std::collections::BTreeMap;

use demarc_classification::{Resource, unix_seconds};
use serde::{Deserialize, Serialize};

use super::{Approval, Enforcement, Mode, is_account};
use crate::{policy::like, settings::tags::Tags, verdict::Safety};

/// Another mode for a part of the resources. What is left out of it holds for all; patterns take
/// `*` and `?`.
///
/// A scope by `resources`, `tags` or `percent` can only raise what holds without it: whoever may
/// make a resource chooses its name and tags, and must not choose its guard. `trust_names` switches
/// that off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Patterns of control ids.
    #[serde(default)]
    pub controls: Vec<String>,
    /// Account ids, twelve digits.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Patterns of regions.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Patterns of resources' ids: a bucket's name, `sg-0a1b*`.
    #[serde(default)]
    pub resources: Vec<String>,
    /// Tags that the resource has, all of them: patterns of values by keys.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// A share of the resources, 0 to 100, for a rollout. Which ones they are is fixed by their
    /// names; a larger share holds all of a smaller one.
    #[serde(default)]
    pub percent: Option<u8>,
    /// Whether names and tags may lower the mode or the ceiling.
    #[serde(default)]
    pub trust_names: bool,
    /// The mode; where it is left out, what holds without this scope.
    #[serde(default)]
    pub mode: Option<Mode>,
    /// The ceiling; where it is left out, what holds without this scope.
    #[serde(default)]
    pub ceiling: Option<Safety>,
    /// The grace in minutes; where it is left out, what holds without this scope.
    #[serde(default)]
    pub grace_minutes: Option<u32>,
    /// Whether what is in use waits for a person; where it is left out, what holds without this
    /// scope.
    #[serde(default)]
    pub approval: Option<Approval>,
}

impl Scope {
    /// What is wrong with it, if anything.
    pub(super) fn fault(&self, known: &[&str]) -> Option<String> {
        if let Some(fault) = unmatched(&self.controls, known) {
            return Some(fault);
        }
        if let Some(account) = self.accounts.iter().find(|id| !is_account(id)) {
            return Some(format!("`accounts` has `{account}`, which is not twelve digits"));
        }
        if self.percent.is_some_and(|percent| percent > 100) {
            return Some("`percent` is more than 100".to_owned());
        }
        let says_nothing = self.mode.is_none()
            && self.ceiling.is_none()
            && self.grace_minutes.is_none()
            && self.approval.is_none();
        says_nothing.then(|| "it needs `mode`, `ceiling`, `grace_minutes` or `approval`".to_owned())
    }

    /// Whether it covers the resource by everything but its tags.
    fn may_cover(&self, control: &str, resource: &Resource) -> bool {
        any(&self.controls, control)
            && (self.accounts.is_empty() || self.accounts.contains(&resource.account))
            && any(&self.regions, &resource.region)
            && any(&self.resources, &resource.id)
            && self.percent.is_none_or(|percent| hundredth(resource) < percent)
    }

    /// Whether it depends on the resource's tags if it covers the resource.
    pub(super) fn asks_for_tags(&self, control: &str, resource: &Resource) -> bool {
        !self.tags.is_empty() && self.may_cover(control, resource)
    }

    fn has_tags(&self, tags: &Tags) -> bool {
        let has = |(key, pattern): (&String, &String)| {
            tags.0.get(key).is_some_and(|value| like(pattern, value))
        };
        self.tags.iter().all(has)
    }

    /// What holds for the resource once this scope is considered.
    pub(super) fn applied(
        &self,
        present: Enforcement,
        control: &str,
        resource: &Resource,
        tags: &Tags,
    ) -> Enforcement {
        if !self.may_cover(control, resource) || !self.has_tags(tags) {
            return present;
        }
        let said = Enforcement {
            mode: self.mode.unwrap_or(present.mode),
            ceiling: self.ceiling.unwrap_or(present.ceiling),
            grace_minutes: self.grace_minutes.unwrap_or(present.grace_minutes),
            approval: self.approval.unwrap_or(present.approval),
        };
        let by_name = !self.resources.is_empty() || !self.tags.is_empty() || self.percent.is_some();
        if by_name && !self.trust_names { present.raised(said) } else { said }
    }
}

/// Whether any of the patterns fits; none at all stands for everything.
fn any(patterns: &[String], text: &str) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| like(pattern, text))
}

/// What is wrong with patterns of control ids.
fn unmatched(patterns: &[String], known: &[&str]) -> Option<String> {
    let fits = |pattern: &&String| known.iter().any(|id| like(pattern, id));
    let pattern = patterns.iter().find(|pattern| !fits(pattern))?;
    Some(format!("`controls` has `{pattern}`, which matches no control"))
}

/// Where a resource stands among a hundred. FNV-1a: the same in every release.
fn hundredth(resource: &Resource) -> u8 {
    let hash = resource.key().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    u8::try_from((hash >> 32) % 100).unwrap_or(0)
}

/// A time in which what would be put right waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// Its beginning, RFC 3339: `2026-12-20T00:00:00Z`.
    pub from: String,
    /// Its end, RFC 3339.
    pub until: String,
    /// Why; it stands in every report.
    pub reason: String,
    /// Patterns of control ids; all where this is left out.
    #[serde(default)]
    pub controls: Vec<String>,
    /// Up to which safety is put right all the same; nothing where this is left out.
    #[serde(default)]
    pub ceiling: Option<Safety>,
}

impl Freeze {
    pub(super) fn fault(&self, known: &[&str]) -> Option<String> {
        let times = [("from", &self.from), ("until", &self.until)];
        if let Some((name, text)) = times.iter().find(|(_, text)| unix_seconds(text).is_none()) {
            return Some(format!("`{name}` is `{text}`; write `2026-12-20T00:00:00Z`"));
        }
        if unix_seconds(&self.from) >= unix_seconds(&self.until) {
            return Some("`until` is not after `from`".to_owned());
        }
        unmatched(&self.controls, known)
    }

    /// Whether it holds a remediation of that safety back, at `now` in milliseconds since 1970.
    pub(super) fn holds(&self, control: &str, safety: Safety, now: u64) -> bool {
        let within = |from: u64, until: u64| (from * 1000..until * 1000).contains(&now);
        let now_in = unix_seconds(&self.from)
            .zip(unix_seconds(&self.until))
            .is_some_and(|(from, until)| within(from, until));
        now_in
            && any(&self.controls, control)
            && self.ceiling.is_none_or(|ceiling| safety > ceiling)
    }
}
