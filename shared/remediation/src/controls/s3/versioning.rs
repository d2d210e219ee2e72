//! `s3.versioning`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::s3::bucket_versioning::{self as setting, BUCKET_VERSIONING, MfaDelete, Status},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Switches a bucket's versioning on, so that an object that is overwritten or deleted can be
    /// had back. A bucket with MFA delete is advice to a person: only the root user, with its MFA
    /// device, may change the versioning of such a bucket.
    ///
    /// # Why it is yours
    ///
    /// S3 keeps what it was last told to keep. That a deletion by mistake or malice can be taken
    /// back is a choice that you make and pay for.
    ///
    /// # Safety
    ///
    /// Safe: requests go on as before. Versions cost storage; a lifecycle rule for noncurrent
    /// versions bounds that.
    ///
    /// # What undo restores
    ///
    /// Exactly suspended versioning. A bucket that never had versioning cannot go back to that:
    /// it ends as suspended. Versions that were made meanwhile stay.
    pub struct Versioning(setting::Versioning);
    id: "s3.versioning",
    title: "S3 buckets keep versions of their objects",
    setting: &BUCKET_VERSIONING,
    context: &[],
    covered_by: &[],
    severity: Severity::Low,
    layer: Layer::Resilience,
    model: ServiceModel::Abstracted,
    safety: Safety::Safe,
    security_hub: &["S3.14"],
    frameworks: &["NIST-800-171-r2", "NIST-800-53-r5"],
    exposure: false,
    outlives: "objects that were overwritten or deleted while versioning was off",
}

impl Control for Versioning {
    type State = setting::Versioning;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &setting::Versioning,
        _: &Context<'_>,
    ) -> Result<Verdict<setting::Versioning>, StateError> {
        if observed.status == Some(Status::Enabled) {
            return Ok(Verdict::Compliant { because: "versioning is on".to_owned() });
        }
        if observed.mfa_delete == Some(MfaDelete::Enabled) {
            let steps = "switch versioning on as the root user, with its MFA device: MFA delete is \
                         on, and nobody else may change it";
            return Ok(Verdict::Advise { steps: steps.to_owned() });
        }
        let (detail, undo) = match observed.status {
            Some(_) => ("versioning is suspended", Undo::Exact),
            None => ("versioning has never been on", Undo::Equivalent(AFTER_UNDO.to_owned())),
        };
        Ok(Verdict::Violation {
            desired: setting::Versioning { status: Some(Status::Enabled), ..*observed },
            detail: detail.to_owned(),
            safety: Safety::Safe,
            undo,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NothingCloses)
    }
}

const AFTER_UNDO: &str =
    "versioning stays suspended instead of never on, and versions made meanwhile stay";
