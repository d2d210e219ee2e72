//! `iam.groups-have-no-full-access-inline-policy`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::administrators::{no_full_access, of_members},
    settings::iam::{
        group_members::{GROUP_MEMBERS, GroupMembers},
        inline_policies::{GROUP_INLINE_POLICIES, InlinePolicies},
    },
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Deletes each policy that stands in a group itself and has a statement that allows every
    /// action on every resource, whatever its conditions. Other policies stay.
    ///
    /// The whole policy goes, not the statement: to write one, Demarc's remediator would have to be
    /// allowed to grant anything to anybody, and so it is not.
    ///
    /// Those that are configured as `administrators`, by name, are left alone.
    ///
    /// # Why it is yours
    ///
    /// What a group may do is written by you; AWS enforces it as it stands.
    ///
    /// # Safety
    ///
    /// Disruptive: the members may lose what they do their work with; the plan names them. Safe
    /// where the group has none.
    ///
    /// # What undo restores
    ///
    /// Exactly the policies that were deleted.
    pub struct GroupsHaveNoFullAccessInlinePolicy(InlinePolicies);
    id: "iam.groups-have-no-full-access-inline-policy",
    title: "IAM groups have no inline policy that allows everything",
    setting: &GROUP_INLINE_POLICIES,
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

impl Control for GroupsHaveNoFullAccessInlinePolicy {
    type State = InlinePolicies;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &InlinePolicies,
        context: &Context<'_>,
    ) -> Result<Verdict<InlinePolicies>, StateError> {
        let members: GroupMembers = context.setting(&GROUP_MEMBERS)?;
        let verdict = no_full_access(resource, observed, context);
        Ok(of_members(verdict, &members))
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(context.setting::<GroupMembers>(&GROUP_MEMBERS)?.evidence())
    }
}
