//! `ec2.new-instances-require-imdsv2`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::ec2::metadata_defaults::{METADATA_DEFAULTS, MetadataDefaults, Tokens},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Makes version 2 of the instance metadata service (IMDSv2) the region's default for instances
    /// whose launch says nothing of it. Instances that run stay as they are, and so do the other
    /// defaults.
    ///
    /// # Why it is yours
    ///
    /// AWS hands an instance's credentials to whoever asks from within. Whether a forwarded request
    /// is enough for that is a choice of yours.
    ///
    /// # Safety
    ///
    /// Safe where it was the default until this change. Disruptive otherwise: software that is too
    /// old for version 2 gets no credentials on a new instance.
    ///
    /// # What undo restores
    ///
    /// Exactly the former default; where there was none, there is none again. Instances that were
    /// launched meanwhile keep what they got.
    pub struct NewInstancesRequireImdsv2(MetadataDefaults);
    id: "ec2.new-instances-require-imdsv2",
    title: "New instances of the region require version 2 of the metadata service",
    setting: &METADATA_DEFAULTS,
    context: &[],
    covered_by: &[],
    severity: Severity::Medium,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: false,
    outlives: "instances that were launched with version 1, and credentials that were taken through it",
}

impl Control for NewInstancesRequireImdsv2 {
    type State = MetadataDefaults;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &MetadataDefaults,
        context: &Context<'_>,
    ) -> Result<Verdict<MetadataDefaults>, StateError> {
        if observed.http_tokens == Some(Tokens::Required) {
            return Ok(Verdict::Compliant {
                because: "new instances require version 2 of the metadata service".to_owned(),
            });
        }
        if observed.managed_by_policy {
            let steps = "change it in the organization's declarative policy for EC2, which sets it for this account";
            return Ok(Verdict::Advise { steps: steps.to_owned() });
        }
        let was_good = context.was_until_now(|before: &MetadataDefaults| {
            before.http_tokens == Some(Tokens::Required)
        })?;
        Ok(Verdict::Violation {
            desired: MetadataDefaults { http_tokens: Some(Tokens::Required), ..*observed },
            detail: "new instances take metadata requests without a token".to_owned(),
            safety: if was_good { Safety::Safe } else { Safety::Disruptive },
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NothingCloses)
    }
}
