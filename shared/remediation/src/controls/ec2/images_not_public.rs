//! `ec2.images-not-public`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::ec2::sharing::{IMAGE_SHARING, Shared},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Takes from everybody the permission to launch instances of an image (AMI). Accounts,
    /// organizations and their units that the image is shared with by name keep theirs.
    ///
    /// # Why it is yours
    ///
    /// An image holds what you built into it, secrets that were left behind included. AWS gives it
    /// to whom you name, and to everybody if you name everybody.
    ///
    /// # Safety
    ///
    /// Disruptive: somebody may launch instances of an image that was published on purpose. Your
    /// own account, and instances that run, are not affected.
    ///
    /// # What undo restores
    ///
    /// Exactly the permission of everybody, unless the region blocks public images by then.
    pub struct ImagesNotPublic(Shared);
    id: "ec2.images-not-public",
    title: "Images are not public",
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

impl Control for ImagesNotPublic {
    type State = Shared;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &Shared,
        _: &Context<'_>,
    ) -> Result<Verdict<Shared>, StateError> {
        if !observed.is_public {
            return Ok(Verdict::Compliant { because: "the image is not public".to_owned() });
        }
        Ok(Verdict::Violation {
            desired: Shared { is_public: false, ..observed.clone() },
            detail: "everybody may launch instances of the image".to_owned(),
            safety: Safety::Disruptive,
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
