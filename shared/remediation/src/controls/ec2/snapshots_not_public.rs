//! `ec2.snapshots-not-public`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::ec2::sharing::{SNAPSHOT_SHARING, Shared},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Takes from everybody the permission to make volumes of an EBS snapshot. Accounts that the
    /// snapshot is shared with by their ids keep theirs.
    ///
    /// # Why it is yours
    ///
    /// A snapshot is a copy of your disk. AWS gives it to whom you name, and to everybody if you
    /// name everybody.
    ///
    /// # Safety
    ///
    /// Disruptive: somebody may make volumes of a snapshot that was published on purpose. Your own
    /// account is not affected.
    ///
    /// # What undo restores
    ///
    /// Exactly the permission of everybody, unless the region blocks public snapshots by then.
    pub struct SnapshotsNotPublic(Shared);
    id: "ec2.snapshots-not-public",
    title: "EBS snapshots are not public",
    setting: &SNAPSHOT_SHARING,
    context: &[],
    covered_by: &[],
    severity: Severity::Critical,
    layer: Layer::DataProtection,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &["EC2.1"],
    frameworks: &["FSBP", "NIST-800-53-r5", "PCI-3.2.1"],
    exposure: true,
    outlives: "copies and volumes that others made of the snapshot",
}

impl Control for SnapshotsNotPublic {
    type State = Shared;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &Shared,
        _: &Context<'_>,
    ) -> Result<Verdict<Shared>, StateError> {
        if !observed.is_public {
            let because = "the snapshot is not public".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        Ok(Verdict::Violation {
            desired: Shared { is_public: false, ..observed.clone() },
            detail: "everybody may make volumes of the snapshot".to_owned(),
            safety: Safety::Disruptive,
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
