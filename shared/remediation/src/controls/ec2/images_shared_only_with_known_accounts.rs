//! `ec2.images-shared-only-with-known-accounts`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::sharing::only_with_known,
    settings::ec2::sharing::{IMAGE_SHARING, Shared},
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Takes from accounts, organizations and their units that are not known the permission to
    /// launch instances of an image (AMI). Known ones keep theirs, and whether the image is public
    /// is another control's.
    ///
    /// Known are the account itself and what is configured as `known`. Without that configuration
    /// nothing is changed: the control says what is shared, and with whom.
    ///
    /// # Why it is yours
    ///
    /// An image holds what you built into it, secrets that were left behind included. AWS gives it
    /// to whom you name, and the block of public images does not stop that.
    ///
    /// # Safety
    ///
    /// Disruptive: an account that you work with may be missing in the configuration.
    ///
    /// # What undo restores
    ///
    /// Exactly the permissions that were taken.
    pub struct ImagesSharedOnlyWithKnownAccounts(Shared);
    id: "ec2.images-shared-only-with-known-accounts",
    title: "Images are shared only with known accounts and organizations",
    setting: &IMAGE_SHARING,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::DataProtection,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: true,
    outlives: "copies that others made of the image, and instances that they launched of it",
}

impl Control for ImagesSharedOnlyWithKnownAccounts {
    type State = Shared;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &Shared,
        context: &Context<'_>,
    ) -> Result<Verdict<Shared>, StateError> {
        Ok(only_with_known(resource, observed, context, "image"))
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
