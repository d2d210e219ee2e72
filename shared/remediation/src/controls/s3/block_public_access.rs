//! `s3.block-public-access`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::s3::{
        bucket_exposure::{BUCKET_EXPOSURE, BucketExposure},
        bucket_website::of_website,
        public_access_block::{OF_ACCOUNT, OF_BUCKET, PublicAccessBlock},
    },
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Switches on all four flags of a bucket's public access block, where the account's block
    /// does not already cover those that are off: S3 takes the most restrictive combination of
    /// both, and so does this control.
    ///
    /// # Why it is yours
    ///
    /// New buckets are private and blocked. Whether the block stays is a setting of your bucket,
    /// which AWS neither sets back nor watches for you.
    ///
    /// # Safety
    ///
    /// Safe where the bucket serves no public now: S3 calls its policy not public, its access
    /// control list grants nothing to everyone, and it is no website. Disruptive otherwise; the
    /// plan says who is served.
    ///
    /// # What undo restores
    ///
    /// Exactly the former flags; where there was no block, it is deleted again.
    pub struct BlockPublicAccess(PublicAccessBlock);
    id: "s3.block-public-access",
    title: "S3 buckets block public access",
    setting: &OF_BUCKET,
    context: &[&OF_ACCOUNT, &BUCKET_EXPOSURE],
    covered_by: &[&OF_ACCOUNT],
    severity: Severity::High,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Abstracted,
    safety: Safety::Disruptive,
    security_hub: &["S3.8", "S3.2", "S3.3"],
    frameworks: &[
        "CIS-1.4.0", "CIS-3.0.0", "CIS-5.0.0", "FSBP", "NIST-800-53-r5", "PCI-3.2.1", "PCI-4.0.1",
    ],
    exposure: false,
    outlives: "what was read in public before",
}

impl Control for BlockPublicAccess {
    type State = PublicAccessBlock;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &PublicAccessBlock,
        context: &Context<'_>,
    ) -> Result<Verdict<PublicAccessBlock>, StateError> {
        if observed.is_full() {
            let because = "the bucket's public access block is fully on".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        let account: PublicAccessBlock = context.setting(&OF_ACCOUNT)?;
        let effective = observed.or(&account);
        if effective.is_full() {
            return Ok(Verdict::Compliant { because: through(&account).to_owned() });
        }
        let exposure: BucketExposure = context.setting(&BUCKET_EXPOSURE)?;
        let served = exposure.served_by();
        let missing = effective.off().join(", ");
        let detail = match served.as_slice() {
            [] => format!("the block is without {missing}; nobody is served in public"),
            by => {
                format!("the block is without {missing}; the public is served by {}", by.join(", "))
            }
        };
        Ok(Verdict::Violation {
            desired: PublicAccessBlock::FULL,
            detail,
            safety: if served.is_empty() { Safety::Safe } else { Safety::Disruptive },
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        let exposure: BucketExposure = context.setting(&BUCKET_EXPOSURE)?;
        Ok(of_website(exposure.website))
    }
}

fn through(account: &PublicAccessBlock) -> &'static str {
    if account.is_full() {
        "the account's public access block covers the bucket"
    } else {
        "the account's and the bucket's public access block together are full"
    }
}
