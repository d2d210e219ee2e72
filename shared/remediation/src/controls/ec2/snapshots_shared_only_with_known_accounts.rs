//! `ec2.snapshots-shared-only-with-known-accounts`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::sharing::only_with_known,
    settings::ec2::sharing::{SNAPSHOT_SHARING, Shared},
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Takes from accounts that are not known the permission to make volumes of an EBS snapshot.
    /// Known accounts keep theirs, and whether the snapshot is public is another control's.
    ///
    /// Known are the account itself and what is configured as `known`. Without that configuration
    /// nothing is changed: the control says what is shared, and with whom.
    ///
    /// # Why it is yours
    ///
    /// A snapshot is a copy of a disk. AWS gives it to each account that you name, and blocks of
    /// public sharing do not stop that.
    ///
    /// # Safety
    ///
    /// Disruptive: an account that you work with may be missing in the configuration.
    ///
    /// # What undo restores
    ///
    /// Exactly the permissions that were taken.
    pub struct SnapshotsSharedOnlyWithKnownAccounts(Shared);
    id: "ec2.snapshots-shared-only-with-known-accounts",
    title: "EBS snapshots are shared only with known accounts",
    setting: &SNAPSHOT_SHARING,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::DataProtection,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: true,
    outlives: "copies that those accounts made of the snapshot, and volumes that they made of it",
}

impl Control for SnapshotsSharedOnlyWithKnownAccounts {
    type State = Shared;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &Shared,
        context: &Context<'_>,
    ) -> Result<Verdict<Shared>, StateError> {
        Ok(only_with_known(resource, observed, context, "snapshot"))
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
