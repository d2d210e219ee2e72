//! How a control's failure is put right, in words, and what is said of a control as a whole.

use demarc_remediation::classification::{
    catalogue::controls::{Remedy, SecurityHubControl},
    explain::parts,
};

/// What the way to a remedy means.
pub const fn meaning(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::InPlace => "in place, without asking anybody for anything",
        Remedy::WithInput => "in place, with something that only the owner knows",
        Remedy::Disruptive => "in place, with approval: somebody may depend on what is taken away",
        Remedy::Replacement => "only by making the resource anew",
        Remedy::Person => "by people, or by another architecture",
    }
}

/// Who does what for a control, as Markdown: the good state, AWS's part, the customer's part, the
/// way to a remedy.
pub fn statement(control: &SecurityHubControl) -> String {
    let parts = parts(control.model, control.layer);
    let call = match control.call {
        "" => String::new(),
        call => format!(" (`{call}`)"),
    };
    format!(
        "{}.\n\nAWS: {}.\n\nCustomer: {}.\n\nPut right: {}{call}.",
        control.title,
        parts.aws,
        parts.customer,
        meaning(control.remedy),
    )
}
