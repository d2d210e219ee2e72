//! `ec2.instances-require-imdsv2`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::ec2::instance_metadata::{INSTANCE_METADATA, InstanceMetadata},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Has an instance give its metadata, and with it its role's credentials, only to requests
    /// with a session token (version 2 of the metadata service). Hop limit, IPv6 and tags in the
    /// metadata stay as they are. An instance that gives no metadata is left alone.
    ///
    /// # Why it is yours
    ///
    /// The credentials are your role's. Version 1 gives them to whoever gets the instance to fetch
    /// an address, as a web application may be talked into.
    ///
    /// # Safety
    ///
    /// Disruptive: software that knows version 1 only gets no credentials any more. The metric
    /// `MetadataNoToken` of CloudWatch counts its requests.
    ///
    /// # What undo restores
    ///
    /// Exactly the former option.
    pub struct InstancesRequireImdsv2(InstanceMetadata);
    id: "ec2.instances-require-imdsv2",
    title: "EC2 instances require version 2 of the metadata service",
    setting: &INSTANCE_METADATA,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &["EC2.8"],
    frameworks: &["CIS-3.0.0", "CIS-5.0.0", "FSBP", "NIST-800-53-r5", "PCI-4.0.1"],
    exposure: false,
    outlives: "credentials that were given out before, until they expire",
}

impl Control for InstancesRequireImdsv2 {
    type State = InstanceMetadata;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &InstanceMetadata,
        _: &Context<'_>,
    ) -> Result<Verdict<InstanceMetadata>, StateError> {
        let compliant = |because: &str| Ok(Verdict::Compliant { because: because.to_owned() });
        if !observed.is_on {
            return compliant("the instance gives no metadata");
        }
        if observed.requires_tokens {
            return compliant("the instance gives its metadata only with a session token");
        }
        Ok(Verdict::Violation {
            desired: InstanceMetadata { requires_tokens: true, ..*observed },
            detail: "the instance gives its metadata without a session token".to_owned(),
            safety: Safety::Disruptive,
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
