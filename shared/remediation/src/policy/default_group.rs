//! Whether a VPC's default security group lets anything through.

use crate::{
    context::Context,
    settings::ec2::{
        network_use::{NetworkUse, SECURITY_GROUP_USE},
        security_group_name::{SECURITY_GROUP_NAME, SecurityGroupName},
        security_group_rules::{Rule, Rules},
    },
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

/// The verdict about a group's rules in one direction; `lets` says which: "lets in".
pub(crate) fn without_rules(
    observed: &Rules,
    context: &Context<'_>,
    lets: &str,
) -> Result<Verdict<Rules>, StateError> {
    let group: SecurityGroupName = context.setting(&SECURITY_GROUP_NAME)?;
    if !group.is_default() {
        let because = "it is no VPC's default group".to_owned();
        return Ok(Verdict::Compliant { because });
    }
    let told = |rule: &Rule| format!("{} ({})", rule.opened(), rule.source);
    let rules: Vec<String> = observed.rules().map(told).collect();
    if rules.is_empty() {
        let because = format!("the default group {lets} nothing");
        return Ok(Verdict::Compliant { because });
    }
    let used: NetworkUse = context.setting(&SECURITY_GROUP_USE)?;
    let is_unused = used.network_interfaces == 0;
    Ok(Verdict::Violation {
        desired: observed.without(|_| true),
        detail: format!("the default group {lets}: {}", rules.join("; ")),
        safety: if is_unused { Safety::Safe } else { Safety::Disruptive },
        undo: Undo::Equivalent("a rule that is made again has a new id and no tags".to_owned()),
    })
}

/// Whether something has the group.
pub(crate) fn evidence(context: &Context<'_>) -> Result<Evidence, StateError> {
    let group: NetworkUse = context.setting(&SECURITY_GROUP_USE)?;
    Ok(group.evidence("has the group", "have the group"))
}
