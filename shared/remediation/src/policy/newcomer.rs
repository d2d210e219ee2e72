//! Whether something new was put there by somebody who may.

use demarc_classification::Actor;

use crate::context::{Baseline, Context};

/// What becomes of something that was not there when everything was good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Newcomer {
    /// It may stay; the text says why.
    Meant(String),
    /// It may have been there before; the text says why that is not known.
    Unknown(String),
    /// It was put there by somebody else; the text says by whom.
    Unasked(String),
}

impl Newcomer {
    /// Judges by who made the change. Those configured as administrators and the roles of
    /// pipelines put things there on purpose; `is_own` tells of others who may.
    pub(crate) fn of(
        context: &Context<'_>,
        account: &str,
        is_own: impl FnOnce(&Actor) -> bool,
    ) -> Self {
        let configured = |actor: &&Actor| is_configured(actor, context, account);
        if let Some(actor) = context.actor.filter(configured) {
            return Self::Meant(format!("{}, who is configured to, put it there", actor.name()));
        }
        if context.actor.is_some_and(is_own) {
            return Self::Meant("the user put it there itself".to_owned());
        }
        match (context.baseline, context.actor) {
            // Its own readings are what later ones are compared with.
            (Baseline::Enrolling, None) => {
                Self::Meant("what is there at the first sweep is taken as meant".to_owned())
            }
            (Baseline::Enrolling | Baseline::Unread, _) => Self::Unknown(
                "enrolling: the first sweep is not through yet, so it is not known what is new"
                    .to_owned(),
            ),
            (_, Some(actor)) => Self::Unasked(actor.name()),
            (_, None) => Self::Unasked("somebody who is not known".to_owned()),
        }
    }
}

fn is_configured(actor: &Actor, context: &Context<'_>, account: &str) -> bool {
    let configuration = context.configuration;
    let administrators = &configuration.administrators;
    administrators.users.iter().any(|name| actor.is_user(account, name))
        || administrators.roles.iter().any(|name| actor.is_role_named(account, name))
        || configuration.actors.pipeline_roles.iter().any(|role| actor.is_role(role))
}
