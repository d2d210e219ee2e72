//! `iam.passwords-are-strong`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::iam::password_policy::{PASSWORD_POLICY, PasswordPolicy},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

/// CIS AWS Foundations Benchmark 3.0.0, 1.8 and 1.9.
const LENGTH: i32 = 14;
const FORMER: i32 = 24;

crate::control! {
    /// # What it does
    ///
    /// Sets the account's password policy: at least 14 characters, among them an upper-case and a
    /// lower-case letter, a number and a symbol, and none of the last 24 passwords again. What is
    /// stricter already stays, as does when passwords expire, and whether users change their own.
    ///
    /// # Why it is yours
    ///
    /// AWS keeps the passwords of IAM users, and takes whatever your policy lets them choose.
    ///
    /// # Safety
    ///
    /// Safe: passwords that are in use stay, the policy is asked when one is changed.
    ///
    /// # What undo restores
    ///
    /// Exactly the former policy; where there was none, it is deleted.
    pub struct PasswordsAreStrong(PasswordPolicy);
    id: "iam.passwords-are-strong",
    title: "Passwords of IAM users are strong",
    setting: &PASSWORD_POLICY,
    context: &[],
    covered_by: &[],
    severity: Severity::Medium,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Governance,
    safety: Safety::Safe,
    security_hub: &["IAM.7", "IAM.10", "IAM.11", "IAM.12", "IAM.13", "IAM.14", "IAM.15", "IAM.16"],
    frameworks: &[
        "CIS-1.2.0",
        "CIS-1.4.0",
        "CIS-3.0.0",
        "CIS-5.0.0",
        "FSBP",
        "NIST-800-171-r2",
        "NIST-800-53-r5",
        "PCI-3.2.1",
        "PCI-4.0.1",
    ],
    exposure: false,
    outlives: "weak passwords, until they are changed",
}

impl Control for PasswordsAreStrong {
    type State = PasswordPolicy;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &PasswordPolicy,
        _: &Context<'_>,
    ) -> Result<Verdict<PasswordPolicy>, StateError> {
        let desired = PasswordPolicy {
            minimum_password_length: observed.minimum_password_length.max(Some(LENGTH)),
            require_symbols: Some(true),
            require_numbers: Some(true),
            require_uppercase_characters: Some(true),
            require_lowercase_characters: Some(true),
            allow_users_to_change_password: observed.allow_users_to_change_password.or(Some(false)),
            password_reuse_prevention: observed.password_reuse_prevention.max(Some(FORMER)),
            ..*observed
        };
        if desired == *observed {
            let because = "the account's password policy asks for strong passwords".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        Ok(Verdict::Violation {
            detail: weakness(observed),
            desired,
            safety: Safety::Safe,
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NothingCloses)
    }
}

fn weakness(policy: &PasswordPolicy) -> String {
    if *policy == PasswordPolicy::default() {
        return "the account has no password policy".to_owned();
    }
    let required = [
        ("a symbol", policy.require_symbols),
        ("a number", policy.require_numbers),
        ("an upper-case letter", policy.require_uppercase_characters),
        ("a lower-case letter", policy.require_lowercase_characters),
    ];
    let missing = required.iter().filter(|(_, required)| *required != Some(true));
    let mut wrong: Vec<String> =
        missing.map(|(what, _)| format!("does not require {what}")).collect();
    if policy.minimum_password_length < Some(LENGTH) {
        wrong.push(format!("takes passwords of fewer than {LENGTH} characters"));
    }
    if policy.password_reuse_prevention < Some(FORMER) {
        wrong.push(format!("takes one of the last {FORMER} passwords again"));
    }
    format!("the account's password policy {}", wrong.join(", "))
}
