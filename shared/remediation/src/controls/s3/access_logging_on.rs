//! `s3.access-logging-on`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::s3::bucket_logging::{BUCKET_LOGGING, Logging},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Has S3 write down the requests for a bucket's objects: to where its logs went before, else
    /// to the bucket that is configured for its region, below the logged bucket's own name. Without
    /// either it says what to configure. The bucket that the logs go to is left alone.
    ///
    /// # Why it is yours
    ///
    /// AWS logs who changes a bucket. Who reads its objects is logged only where you ask for it.
    ///
    /// # Safety
    ///
    /// Safe: nobody is kept out. The logs cost their storage, and are written by S3 only if the
    /// target's policy lets `logging.s3.amazonaws.com` write.
    ///
    /// # What undo restores
    ///
    /// Exactly the bucket without logging. Logs that were written stay.
    pub struct AccessLoggingOn(Logging);
    id: "s3.access-logging-on",
    title: "S3 buckets write access logs",
    setting: &BUCKET_LOGGING,
    context: &[],
    covered_by: &[],
    severity: Severity::Medium,
    layer: Layer::LoggingAndMonitoring,
    model: ServiceModel::Abstracted,
    safety: Safety::Safe,
    security_hub: &["S3.9"],
    frameworks: &["FSBP", "NIST-800-171-r2", "NIST-800-53-r5", "PCI-4.0.1"],
    exposure: false,
    outlives: "requests that were not logged",
}

impl Control for AccessLoggingOn {
    type State = Logging;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &Logging,
        context: &Context<'_>,
    ) -> Result<Verdict<Logging>, StateError> {
        let compliant = |because: String| Ok(Verdict::Compliant { because });
        if let Some(target) = &observed.target_bucket {
            return compliant(format!("access logs go to `{target}`"));
        }
        let configured = context.configuration.logs.access.get(&resource.region);
        if configured == Some(&resource.id) {
            return compliant("it is where the access logs of other buckets go".to_owned());
        }
        if context.is_enrolling() {
            let why = "enrolling: the first sweep is not through yet, so it is not known where the \
                access logs went before";
            return Ok(Verdict::Undecidable { why: why.to_owned() });
        }
        let before: Option<Logging> = context.last_known_good()?;
        let before = before.filter(|before| before.target_bucket.is_some());
        let Some(desired) = before.or_else(|| configured.map(|to| under(to, resource))) else {
            let steps = format!(
                "no access logs are written: configure a bucket for {} as `logs.access`",
                resource.region
            );
            return Ok(Verdict::Advise { steps });
        };
        let target = desired.target_bucket.as_deref().unwrap_or_default();
        Ok(Verdict::Violation {
            detail: format!("no access logs are written; they would go to `{target}`"),
            desired,
            safety: Safety::Safe,
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NothingCloses)
    }
}

fn under(target: &str, resource: &Resource) -> Logging {
    Logging {
        target_bucket: Some(target.to_owned()),
        target_prefix: Some(format!("{}/", resource.id)),
        partition_date_source: None,
    }
}
