//! What the journal holds of a plan, and through which stages a plan goes.

use demarc_classification::{Actor, Resource};
use serde::{Deserialize, Serialize};

use crate::{
    element::{Delta, Edit, Elements},
    verdict::{Evidence, Safety, Undo},
};

/// The version of an entry's form, the first one. Whoever makes a second goes on reading this one.
pub const SCHEMA: u32 = 1;

/// Where a plan stands. A plan is open in the first two stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The lease is taken and the before-image stored; the write may or may not have happened.
    Claimed,
    /// The service has accepted the write and is still working on it.
    Applying,
    /// Read again: the delta holds.
    Verified,
    /// Read again: the delta does not hold, or not within its time.
    Unverified,
    /// The service refused the write, and nothing was changed.
    Failed,
    /// Nothing was written: the state had changed before the write.
    Abandoned,
    /// A later plan took over, with this plan's before-image.
    Superseded,
}

impl Stage {
    /// The name that is stored and printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Applying => "applying",
            Self::Verified => "verified",
            Self::Unverified => "unverified",
            Self::Failed => "failed",
            Self::Abandoned => "abandoned",
            Self::Superseded => "superseded",
        }
    }

    /// Whether the plan still needs somebody to finish it.
    #[must_use]
    pub fn is_open(self) -> bool {
        TRANSITIONS.iter().any(|(from, _)| *from == self)
    }

    /// Whether the plan may go from this stage to `next`.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        TRANSITIONS.contains(&(self, next))
    }
}

/// Every step that a plan may make; each plan begins as claimed. The store refuses any other.
pub const TRANSITIONS: &[(Stage, Stage)] = &[
    (Stage::Claimed, Stage::Applying),
    (Stage::Claimed, Stage::Verified),
    (Stage::Claimed, Stage::Unverified),
    (Stage::Claimed, Stage::Failed),
    (Stage::Claimed, Stage::Abandoned),
    (Stage::Claimed, Stage::Superseded),
    (Stage::Applying, Stage::Verified),
    (Stage::Applying, Stage::Unverified),
    (Stage::Applying, Stage::Superseded),
];

/// What a plan is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To put a violation right.
    Remediate,
    /// To take another plan back; holds that plan's id.
    Undo(String),
}

/// A plan as it is claimed: everything that an undo needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The form of this entry: [`SCHEMA`].
    pub schema: u32,
    /// The plan's id, a ULID: unique for each occurrence.
    pub plan: String,
    /// What all plans of one change have in common.
    pub incident: String,
    /// Why there is a plan.
    pub purpose: Purpose,
    /// The control's id.
    pub control: String,
    /// The setting's id.
    pub setting: String,
    /// The resource.
    pub resource: Resource,
    /// When it was claimed, in milliseconds since 1970.
    pub at: u64,
    /// Who made the change that led here, where a change did.
    pub actor: Option<Actor>,
    /// Who asked for it, where a person did: the ARN that IAM names.
    pub caller: Option<String>,
    /// What is wrong, or the person's reason.
    pub detail: String,
    /// What the remediation may break.
    pub safety: Safety,
    /// What its undo restores.
    pub undo: Undo,
    /// Whether somebody used what it closes; a plan that takes another one back closes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// What changes.
    pub delta: Delta,
    /// The whole state before.
    pub before: Elements,
    /// The plan whose before-image this one carries on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<String>,
    /// Whether the setting was contested: it had been put right again and again before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub contested: bool,
}

impl Entry {
    /// The key of the setting that the plan changes.
    #[must_use]
    pub fn key(&self) -> String {
        setting_key(&self.setting, &self.resource)
    }
}

/// The key of one setting of one resource.
#[must_use]
pub fn setting_key(setting: &str, resource: &Resource) -> String {
    format!("{setting}|{}", resource.key())
}

/// A plan's later stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The plan.
    pub plan: String,
    /// The stage that it reached.
    pub stage: Stage,
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// What happened.
    pub note: String,
}

/// What has become of an open plan's write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The delta holds.
    Done,
    /// The state is still what it was before.
    Untouched,
    /// Some of it holds.
    Partial,
}

/// Compares an open plan with a reading.
#[must_use]
pub fn settlement(delta: &Delta, observed: &Elements) -> Settlement {
    if delta.unmet(observed).is_empty() {
        Settlement::Done
    } else if delta.displaced(observed).is_empty() {
        Settlement::Untouched
    } else {
        Settlement::Partial
    }
}

/// One delta for two that follow each other: the older one's before, the newer one's after. What
/// an unfinished plan has already changed is so undone together with what its successor changes.
#[must_use]
pub fn carry_on(older: &Delta, newer: &Delta) -> Delta {
    let newer_of = |id: &str| newer.edits().find(|e| e.id == id);
    let carried = older.edits().map(|edit| Edit {
        after: newer_of(&edit.id).map_or_else(|| edit.after.clone(), |n| n.after.clone()),
        ..edit.clone()
    });
    let own = newer.edits().filter(|e| !older.edits().any(|o| o.id == e.id)).cloned();
    carried.chain(own).collect::<Delta>().filtered(|e| e.before != e.after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn state(pairs: &[(&str, i64)]) -> Elements {
        pairs.iter().map(|(id, v)| ((*id).to_owned(), json!(v))).collect()
    }

    #[test]
    fn a_successor_undoes_what_its_predecessor_began() {
        let original = state(&[("acl", 1), ("ownership", 1)]);
        let half = state(&[("acl", 2), ("ownership", 1)]);
        let done = state(&[("acl", 2), ("ownership", 2)]);
        let older = Delta::between(&original, &done);
        let newer = Delta::between(&half, &done);
        assert_eq!(settlement(&older, &half), Settlement::Partial);
        assert_eq!(carry_on(&older, &newer).invert().apply(&done), original);
    }

    #[test]
    fn a_finished_plan_stays_finished() {
        use Stage::{Abandoned, Applying, Claimed, Failed, Superseded, Unverified, Verified};
        for end in [Verified, Unverified, Failed, Abandoned, Superseded] {
            assert!(!end.is_open());
            for next in [Claimed, Applying, Verified, Unverified, Failed, Abandoned, Superseded] {
                assert!(!end.may_become(next), "{end:?} became {next:?}");
            }
        }
        assert!(Claimed.is_open() && Applying.is_open());
        assert!(!Applying.may_become(Claimed) && !Applying.may_become(Failed));
    }
}
