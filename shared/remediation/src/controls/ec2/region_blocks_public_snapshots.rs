//! `ec2.region-blocks-public-snapshots`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::ec2::sharing_block::{SNAPSHOT_BLOCK, Sharing, SharingBlock},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Blocks that EBS snapshots of the region are public: none can be made so, and those that are
    /// lose what they gave. Snapshots that are shared with accounts by their ids stay shared.
    ///
    /// # Why it is yours
    ///
    /// A snapshot is a copy of your disk. AWS gives it to whom you name; the block is where a
    /// region says that this is never everybody.
    ///
    /// # Safety
    ///
    /// Safe where the block was on until this change. Disruptive otherwise: a snapshot may be
    /// public on purpose.
    ///
    /// # What undo restores
    ///
    /// Exactly the former state, that only new snapshots cannot be made public included. A snapshot
    /// that was public is so again.
    pub struct RegionBlocksPublicSnapshots(SharingBlock);
    id: "ec2.region-blocks-public-snapshots",
    title: "The region lets no EBS snapshot be public",
    setting: &SNAPSHOT_BLOCK,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::DataProtection,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &["EC2.182"],
    frameworks: &["FSBP"],
    exposure: false,
    outlives: "copies and volumes that others made of public snapshots",
}

impl Control for RegionBlocksPublicSnapshots {
    type State = SharingBlock;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &SharingBlock,
        context: &Context<'_>,
    ) -> Result<Verdict<SharingBlock>, StateError> {
        if observed.state == Sharing::BlockAllSharing {
            return Ok(Verdict::Compliant { because: "no snapshot can be public".to_owned() });
        }
        if observed.managed_by_policy {
            let steps = "change it in the organization's declarative policy for EC2, which sets it for this account";
            return Ok(Verdict::Advise { steps: steps.to_owned() });
        }
        let was_good = context
            .was_until_now(|before: &SharingBlock| before.state == Sharing::BlockAllSharing)?;
        Ok(Verdict::Violation {
            desired: SharingBlock { state: Sharing::BlockAllSharing, ..*observed },
            detail: "the region lets snapshots be public".to_owned(),
            safety: if was_good { Safety::Safe } else { Safety::Disruptive },
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
