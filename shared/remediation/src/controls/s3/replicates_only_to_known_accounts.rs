//! `s3.replicates-only-to-known-accounts`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    configuration::Known,
    context::Context,
    control::{Control, Meta, Severity},
    settings::s3::bucket_replication::{BUCKET_REPLICATION, Replication, Rule},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Switches off replication rules that copy a bucket's objects to a bucket of an account that is
    /// not known. The rule stays with everything in it, and so do other rules.
    ///
    /// Known are the account's own buckets, buckets of the accounts that are configured as `known`
    /// where the rule names the account, and the buckets that are configured there by name: a
    /// bucket's ARN does not tell whose it is. Without that configuration nothing is changed: the
    /// control says where objects go.
    ///
    /// # Why it is yours
    ///
    /// AWS copies what you tell it to, and as long as you do. Block Public Access does not stop it.
    ///
    /// # Safety
    ///
    /// Disruptive: an account that you work with may be missing in the configuration, and what is
    /// written while the rule is off is not copied afterwards.
    ///
    /// # What undo restores
    ///
    /// The rule is in force again. Objects of the time between are copied by S3 Batch Replication only.
    pub struct ReplicatesOnlyToKnownAccounts(Replication);
    id: "s3.replicates-only-to-known-accounts",
    title: "S3 buckets are replicated only to known accounts",
    setting: &BUCKET_REPLICATION,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::DataProtection,
    model: ServiceModel::Abstracted,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: true,
    outlives: "objects that were copied before",
}

impl Control for ReplicatesOnlyToKnownAccounts {
    type State = Replication;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &Replication,
        context: &Context<'_>,
    ) -> Result<Verdict<Replication>, StateError> {
        let nobody = Known::default();
        let known = context.configuration.known.as_ref();
        let us = known.unwrap_or(&nobody);
        let is_wrong = |rule: &Rule| rule.is_in_force() && !is_known(rule, &resource.account, us);
        let wrong: Vec<String> = observed
            .rules
            .iter()
            .filter(|(_, rule)| is_wrong(rule))
            .map(|(id, rule)| format!("rule `{id}` copies objects to {}", whose(rule)))
            .collect();
        if wrong.is_empty() {
            let because = "no rule copies objects to an account that is not known".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        let said = wrong.join("; ");
        if known.is_none() {
            return Ok(Verdict::Advise { steps: unconfigured(&said) });
        }
        let off = |rule: &Rule| match is_wrong(rule) {
            true => Rule { status: "Disabled".to_owned(), ..rule.clone() },
            false => rule.clone(),
        };
        let rules = observed.rules.iter().map(|(id, rule)| (id.clone(), off(rule)));
        Ok(Verdict::Violation {
            desired: Replication { rules: rules.collect(), ..observed.clone() },
            detail: format!("{said}, not known by the configuration"),
            safety: Safety::Disruptive,
            undo: Undo::Equivalent(NOT_COPIED.to_owned()),
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}

const NOT_COPIED: &str =
    "objects that were written while the rule was off are not copied by it afterwards";

/// The account that a rule names is the one that S3 makes the copies' owner; it fails where the
/// bucket is another's.
fn is_known(rule: &Rule, own: &str, known: &Known) -> bool {
    let by_account = |id: &str| id == own || known.has_account(id);
    rule.is_own
        || rule.account.as_deref().is_some_and(by_account)
        || known.has_bucket(rule.destination())
}

fn whose(rule: &Rule) -> String {
    let bucket = rule.destination();
    match &rule.account {
        Some(account) => format!("`{bucket}` of account {account}"),
        None => format!("`{bucket}` of an account that the rule does not name"),
    }
}

/// What to do where it is not configured who is known.
fn unconfigured(said: &str) -> String {
    format!(
        "{said}: configure whom you know (`known`), and other rules are switched off; or switch them \
         off yourself"
    )
}
