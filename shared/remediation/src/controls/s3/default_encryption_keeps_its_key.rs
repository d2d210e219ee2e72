//! `s3.default-encryption-keeps-its-key`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    configuration::Known,
    context::Context,
    control::{Control, Meta, Severity},
    policy::Acquaintances,
    settings::s3::bucket_encryption::{BUCKET_ENCRYPTION, Encryption, Strength},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Gives a bucket its default encryption back: where it was weakened from a key in KMS to keys
    /// of S3, or from a customer's key to one that AWS manages, and where the key is one of an
    /// account that is not known (whoever has that key can take the objects away from you). It
    /// never weakens anything, and a bucket that was never seen with a key of its own is let be.
    ///
    /// # Why it is yours
    ///
    /// S3 encrypts every object. With whose key, and so who else has to agree to reading it, you
    /// decide.
    ///
    /// # Safety
    ///
    /// Safe where the former encryption was in force until now. Disruptive otherwise: whoever
    /// writes by now may have no permission to use the former key.
    ///
    /// # What undo restores
    ///
    /// Exactly the former configuration.
    pub struct DefaultEncryptionKeepsItsKey(Encryption);
    id: "s3.default-encryption-keeps-its-key",
    title: "S3 buckets keep the key of their default encryption",
    setting: &BUCKET_ENCRYPTION,
    context: &[],
    covered_by: &[],
    severity: Severity::Medium,
    layer: Layer::DataProtection,
    model: ServiceModel::Abstracted,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: false,
    outlives: "objects that were written with the weaker or the unknown key",
}

impl Control for DefaultEncryptionKeepsItsKey {
    type State = Encryption;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &Encryption,
        context: &Context<'_>,
    ) -> Result<Verdict<Encryption>, StateError> {
        let stranger = key_of_stranger(resource, observed, context);
        let before: Option<Encryption> = context.last_known_good()?;
        let better =
            before.filter(|before| stranger.is_some() || before.strength() > observed.strength());
        let wrong = match (stranger, &better) {
            (Some(key), _) => format!("the key `{key}` is of an account that is not known"),
            (None, Some(_)) => "the default encryption was weakened".to_owned(),
            (None, None) => return Ok(unless_enrolling(observed, context)),
        };
        let Some(before) = better else {
            let steps = format!(
                "{wrong}, and no former encryption is known: configure the account as `known`, or \
                 set the bucket's default encryption"
            );
            return Ok(Verdict::Advise { steps });
        };
        let is_recent = context.was_good_until_now();
        Ok(Verdict::Violation {
            desired: Encryption {
                algorithm: before.algorithm,
                key: before.key,
                ..observed.clone()
            },
            detail: wrong,
            safety: if is_recent { Safety::Safe } else { Safety::Disruptive },
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NothingCloses)
    }
}

fn key_of_stranger<'a>(
    resource: &Resource,
    observed: &'a Encryption,
    context: &Context<'_>,
) -> Option<&'a str> {
    let nobody = Known::default();
    let known = context.configuration.known.as_ref();
    let us = Acquaintances { own: &resource.account, known: known.unwrap_or(&nobody) };
    let is_stranger = observed.account_of_key().is_some_and(|account| !us.knows(account));
    observed.key.as_deref().filter(|_| is_stranger)
}

/// What is not the best may have been better before.
fn unless_enrolling(observed: &Encryption, context: &Context<'_>) -> Verdict<Encryption> {
    if let (Strength::OfCustomer, Some(key)) = (observed.strength(), &observed.key) {
        return Verdict::Compliant { because: format!("new objects are encrypted with `{key}`") };
    }
    if context.is_enrolling() {
        let why = "enrolling: the first sweep is not through yet, so it is not known whether the \
            default encryption was better before";
        return Verdict::Undecidable { why: why.to_owned() };
    }
    Verdict::Compliant { because: "no key of the bucket's own was taken from it".to_owned() }
}
