//! `s3.account-blocks-public-access`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::s3::public_access_block::{OF_ACCOUNT, PublicAccessBlock},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Switches on all four flags of the account's public access block: public access control
    /// lists are refused and ignored, public policies are refused and let in nobody outside the
    /// account. It covers every bucket, whatever the bucket's own block says.
    ///
    /// # Why it is yours
    ///
    /// S3 stores what you give it and serves whom you name. AWS keeps tenants apart; who among
    /// the public may read your buckets is your decision, and this block is where an account says
    /// that nobody may.
    ///
    /// # Safety
    ///
    /// Safe where the block was fully on until this change: nothing can depend on access that it
    /// denied. Disruptive otherwise, and when the violation has stood for an hour: a bucket of the account may serve the public,
    /// or another account through a policy that is public.
    ///
    /// # What undo restores
    ///
    /// Exactly the former flags; where there was no block, it is deleted again.
    pub struct AccountBlocksPublicAccess(PublicAccessBlock);
    id: "s3.account-blocks-public-access",
    title: "The account blocks public access to all of its buckets",
    setting: &OF_ACCOUNT,
    context: &[],
    covered_by: &[],
    severity: Severity::Medium,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Abstracted,
    safety: Safety::Disruptive,
    security_hub: &["S3.1"],
    frameworks: &[
        "CIS-1.4.0", "CIS-3.0.0", "CIS-5.0.0", "FSBP", "NIST-800-53-r5", "PCI-3.2.1", "PCI-4.0.1",
    ],
    exposure: false,
    outlives: "what was read in public before",
}

impl Control for AccountBlocksPublicAccess {
    type State = PublicAccessBlock;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &PublicAccessBlock,
        context: &Context<'_>,
    ) -> Result<Verdict<PublicAccessBlock>, StateError> {
        if observed.is_full() {
            let because = "the account's public access block is fully on".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        let was_full = context.was_until_now(PublicAccessBlock::is_full)?;
        Ok(Verdict::Violation {
            desired: PublicAccessBlock::FULL,
            detail: format!("the account's block is without {}", observed.off().join(", ")),
            safety: if was_full { Safety::Safe } else { Safety::Disruptive },
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
