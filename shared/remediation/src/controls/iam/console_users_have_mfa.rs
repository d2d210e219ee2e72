//! `iam.console-users-have-mfa`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::iam::user_mfa::{Mfa, USER_MFA},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Attaches the stack's policy `require-mfa` to a user that has a console password and no MFA
    /// device. Signed in without MFA, the user can do nothing any more but change its password and
    /// enrol a device; signed in with it, everything that it could before.
    ///
    /// Access keys are not affected: the policy's condition is about sessions that say whether MFA
    /// was used, and requests with a long-term key say nothing of it.
    ///
    /// # Why it is yours
    ///
    /// AWS asks for a second factor where you demand one. A password alone is guessed, reused and
    /// phished.
    ///
    /// # Safety
    ///
    /// Disruptive: the user is stopped until it has enrolled a device.
    ///
    /// # What undo restores
    ///
    /// Exactly the former policies: the stack's policy is detached.
    pub struct ConsoleUsersHaveMfa(Mfa);
    id: "iam.console-users-have-mfa",
    title: "Users of the console have MFA",
    setting: &USER_MFA,
    context: &[],
    covered_by: &[],
    severity: Severity::Medium,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Governance,
    safety: Safety::Disruptive,
    security_hub: &["IAM.5"],
    frameworks: &[
        "CIS-1.2.0",
        "CIS-1.4.0",
        "CIS-3.0.0",
        "CIS-5.0.0",
        "FSBP",
        "NIST-800-53-r5",
        "PCI-4.0.1",
    ],
    exposure: false,
    outlives: "what was done in the console without MFA before",
}

impl Control for ConsoleUsersHaveMfa {
    type State = Mfa;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &Mfa,
        _: &Context<'_>,
    ) -> Result<Verdict<Mfa>, StateError> {
        let compliant = |because: &str| Ok(Verdict::Compliant { because: because.to_owned() });
        if !observed.password {
            return compliant("the user has no console password");
        }
        if observed.device {
            return compliant("the user has an MFA device");
        }
        if observed.required {
            return compliant("without MFA, the user can do nothing but enrol a device");
        }
        Ok(Verdict::Violation {
            desired: Mfa { required: true, ..*observed },
            detail: "the user has a console password and no MFA device".to_owned(),
            safety: Safety::Disruptive,
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
