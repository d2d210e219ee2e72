//! What is shared with accounts and organizations that nobody knows.

use demarc_classification::Resource;
use serde_json::Value;

use super::{Acquaintances, Document, Given, exposure, given, named};
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

/// Whether a document that lets everyone in lets in strangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Everyone {
    /// It does.
    IsStranger,
    /// Another control looks after that.
    IsAnothers,
}

/// Judges whether a policy lets in only whom its owner knows.
pub(crate) fn document_with_known(
    resource: &Resource,
    observed: &Document,
    context: &Context<'_>,
    everyone: Everyone,
) -> Verdict<Document> {
    let nobody = Known::default();
    let known = context.configuration.known.as_ref();
    let us = Acquaintances { own: &resource.account, known: known.unwrap_or(&nobody) };
    let is_for_all =
        |statement: &Value| everyone == Everyone::IsStranger && exposure(statement).is_public();
    let judge = |statement: &Value| match is_for_all(statement) {
        true => Given::Strangers { named: vec!["everyone".to_owned()], rest: None },
        false => given(statement, us),
    };
    // That everyone is a stranger needs no configuration.
    let is_told = |statement: &Value| known.is_some() || is_for_all(statement);
    let (mut strangers, mut untold, mut unclear) = (Vec::new(), Vec::new(), Vec::new());
    for (statement, n) in observed.statements().zip(1..) {
        let name = named(statement, n);
        match judge(statement) {
            Given::Known => {}
            Given::Strangers { named: who, .. } => {
                let list = if is_told(statement) { &mut strangers } else { &mut untold };
                list.push(format!("{name} lets in {}", who.join(", ")));
            }
            Given::Unclear { why } => unclear.push(format!("{name}: {why}")),
        }
    }
    if !strangers.is_empty() {
        return Verdict::Violation {
            desired: observed.changed(|statement| match judge(statement) {
                Given::Strangers { rest, .. } if is_told(statement) => rest,
                _ => Some(statement.clone()),
            }),
            detail: format!("{}, not known by the configuration", strangers.join("; ")),
            safety: Safety::Disruptive,
            undo: Undo::Exact,
        };
    }
    if !untold.is_empty() {
        return Verdict::Advise { steps: unconfigured(&untold.join("; ")) };
    }
    if !unclear.is_empty() {
        return Verdict::Undecidable { why: unclear.join("; ") };
    }
    let because = "no statement of the policy lets in an account that is not known".to_owned();
    Verdict::Compliant { because }
}

/// What to do where it is not configured who is known.
fn unconfigured(said: &str) -> String {
    format!(
        "{said}: configure whom you know (`known`), and what others have is taken back; or take it \
         back yourself"
    )
}
