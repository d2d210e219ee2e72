//! `s3.requires-tls`

use demarc_classification::{Layer, Resource, ServiceModel};
use serde_json::{Value, json};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::{Exposure, SECURE_TRANSPORT, TlsCoverage, exposure},
    settings::s3::bucket_policy::{BUCKET_POLICY, BucketPolicy, LARGEST},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Adds to a bucket's policy a statement, `DemarcRequireTls`, that denies everyone every
    /// request without TLS, to the bucket and to its objects. A statement that is there already
    /// counts when it denies the same under any spelling and on no further condition; one on
    /// `s3:TlsVersion` does not count, because a request over plain HTTP has no TLS version.
    ///
    /// A policy that would be larger than S3 takes (20,480 bytes) is advice to a person. Where
    /// there was no policy, the new one has no `Version`, so that its undo takes nothing from
    /// statements that others add meanwhile.
    ///
    /// # Why it is yours
    ///
    /// S3 answers on HTTP and on HTTPS. Encryption on the way is a choice of whoever owns the
    /// data, and the bucket's policy is where it is made binding.
    ///
    /// # Safety
    ///
    /// Safe where every statement lets in only whom it names: AWS's SDKs and tools use TLS unless
    /// they are told not to. Disruptive where one lets the public in, or may do so: browsers and
    /// download clients may use plain HTTP.
    ///
    /// # What undo restores
    ///
    /// Exactly the former policy: the statement is removed, and a policy that was only made for
    /// it is deleted.
    pub struct RequiresTls(BucketPolicy);
    id: "s3.requires-tls",
    title: "S3 buckets refuse requests without TLS",
    setting: &BUCKET_POLICY,
    context: &[],
    covered_by: &[],
    severity: Severity::Medium,
    layer: Layer::DataProtection,
    model: ServiceModel::Abstracted,
    safety: Safety::Disruptive,
    security_hub: &["S3.5"],
    frameworks: &[
        "CIS-1.4.0", "CIS-3.0.0", "CIS-5.0.0", "FSBP", "NIST-800-171-r2", "NIST-800-53-r5",
        "PCI-3.2.1", "PCI-4.0.1",
    ],
    exposure: false,
    outlives: "what was sent without TLS before",
}

impl Control for RequiresTls {
    type State = BucketPolicy;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &BucketPolicy,
        _: &Context<'_>,
    ) -> Result<Verdict<BucketPolicy>, StateError> {
        let arn = format!("arn:{}:s3:::{}", resource.partition(), resource.id);
        if TlsCoverage::of(observed.statements(), &arn).is_complete() {
            let because = "the policy denies everyone requests without TLS".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        let desired = observed.with(denial(&free_sid(observed), &arn));
        if desired.document().len() > LARGEST {
            let steps = format!(
                "shorten the policy and add a statement that denies requests without TLS: with it \
                 the policy would be larger than {LARGEST} bytes"
            );
            return Ok(Verdict::Advise { steps });
        }
        let restricted = |s: &Value| matches!(exposure(s), Exposure::Restricted { .. });
        let only_named = observed.statements().all(restricted);
        Ok(Verdict::Violation {
            desired,
            detail: "no statement of the policy denies everyone requests without TLS".to_owned(),
            safety: if only_named { Safety::Safe } else { Safety::Disruptive },
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}

fn denial(sid: &str, arn: &str) -> Value {
    json!({
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, format!("{arn}/*")],
        "Condition": {"Bool": {SECURE_TRANSPORT: "false"}},
    })
}

/// Our `Sid`, with a number where a statement that does something else already has it.
fn free_sid(policy: &BucketPolicy) -> String {
    let taken =
        |sid: &str| policy.statements().any(|s| s.get("Sid").and_then(Value::as_str) == Some(sid));
    let numbered = (2..).map(|n: u32| format!("DemarcRequireTls{n}"));
    let mut sids = std::iter::once("DemarcRequireTls".to_owned()).chain(numbered);
    sids.find(|sid| !taken(sid)).unwrap_or_default()
}
