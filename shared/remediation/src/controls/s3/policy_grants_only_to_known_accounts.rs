//! `s3.policy-grants-only-to-known-accounts`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::sharing::{Everyone, document_with_known},
    settings::s3::bucket_policy::{BUCKET_POLICY, BucketPolicy},
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Takes accounts and organizations that are not known out of the `Allow` statements of a
    /// bucket's policy. Known principals of the same statement stay; a statement that would let
    /// nobody in goes. Every other statement stays, byte for byte and in its place.
    ///
    /// Known are the account itself, what is configured as `known`, and the accounts from which AWS
    /// delivers load balancers' logs. Without that configuration nothing is changed: the control
    /// says who is let in. What lets everyone in is `s3.policy-grants-no-public-access`'s.
    ///
    /// # Why it is yours
    ///
    /// A bucket policy is written by you and enforced by AWS as it stands. Block Public Access does
    /// not stop it: an account that is named is not the public.
    ///
    /// # Safety
    ///
    /// Disruptive: an account that you work with may be missing in the configuration.
    ///
    /// # What undo restores
    ///
    /// Exactly the statements as they were, in their places.
    pub struct PolicyGrantsOnlyToKnownAccounts(BucketPolicy);
    id: "s3.policy-grants-only-to-known-accounts",
    title: "S3 bucket policies let in only known accounts",
    setting: &BUCKET_POLICY,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Abstracted,
    safety: Safety::Disruptive,
    security_hub: &["S3.6"],
    frameworks: &["FSBP", "NIST-800-171-r2", "NIST-800-53-r5"],
    exposure: true,
    outlives: "what was read, written or deleted through the statement before",
}

impl Control for PolicyGrantsOnlyToKnownAccounts {
    type State = BucketPolicy;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &BucketPolicy,
        context: &Context<'_>,
    ) -> Result<Verdict<BucketPolicy>, StateError> {
        Ok(document_with_known(resource, observed, context, Everyone::IsAnothers))
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
