//! How much is put right on account of one actor in an hour.

use demarc_classification::{Actor, ActorKind, Cause};
use serde::{Deserialize, Serialize};

use crate::verdict::Safety;

const HOUR_MILLIS: u64 = 3_600_000;

/// How many claims one actor's changes may lead to in an hour, in this account and region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Budget {
    /// In each hour of the clock.
    pub per_hour: u32,
    /// How many of these are kept for safe remediations.
    pub reserve_for_safe: u32,
    /// The same as `per_hour` where no actor is known: for sweeps and for findings.
    pub without_actor: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { per_hour: 60, reserve_for_safe: 20, without_actor: 1_000 }
    }
}

impl Budget {
    /// What is wrong with it, if anything.
    pub(crate) fn fault(self) -> Option<String> {
        let least = self.per_hour.min(self.without_actor);
        if least == 0 {
            return Some("`per_hour` and `without_actor` are at least 1".to_owned());
        }
        let kept = self.reserve_for_safe > least;
        kept.then(|| "`reserve_for_safe` is more than the whole budget".to_owned())
    }

    /// How many claims a payer's account may come to, with one of that safety.
    #[must_use]
    pub fn limit(self, payer: &Payer, safety: Safety) -> u32 {
        let whole = match payer {
            Payer::Actor(_) => self.per_hour,
            Payer::Unknown | Payer::Nobody => self.without_actor,
        };
        if safety > Safety::Safe { whole.saturating_sub(self.reserve_for_safe) } else { whole }
    }
}

/// On whose account something is put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payer {
    /// An identity that the actor cannot choose: never a session's name.
    Actor(String),
    /// A change or finding that tells of no identity.
    Unknown,
    /// Nothing happened: a sweep, or a look by hand.
    Nobody,
}

impl Payer {
    /// Who that is.
    #[must_use]
    pub fn of(cause: Option<&Cause>) -> Self {
        let Some(cause) = cause else { return Self::Nobody };
        identity(&cause.actor).map_or(Self::Unknown, Self::Actor)
    }

    /// The field of [`Budget`] that bounds it.
    #[must_use]
    pub fn limited_by(&self) -> &'static str {
        match self {
            Self::Actor(_) => "per_hour",
            Self::Unknown | Self::Nobody => "without_actor",
        }
    }

    /// Its name, the same for all that share an account.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Actor(identity) => identity,
            Self::Unknown => "unknown",
            Self::Nobody => "nobody",
        }
    }
}

/// The role of a session, the user, the account's root, the service.
fn identity(actor: &Actor) -> Option<String> {
    let account = || actor.account.as_ref().map(|id| format!("account {id}"));
    match actor.kind {
        ActorKind::Role => {
            actor.role.clone().or_else(|| session_role(actor.arn.as_deref()?)).or_else(account)
        }
        ActorKind::User | ActorKind::Root => actor.arn.clone().or_else(account),
        ActorKind::Service => actor.invoked_by.clone().or_else(|| actor.arn.clone()),
        // Whoever asks for such a session chooses its name.
        ActorKind::FederatedUser => {
            actor.account.as_ref().map(|id| format!("federated users of account {id}"))
        }
        ActorKind::IdentityCenter => actor.principal.clone().or_else(account),
        ActorKind::Account => account(),
        ActorKind::Unknown => None,
    }
}

/// `arn:aws:sts::1:assumed-role/NAME` of a session's ARN; a role's own ARN as it is.
fn session_role(arn: &str) -> Option<String> {
    match arn.split_once(":assumed-role/") {
        Some((start, rest)) => Some(format!("{start}:assumed-role/{}", rest.split('/').next()?)),
        None => Some(arn.to_owned()),
    }
}

/// The hour of the clock, counted since 1970, and its end in milliseconds since 1970.
#[must_use]
pub fn hour(now: u64) -> (u64, u64) {
    let hour = now / HOUR_MILLIS;
    (hour, (hour + 1) * HOUR_MILLIS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payer(kind: ActorKind, arn: &str, role: Option<&str>) -> String {
        let actor = Actor {
            kind,
            arn: Some(arn.to_owned()),
            account: Some("123456789012".to_owned()),
            role: role.map(str::to_owned),
            ..Actor::default()
        };
        Payer::of(Some(&Cause { actor, ..Cause::default() })).as_str().to_owned()
    }

    #[test]
    fn threat_21_an_actor_cannot_choose_whose_budget_it_spends() {
        let role = "arn:aws:iam::123456789012:role/team/deploy";
        for session in ["one", "another"] {
            let arn = format!("arn:aws:sts::123456789012:assumed-role/deploy/{session}");
            assert_eq!(payer(ActorKind::Role, &arn, Some(role)), role);
            let bare = payer(ActorKind::Role, &arn, None);
            assert_eq!(bare, "arn:aws:sts::123456789012:assumed-role/deploy");
            let federated = format!("arn:aws:sts::123456789012:federated-user/{session}");
            let payer = payer(ActorKind::FederatedUser, &federated, None);
            assert_eq!(payer, "federated users of account 123456789012");
        }
    }

    #[test]
    fn who_is_known_has_a_budget_of_its_own() {
        let user = "arn:aws:iam::123456789012:user/olivia";
        assert_eq!(payer(ActorKind::User, user, None), user);
        let root = "arn:aws:iam::123456789012:root";
        assert_eq!(payer(ActorKind::Root, root, None), root);
        assert_eq!(payer(ActorKind::Unknown, "arn:aws:iam::1:user/x", None), "unknown");
        assert_eq!(payer(ActorKind::Account, "x", None), "account 123456789012");
        let service = Actor {
            kind: ActorKind::Service,
            invoked_by: Some("autoscaling.amazonaws.com".to_owned()),
            ..Actor::default()
        };
        let cause = Cause { actor: service, ..Cause::default() };
        assert_eq!(Payer::of(Some(&cause)).as_str(), "autoscaling.amazonaws.com");
        assert_eq!(Payer::of(None), Payer::Nobody);
        assert_eq!(Payer::of(Some(&Cause::default())), Payer::Unknown);
    }

    #[test]
    fn threat_21_disruptive_remediations_leave_the_reserve() {
        let budget = Budget { per_hour: 60, reserve_for_safe: 20, without_actor: 500 };
        let actor = Payer::Actor("a".to_owned());
        assert_eq!(budget.limit(&actor, Safety::Safe), 60);
        assert_eq!(budget.limit(&actor, Safety::Disruptive), 40);
        assert_eq!(budget.limit(&Payer::Nobody, Safety::Disruptive), 480);
        assert_eq!(budget.limit(&Payer::Unknown, Safety::Safe), 500);
    }

    #[test]
    fn an_hour_ends_where_the_next_begins() {
        let (first, end) = hour(1_700_000_000_000);
        assert_eq!(hour(end - 1), (first, end));
        assert_eq!(hour(end).0, first + 1);
    }
}
