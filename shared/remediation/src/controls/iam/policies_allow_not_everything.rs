//! `iam.policies-allow-not-everything`

use demarc_classification::{Layer, Resource, ServiceModel};
use serde_json::Value;

use crate::{
    configuration::Administrators,
    context::Context,
    control::{Control, Meta, Severity},
    policy::allows_everything,
    settings::iam::managed_policy::{
        MANAGED_POLICY, MANAGED_POLICY_USE, ManagedPolicy, ManagedPolicyUse,
    },
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Puts the newest version of a managed policy of yours that does not allow everything back in
    /// force, where the version in force has a statement that allows every action on every
    /// resource, whatever its conditions. No version is written or deleted. Where every version
    /// allows everything, it says to what the policy is attached. A policy that only those have whom
    /// you configure as `administrators` is left alone.
    ///
    /// # Why it is yours
    ///
    /// AWS enforces the version that you put in force.
    ///
    /// # Safety
    ///
    /// Safe where the policy is attached to nothing. Disruptive otherwise: the other version may
    /// lack what is needed, and may allow what was taken away since. The plan has both documents.
    ///
    /// # What undo restores
    ///
    /// Exactly the version that was in force, as long as nobody deleted it.
    pub struct PoliciesAllowNotEverything(ManagedPolicy);
    id: "iam.policies-allow-not-everything",
    title: "Managed IAM policies of the account allow not everything",
    setting: &MANAGED_POLICY,
    context: &[&MANAGED_POLICY_USE],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Governance,
    safety: Safety::Disruptive,
    security_hub: &["IAM.1"],
    frameworks: &[
        "CIS-1.2.0", "CIS-1.4.0", "FSBP", "NIST-800-171-r2", "NIST-800-53-r5", "PCI-3.2.1",
    ],
    exposure: true,
    outlives: "what was done with the policy before",
}

/// Of a document, so much stands in the plan.
const LONGEST_SHOWN: usize = 1_000;

impl Control for PoliciesAllowNotEverything {
    type State = ManagedPolicy;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &ManagedPolicy,
        context: &Context<'_>,
    ) -> Result<Verdict<ManagedPolicy>, StateError> {
        let Some(document) = observed.document() else {
            let why = format!("the version `{}` in force could not be read", observed.default);
            return Ok(Verdict::Undecidable { why });
        };
        if !allows_everything(document) {
            let because = "the version in force does not allow everything".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        let used: ManagedPolicyUse = context.setting(&MANAGED_POLICY_USE)?;
        if is_of_administrators(&used, &context.configuration.administrators) {
            let because = "only those that are configured as administrators have it".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        let mut others = observed.others().into_iter();
        let Some((better, limited)) = others.find(|(_, other)| !allows_everything(other)) else {
            return Ok(advise(&used));
        };
        Ok(Verdict::Violation {
            desired: ManagedPolicy { default: better.to_owned(), ..observed.clone() },
            detail: format!(
                "version `{}` allows everything: {}; version `{better}` instead: {}",
                observed.default,
                shown(document),
                shown(limited)
            ),
            safety: if used.0.is_empty() { Safety::Safe } else { Safety::Disruptive },
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        let used: ManagedPolicyUse = context.setting(&MANAGED_POLICY_USE)?;
        Ok(used.evidence())
    }
}

/// Whether it is attached, and to nobody else.
fn is_of_administrators(used: &ManagedPolicyUse, administrators: &Administrators) -> bool {
    let is_one = |name: &String| match name.split_once(' ') {
        Some(("user", name)) => administrators.users.iter().any(|one| one == name),
        Some(("role", name)) => administrators.roles.iter().any(|one| one == name),
        Some(("group", name)) => administrators.groups.iter().any(|one| one == name),
        _ => false,
    };
    !used.0.is_empty() && used.0.iter().all(is_one)
}

fn advise(used: &ManagedPolicyUse) -> Verdict<ManagedPolicy> {
    let names: Vec<&str> = used.0.iter().map(String::as_str).collect();
    let whom = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    let steps = format!(
        "every version of the policy allows everything, and it is attached to {whom}: write a \
         version with what is needed, or detach it"
    );
    Verdict::Advise { steps }
}

fn shown(document: &Value) -> String {
    let text = document.get("Statement").unwrap_or(document).to_string();
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
