//! The journal's state machine: a step that it does not have is not stored.

use std::collections::BTreeMap;

use demarc_remediation::journal::{Progress, Stage};

use super::{Claim, Plan};
use crate::Error;

/// Where each open plan of a setting stands.
pub(super) type Standing = BTreeMap<String, Stage>;

pub(super) fn standing(plans: &[Plan]) -> Standing {
    plans.iter().map(|plan| (plan.entry.plan.clone(), plan.stage())).collect()
}

/// Refuses a step that no plan may make, or that is of a plan which is not open here.
pub(super) fn check(standing: &Standing, steps: &[Progress]) -> Result<(), Error> {
    for step in steps {
        let from = standing.get(&step.plan);
        if !from.is_some_and(|from| from.may_become(step.stage)) {
            let from = from.map_or("not open", |stage| stage.as_str());
            return Err(Error::Internal(format!(
                "plan `{}` is {from} and cannot become {}: nothing was stored",
                step.plan,
                step.stage.as_str()
            )));
        }
    }
    Ok(())
}

/// Refuses a claim after which an open plan would be in nobody's hands.
pub(super) fn forgets_none(claim: &Claim<'_>) -> Result<(), Error> {
    let is_kept = |id: &&String| {
        claim.carried.contains(id) || claim.ends.iter().any(|step| step.plan == **id)
    };
    match claim.head.open.iter().find(|id| !is_kept(id)) {
        None => Ok(()),
        Some(id) => Err(Error::Internal(format!(
            "the claim of `{}` forgets the open plan `{id}`: nothing was stored",
            claim.key
        ))),
    }
}
