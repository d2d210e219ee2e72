//! `iam.groups-have-no-administrator-policy`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::administrators::{no_administrator, of_members},
    settings::iam::{
        attached_policies::{AttachedPolicies, GROUP_POLICIES},
        group_members::{GROUP_MEMBERS, GroupMembers},
    },
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Detaches AWS's policy `AdministratorAccess` from a group that is not configured as one of
    /// the account's administrators. Other policies stay attached.
    ///
    /// Administrators are configured as `administrators`, by name.
    ///
    /// # Why it is yours
    ///
    /// Whom you make an administrator is your decision; AWS does not ask whether it was meant.
    ///
    /// # Safety
    ///
    /// Disruptive: the members may lose what they do their work with; the plan names them. Safe
    /// where the group has none.
    ///
    /// # What undo restores
    ///
    /// Exactly the attachment.
    pub struct GroupsHaveNoAdministratorPolicy(AttachedPolicies);
    id: "iam.groups-have-no-administrator-policy",
    title: "IAM groups have no administrator policy",
    setting: &GROUP_POLICIES,
    context: &[&GROUP_MEMBERS],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Governance,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: true,
    outlives: "what members of the group did before",
}

impl Control for GroupsHaveNoAdministratorPolicy {
    type State = AttachedPolicies;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &AttachedPolicies,
        context: &Context<'_>,
    ) -> Result<Verdict<AttachedPolicies>, StateError> {
        let members: GroupMembers = context.setting(&GROUP_MEMBERS)?;
        let verdict = no_administrator(resource, observed, context);
        Ok(of_members(verdict, &members))
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(context.setting::<GroupMembers>(&GROUP_MEMBERS)?.evidence())
    }
}
