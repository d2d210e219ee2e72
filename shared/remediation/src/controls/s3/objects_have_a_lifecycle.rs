//! `s3.objects-have-a-lifecycle`

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
    /// Says which buckets have no lifecycle rule in force, so that objects, and former versions of
    /// them, stay for ever. It changes nothing: how long objects are needed is known to whoever
    /// uses the bucket, and a deleted object does not come back.
    ///
    /// A bucket with MFA delete cannot have rules, and is compliant without.
    ///
    /// # Why it is yours
    ///
    /// AWS keeps what you store until you say otherwise.
    ///
    /// # Safety
    ///
    /// Safe: nothing is written.
    ///
    /// # What undo restores
    ///
    /// Nothing: there is nothing to undo.
    pub struct ObjectsHaveALifecycle(Lifecycle);
    id: "s3.objects-have-a-lifecycle",
    title: "Objects in S3 buckets have a lifecycle",
    setting: &BUCKET_LIFECYCLE,
    context: &[&BUCKET_VERSIONING],
    covered_by: &[],
    severity: Severity::Medium,
    layer: Layer::Resilience,
    model: ServiceModel::Abstracted,
    safety: Safety::Safe,
    security_hub: &["S3.10", "S3.13"],
    frameworks: &["FSBP", "NIST-800-53-r5"],
    exposure: false,
    outlives: "what happens until a person acts",
}

impl Control for ObjectsHaveALifecycle {
    type State = Lifecycle;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &Lifecycle,
        context: &Context<'_>,
    ) -> Result<Verdict<Lifecycle>, StateError> {
        if observed.is_in_force() {
            return Ok(Verdict::Compliant { because: "it has lifecycle rules".to_owned() });
        }
        let versioning: Versioning = context.setting(&BUCKET_VERSIONING)?;
        if versioning.mfa_delete == Some(MfaDelete::Enabled) {
            let because = "with MFA delete, a bucket cannot have lifecycle rules".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        let what = match versioning.status {
            Some(Status::Enabled | Status::Suspended) => "objects and their former versions stay",
            None => "objects stay",
        };
        Ok(Verdict::Advise { steps: format!("{what} for ever: {STEPS}") })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NothingCloses)
    }

    fn only_advises(&self) -> bool {
        true
    }
}

const STEPS: &str = "write down how long they are needed with `aws s3api \
    put-bucket-lifecycle-configuration`; a rule that ends unfinished uploads after some days suits \
    every bucket";
