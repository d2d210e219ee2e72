//! What is shared with accounts and organizations that nobody knows.

use demarc_classification::Resource;

use super::Acquaintances;
use crate::{
    configuration::Known,
    context::Context,
    settings::ec2::sharing::Shared,
    verdict::{Safety, Undo, Verdict},
};

/// Judges whether something, called `what`, is shared only with whom its owner knows.
pub(crate) fn only_with_known(
    resource: &Resource,
    observed: &Shared,
    context: &Context<'_>,
    what: &str,
) -> Verdict<Shared> {
    let nobody = Known::default();
    let known = context.configuration.known.as_ref();
    let us = Acquaintances { own: &resource.account, known: known.unwrap_or(&nobody) };
    let strangers = observed.to_strangers(us);
    let names: Vec<&str> =
        strangers.accounts.iter().chain(&strangers.organizations).map(String::as_str).collect();
    if names.is_empty() {
        let because = format!("the {what} is shared with nobody that is not known");
        return Verdict::Compliant { because };
    }
    let names = names.join(", ");
    let detail = format!("the {what} is shared with {names}");
    if known.is_none() {
        return Verdict::Advise { steps: unconfigured(&detail) };
    }
    Verdict::Violation {
        desired: observed.beyond(&strangers),
        detail: format!("{detail}, not known by the configuration"),
        safety: Safety::Disruptive,
        undo: Undo::Exact,
    }
}

/// What to do where it is not configured who is known.
pub(crate) fn unconfigured(said: &str) -> String {
    format!(
        "{said}: configure whom you know (`known`), and what others have is taken back; or take it \
         back yourself"
    )
}
