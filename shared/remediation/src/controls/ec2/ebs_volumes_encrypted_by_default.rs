//! `ec2.ebs-volumes-encrypted-by-default`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::ec2::ebs_encryption::{EBS_ENCRYPTION, EbsEncryption},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Switches on that new EBS volumes and copies of snapshots of the region are encrypted where
    /// whoever makes them says nothing. The key stays the one that the region has for it.
    ///
    /// # Why it is yours
    ///
    /// AWS encrypts a volume when you say so, and keeps the key that you choose. That every volume
    /// has it is a choice of yours.
    ///
    /// # Safety
    ///
    /// Safe where it was on until this change. Disruptive otherwise: a snapshot of a volume that is
    /// encrypted with the region's own key cannot be shared with other accounts, and whoever makes a
    /// volume needs permission to use the key.
    ///
    /// # What undo restores
    ///
    /// Exactly that it is off. Volumes that were made meanwhile stay encrypted.
    pub struct EbsVolumesEncryptedByDefault(EbsEncryption);
    id: "ec2.ebs-volumes-encrypted-by-default",
    title: "New EBS volumes of the region are encrypted by default",
    setting: &EBS_ENCRYPTION,
    context: &[],
    covered_by: &[],
    severity: Severity::Medium,
    layer: Layer::DataProtection,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &["EC2.7"],
    frameworks: &["CIS-1.4.0", "CIS-3.0.0", "CIS-5.0.0", "FSBP", "NIST-800-53-r5"],
    exposure: false,
    outlives: "volumes and snapshots that were made without encryption",
}

impl Control for EbsVolumesEncryptedByDefault {
    type State = EbsEncryption;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &EbsEncryption,
        context: &Context<'_>,
    ) -> Result<Verdict<EbsEncryption>, StateError> {
        if observed.by_default {
            let because = "new volumes are encrypted by default".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        let was_on = context.was_until_now(|before: &EbsEncryption| before.by_default)?;
        Ok(Verdict::Violation {
            desired: EbsEncryption { by_default: true },
            detail: "new volumes are not encrypted by default".to_owned(),
            safety: if was_on { Safety::Safe } else { Safety::Disruptive },
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NothingCloses)
    }
}
