//! `s3.log-buckets-keep-their-objects`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::delivered,
    settings::s3::{
        bucket_lifecycle::{BUCKET_LIFECYCLE, Expiration, Lifecycle, Rule},
        bucket_policy::{BUCKET_POLICY, BucketPolicy},
    },
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Has the lifecycle rules of a bucket that AWS's services deliver logs to keep objects, and
    /// their former versions, for 90 days at least, or what is configured. Where a rule says less,
    /// or a date, the days are raised; everything else of the rule stays, and so do other rules.
    ///
    /// A bucket of logs is told by its policy, which lets CloudTrail, AWS Config, S3 or the delivery
    /// of logs write objects.
    ///
    /// # Why it is yours
    ///
    /// AWS deletes when you say so. Logs that expire after a day are gone before anybody asks.
    ///
    /// # Safety
    ///
    /// Safe: objects stay longer, and cost their storage.
    ///
    /// # What undo restores
    ///
    /// Exactly the former rules.
    pub struct LogBucketsKeepTheirObjects(Lifecycle);
    id: "s3.log-buckets-keep-their-objects",
    title: "S3 buckets of logs keep their objects",
    setting: &BUCKET_LIFECYCLE,
    context: &[&BUCKET_POLICY],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::LoggingAndMonitoring,
    model: ServiceModel::Abstracted,
    safety: Safety::Safe,
    security_hub: &[],
    frameworks: &[],
    exposure: false,
    outlives: "objects that expired before",
}

impl Control for LogBucketsKeepTheirObjects {
    type State = Lifecycle;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &Lifecycle,
        context: &Context<'_>,
    ) -> Result<Verdict<Lifecycle>, StateError> {
        let compliant = |because: String| Ok(Verdict::Compliant { because });
        let policy: BucketPolicy = context.setting(&BUCKET_POLICY)?;
        let Some(what) = delivered(&policy) else {
            return compliant("its policy lets no service deliver logs".to_owned());
        };
        // Validated when the configuration is read.
        let days = i32::try_from(context.configuration.logs.keep_days).unwrap_or(i32::MAX);
        let short: Vec<&str> = observed
            .rules
            .iter()
            .filter(|(_, rule)| kept(rule, days) != **rule)
            .map(|(id, _)| id.as_str())
            .collect();
        if short.is_empty() {
            return compliant(format!("{what} are kept for {days} days at least"));
        }
        let rules = observed.rules.iter().map(|(id, rule)| (id.clone(), kept(rule, days)));
        Ok(Verdict::Violation {
            desired: Lifecycle { rules: rules.collect(), ..observed.clone() },
            detail: format!("{what} expire before {days} days: `{}`", short.join("`, `")),
            safety: Safety::Safe,
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NothingCloses)
    }
}

/// The rule as it should be: the same where it expires nothing, or late enough.
fn kept(rule: &Rule, least: i32) -> Rule {
    let mut kept = rule.clone();
    if rule.status != "Enabled" {
        return kept;
    }
    if let Some(expiration) = &mut kept.expiration {
        let is_short = expiration.days.is_some_and(|days| days < least);
        if is_short || expiration.date.is_some() {
            *expiration = Expiration { days: Some(least), ..Expiration::default() };
        }
    }
    if let Some(former) = &mut kept.noncurrent_version_expiration {
        former.noncurrent_days = former.noncurrent_days.map(|days| days.max(least));
    }
    kept
}
