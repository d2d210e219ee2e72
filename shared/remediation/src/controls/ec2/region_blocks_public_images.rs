//! `ec2.region-blocks-public-images`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::ec2::sharing_block::{IMAGE_BLOCK, Sharing, SharingBlock},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Blocks that images (AMIs) of the region become public. AWS has no block for images that are
    /// public already: those stay, and `ec2.images-not-public` looks after them.
    ///
    /// # Why it is yours
    ///
    /// An image holds what you built into it. AWS gives it to whom you name; the block is where a
    /// region says that this is never everybody.
    ///
    /// # Safety
    ///
    /// Safe where the block was on until this change. Disruptive otherwise: whoever publishes
    /// images on purpose can publish no more.
    ///
    /// # What undo restores
    ///
    /// Exactly that it is off.
    pub struct RegionBlocksPublicImages(SharingBlock);
    id: "ec2.region-blocks-public-images",
    title: "The region lets no more images become public",
    setting: &IMAGE_BLOCK,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::DataProtection,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: false,
    outlives: "images that became public while it was off",
}

impl Control for RegionBlocksPublicImages {
    type State = SharingBlock;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &SharingBlock,
        context: &Context<'_>,
    ) -> Result<Verdict<SharingBlock>, StateError> {
        if observed.state != Sharing::Unblocked {
            return Ok(Verdict::Compliant {
                because: "no more images can become public".to_owned(),
            });
        }
        if observed.managed_by_policy {
            let steps = "change it in the organization's declarative policy for EC2, which sets it for this account";
            return Ok(Verdict::Advise { steps: steps.to_owned() });
        }
        let was_good =
            context.was_until_now(|before: &SharingBlock| before.state != Sharing::Unblocked)?;
        Ok(Verdict::Violation {
            desired: SharingBlock { state: Sharing::BlockNewSharing, ..*observed },
            detail: "the region lets images become public".to_owned(),
            safety: if was_good { Safety::Safe } else { Safety::Disruptive },
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
