//! `iam.access-keys-made-by-their-users`

use std::collections::BTreeMap;

use demarc_classification::{Actor, Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    policy::newcomer::Newcomer,
    settings::iam::access_keys::{AccessKeys, Status, USER_ACCESS_KEYS},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Deactivates an access key of a user that somebody else made or activated. Keys that the user
    /// makes for itself stay, and so do those made by whom you configure as `administrators` or as a
    /// pipeline's role, and all that were there at the first sweep; what a sweep finds new counts as
    /// made by somebody else. No key is deleted, and the root user's are never touched.
    ///
    /// # Why it is yours
    ///
    /// AWS takes a key from whoever holds it. A key that somebody makes for another user acts in
    /// that user's name, and outlives the session in which it was made.
    ///
    /// # Safety
    ///
    /// Disruptive: the key may have been handed out already, to a program that needs it.
    ///
    /// # What undo restores
    ///
    /// Exactly the key, active as before, as long as nobody deleted it.
    pub struct AccessKeysMadeByTheirUsers(AccessKeys);
    id: "iam.access-keys-made-by-their-users",
    title: "Access keys of IAM users are made by those users themselves",
    setting: &USER_ACCESS_KEYS,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Governance,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: true,
    outlives: "what was done with the key before; sessions that it opened, for up to 36 hours",
}

impl Control for AccessKeysMadeByTheirUsers {
    type State = AccessKeys;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &AccessKeys,
        context: &Context<'_>,
    ) -> Result<Verdict<AccessKeys>, StateError> {
        let before: AccessKeys = context.last_known_good()?.unwrap_or_default();
        let was_active = |id: &&str| before.active().any(|known| known == *id);
        let new: Vec<&str> = observed.active().filter(|id| !was_active(id)).collect();
        if new.is_empty() {
            let because = "no key was made or activated since it was good".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        let is_own = |actor: &Actor| actor.is_user(&resource.account, &resource.id);
        // Whoever has a key that is not meant acts as the user: what the user does itself then
        // makes nothing good that the change did not make.
        let is_told =
            |id: &&str| context.made.iter().any(|made| made == id) || before.0.contains_key(*id);
        let by = match Newcomer::of(context, &resource.account, is_own) {
            Newcomer::Meant(because) if context.actor.is_none() || new.iter().all(is_told) => {
                return Ok(Verdict::Compliant { because });
            }
            Newcomer::Meant(_) => "somebody else before".to_owned(),
            Newcomer::Unknown(why) => return Ok(Verdict::Undecidable { why }),
            Newcomer::Unasked(by) => by,
        };
        let status = |id: &String, status: &Status| {
            if new.contains(&id.as_str()) { Status::Inactive } else { *status }
        };
        let desired: BTreeMap<String, Status> =
            observed.0.iter().map(|(id, was)| (id.clone(), status(id, was))).collect();
        Ok(Verdict::Violation {
            desired: AccessKeys(desired),
            detail: format!("made or activated by {by}: `{}`", new.join("`, `")),
            safety: Safety::Disruptive,
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }

    fn asks_who(&self) -> bool {
        true
    }
}
