//! `s3.deleting-versions-needs-mfa`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::s3::{
        bucket_lifecycle::{BUCKET_LIFECYCLE, Lifecycle},
        bucket_versioning::{BUCKET_VERSIONING, MfaDelete, Status, Versioning},
    },
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Says from which buckets with versions anybody who may delete them can do so without the
    /// root user's MFA device. It changes nothing: only the root user may switch MFA delete on, and
    /// Demarc never acts as the root user.
    ///
    /// A bucket with lifecycle rules cannot have MFA delete, and is compliant without.
    ///
    /// # Why it is yours
    ///
    /// AWS deletes a version for whoever you let delete it, and does not bring it back.
    ///
    /// # Safety
    ///
    /// Safe: nothing is written.
    ///
    /// # What undo restores
    ///
    /// Nothing: there is nothing to undo.
    pub struct DeletingVersionsNeedsMfa(Versioning);
    id: "s3.deleting-versions-needs-mfa",
    title: "Deleting versions of objects needs MFA",
    setting: &BUCKET_VERSIONING,
    context: &[&BUCKET_LIFECYCLE],
    covered_by: &[],
    severity: Severity::Low,
    layer: Layer::Resilience,
    model: ServiceModel::Abstracted,
    safety: Safety::Safe,
    security_hub: &["S3.20"],
    frameworks: &["CIS-1.4.0", "CIS-3.0.0", "CIS-5.0.0", "NIST-800-53-r5"],
    exposure: false,
    outlives: "what happens until a person acts",
}

impl Control for DeletingVersionsNeedsMfa {
    type State = Versioning;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &Versioning,
        context: &Context<'_>,
    ) -> Result<Verdict<Versioning>, StateError> {
        let compliant = |because: &str| Ok(Verdict::Compliant { because: because.to_owned() });
        if observed.mfa_delete == Some(MfaDelete::Enabled) {
            return compliant("MFA delete is on");
        }
        if observed.status != Some(Status::Enabled) {
            return compliant("no versions are made");
        }
        let lifecycle: Lifecycle = context.setting(&BUCKET_LIFECYCLE)?;
        if lifecycle.is_in_force() {
            return compliant("with lifecycle rules, a bucket cannot have MFA delete");
        }
        Ok(Verdict::Advise {
            steps: format!(
                "as the root user, `aws s3api put-bucket-versioning --bucket {} \
                 --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa \"SERIAL CODE\"`; \
                 or give the bucket lifecycle rules, which exclude it",
                resource.id
            ),
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NothingCloses)
    }

    fn only_advises(&self) -> bool {
        true
    }
}
