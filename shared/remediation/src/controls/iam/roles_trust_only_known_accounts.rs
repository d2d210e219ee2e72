//! `iam.roles-trust-only-known-accounts`

use demarc_classification::{Layer, Resource, ServiceModel};
use serde_json::{Value, json};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::sharing::{Everyone, document_with_known},
    settings::iam::{
        role_trust::{ROLE_TRUST, RoleTrust},
        role_use::{ROLE_USE, RoleUse},
    },
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Takes everyone, and accounts and organizations that are not known, out of a role's trust
    /// policy. Known principals of the same statement, services and identity providers stay; a
    /// statement that would trust nobody goes. Every other statement stays, byte for byte and in
    /// its place. IAM takes no policy without statements: one that would keep none denies everyone
    /// (`DemarcTrustsNobody`).
    ///
    /// Known are the account itself and what is configured as `known`. Without that configuration
    /// nothing is changed: the control says whom the role trusts.
    ///
    /// # Why it is yours
    ///
    /// Whom a role trusts is written by you. AWS checks that whoever assumes it is named there, not
    /// that you know them.
    ///
    /// # Safety
    ///
    /// Disruptive: an account that you work with may be missing in the configuration.
    ///
    /// # What undo restores
    ///
    /// Exactly the statements as they were, in their places.
    pub struct RolesTrustOnlyKnownAccounts(RoleTrust);
    id: "iam.roles-trust-only-known-accounts",
    title: "IAM roles trust only known accounts",
    setting: &ROLE_TRUST,
    context: &[&ROLE_USE],
    covered_by: &[],
    severity: Severity::Critical,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Governance,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: true,
    outlives: "sessions that were opened before, for up to twelve hours",
}

impl Control for RolesTrustOnlyKnownAccounts {
    type State = RoleTrust;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &RoleTrust,
        context: &Context<'_>,
    ) -> Result<Verdict<RoleTrust>, StateError> {
        let verdict = document_with_known(resource, observed, context, Everyone::IsStranger);
        Ok(match verdict {
            Verdict::Violation { desired, detail, safety, undo }
                if desired.statements().next().is_none() =>
            {
                let nobody = nobody();
                let desired = observed.with(nobody.clone()).retaining(|one| *one == nobody);
                Verdict::Violation { desired, detail, safety, undo }
            }
            other => other,
        })
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(context.setting::<RoleUse>(&ROLE_USE)?.evidence())
    }
}

fn nobody() -> Value {
    json!({
        "Sid": "DemarcTrustsNobody",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "sts:AssumeRole",
    })
}
