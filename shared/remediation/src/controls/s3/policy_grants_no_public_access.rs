//! `s3.policy-grants-no-public-access`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::{Exposure, exposure, named},
    settings::s3::{
        bucket_policy::{BUCKET_POLICY, BucketPolicy},
        bucket_website::{BUCKET_WEBSITE, BucketWebsite, of_website},
        public_access_block::{OF_ACCOUNT, OF_BUCKET, PublicAccessBlock},
    },
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Removes from a bucket's policy each `Allow` statement that lets everyone in and ties them
    /// to no fixed account, organization, network or address. Every other statement stays, byte
    /// for byte and in its place. A policy that keeps no statement is deleted.
    ///
    /// A statement whose conditions are not understood is reported and never removed. A `Deny`
    /// elsewhere in the policy does not make a public statement good.
    ///
    /// # Why it is yours
    ///
    /// A bucket policy is written by you and enforced by AWS as it stands.
    ///
    /// # Safety
    ///
    /// Safe where `RestrictPublicBuckets` is effective through the bucket's or the account's
    /// block: S3 then lets nobody in from outside through such a statement. Disruptive otherwise:
    /// whoever reads the bucket through the statement is cut off.
    ///
    /// # What undo restores
    ///
    /// Exactly the removed statements, in their places. S3 refuses that while `BlockPublicPolicy`
    /// is on: undo the whole incident, or the block first.
    pub struct PolicyGrantsNoPublicAccess(BucketPolicy);
    id: "s3.policy-grants-no-public-access",
    title: "S3 bucket policies let in only whom they name",
    setting: &BUCKET_POLICY,
    context: &[&OF_ACCOUNT, &OF_BUCKET, &BUCKET_WEBSITE],
    covered_by: &[],
    severity: Severity::Critical,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Abstracted,
    safety: Safety::Disruptive,
    security_hub: &["S3.2", "S3.3"],
    frameworks: &["FSBP", "NIST-800-53-r5", "PCI-3.2.1"],
    exposure: true,
    outlives: "what was read, written or deleted through the statement before",
}

impl Control for PolicyGrantsNoPublicAccess {
    type State = BucketPolicy;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &BucketPolicy,
        context: &Context<'_>,
    ) -> Result<Verdict<BucketPolicy>, StateError> {
        let account: PublicAccessBlock = context.setting(&OF_ACCOUNT)?;
        let bucket: PublicAccessBlock = context.setting(&OF_BUCKET)?;
        let restricted = bucket.or(&account).restrict_public_buckets == Some(true);
        let public = explained(observed, Exposure::is_public);
        if !public.is_empty() {
            return Ok(Verdict::Violation {
                desired: observed.retaining(|statement| !exposure(statement).is_public()),
                detail: public.join("; "),
                safety: if restricted { Safety::Safe } else { Safety::Disruptive },
                undo: Undo::Exact,
            });
        }
        let unclear = explained(observed, |e| matches!(e, Exposure::Undecidable { .. }));
        if !unclear.is_empty() {
            return Ok(Verdict::Undecidable { why: unclear.join("; ") });
        }
        Ok(Verdict::Compliant { because: "no statement of the policy lets everyone in".to_owned() })
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        let website: BucketWebsite = context.setting(&BUCKET_WEBSITE)?;
        Ok(of_website(website.configured))
    }
}

/// The statements of one kind, each with the reason.
fn explained(policy: &BucketPolicy, wanted: impl Fn(&Exposure) -> bool) -> Vec<String> {
    let judged = policy
        .statements()
        .zip(1..)
        .map(|(statement, n)| (named(statement, n), exposure(statement)));
    let wanted = judged.filter(|(_, exposure)| wanted(exposure));
    wanted.map(|(name, exposure)| format!("{name}: {}", exposure.why())).collect()
}
