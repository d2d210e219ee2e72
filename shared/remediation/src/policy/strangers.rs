//! Which accounts and organizations a statement lets in, and what is left of it without those that
//! nobody knows.
//!
//! Services and identity providers are not looked at: what a service does, it does by the policies
//! of whoever calls it.

use demarc_classification::parse_arn;
use serde_json::Value;

use super::{
    condition::{Owners, owners},
    pattern::has_wildcard,
    shown, strings,
};
use crate::configuration::{Known, is_account};

/// What a statement gives to accounts and organizations.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// Nothing, or only to those that are known. Whether it lets everyone in is not said here.
    Known,
    /// Something to strangers.
    Strangers {
        /// Each, as it is written.
        named: Vec<String>,
        /// The statement without them; `None` where it would let nobody in.
        rest: Option<Value>,
    },
    /// Not understood. It never counts as known.
    Unclear {
        /// What was not understood.
        why: String,
    },
}

/// Whom the owner of a resource knows, the account itself included.
#[derive(Clone, Copy, Debug)]
pub struct Acquaintances<'a> {
    /// The id of the resource's account.
    pub own: &'a str,
    /// What is configured.
    pub known: &'a Known,
}

/// The accounts from which AWS delivers load balancers' logs to buckets, in regions that have no
/// service principal for it. Source: Elastic Load Balancing User Guides, "Enable access logs".
const LOAD_BALANCERS: [&str; 26] = [
    "009996457667",
    "027434742980",
    "033677994240",
    "037604701340",
    "048591011584",
    "054676820928",
    "076674570225",
    "098369216593",
    "114774131450",
    "127311923021",
    "156460612806",
    "190560391635",
    "383597477331",
    "507241528517",
    "582318560864",
    "589379963580",
    "600734575887",
    "635631232127",
    "638102146993",
    "652711504416",
    "718504428378",
    "754344448648",
    "783225319266",
    "797873946194",
    "897822967062",
    "985666609251",
];

/// Who a name is.
enum Who {
    Known,
    Stranger,
    Everyone,
    Unclear,
}

impl Acquaintances<'_> {
    /// Whether an account, by its id, is known or the own one.
    #[must_use]
    pub fn knows(self, id: &str) -> bool {
        id == self.own || self.known.has_account(id)
    }

    fn account(self, id: &str) -> Who {
        let is_known = self.knows(id) || LOAD_BALANCERS.contains(&id);
        if is_known { Who::Known } else { Who::Stranger }
    }

    fn principal(self, name: &str) -> Who {
        if is_account(name) {
            return self.account(name);
        }
        match parse_arn(name) {
            // An identity of CloudFront, which AWS keeps: only its distribution's owner uses it.
            Some(arn) if arn.account == "cloudfront" => Who::Known,
            Some(arn) if is_account(arn.account) => self.account(arn.account),
            _ if has_wildcard(name) => Who::Everyone,
            // What stands in the place of a user or role that was deleted: nobody is that any more.
            _ if name.starts_with("AIDA") || name.starts_with("AROA") => Who::Known,
            _ => Who::Unclear,
        }
    }

    fn owner(self, key: &str, value: &str) -> Who {
        let organization = match key {
            "aws:principalaccount" => return self.account(value),
            "aws:principalarn" => return self.principal(value),
            _ => value.split('/').next().unwrap_or_default(),
        };
        if self.known.has_organization(organization) { Who::Known } else { Who::Stranger }
    }
}

/// Judges one statement of a resource policy or of a role's trust policy.
#[must_use]
pub fn given(statement: &Value, us: Acquaintances<'_>) -> Given {
    if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
        return Given::Known;
    }
    let conditions = owners(statement.get("Condition"));
    let knows = |owners: &Owners<'_>| owners.values.iter().all(|v| is_known(us, owners.key, v));
    if conditions.iter().any(knows) {
        return Given::Known;
    }
    let Some(kinds) = statement.get("Principal").and_then(Value::as_object) else {
        return by_condition(statement, us, &conditions);
    };
    let lists = kinds.iter().filter(|(kind, _)| matches!(kind.as_str(), "AWS" | "*"));
    let names: Vec<&str> = lists.filter_map(|(_, value)| strings(value)).flatten().collect();
    if let Some(id) = kinds.get("CanonicalUser") {
        let why = format!("the canonical user `{}` does not tell its account", shown(id));
        return Given::Unclear { why };
    }
    if let Some(name) = names.iter().find(|name| matches!(us.principal(name), Who::Unclear)) {
        return Given::Unclear {
            why: format!("the principal `{}` is not understood", shown(name)),
        };
    }
    if names.iter().any(|name| matches!(us.principal(name), Who::Everyone)) {
        return by_condition(statement, us, &conditions);
    }
    let is_stranger = |name: &&str| matches!(us.principal(name), Who::Stranger);
    let named: Vec<String> = names.iter().copied().filter(is_stranger).map(str::to_owned).collect();
    if named.is_empty() {
        return Given::Known;
    }
    let rest = without(statement.clone(), &["Principal"], &["AWS", "*"], &named);
    Given::Strangers { named, rest }
}

fn is_known(us: Acquaintances<'_>, key: &str, value: &str) -> bool {
    matches!(us.owner(&key.to_ascii_lowercase(), value), Who::Known)
}

/// Everyone is let in, and conditions say of which accounts they have to be.
fn by_condition(statement: &Value, us: Acquaintances<'_>, conditions: &[Owners<'_>]) -> Given {
    let Some(owners) = conditions.first() else { return Given::Known };
    let strangers = owners.values.iter().filter(|value| !is_known(us, owners.key, value));
    let named: Vec<String> = strangers.map(|value| (*value).to_owned()).collect();
    let path = ["Condition", owners.operator];
    let rest = without(statement.clone(), &path, &[owners.key], &named);
    Given::Strangers { named, rest }
}

/// The statement without these values of these members; `None` where no value is left under the
/// path.
fn without(
    mut statement: Value,
    path: &[&str],
    members: &[&str],
    values: &[String],
) -> Option<Value> {
    let holder = path.iter().try_fold(&mut statement, |value, step| value.get_mut(*step))?;
    let holder = holder.as_object_mut()?;
    let goes = |value: &Value| value.as_str().is_some_and(|v| values.iter().any(|gone| gone == v));
    for member in members {
        let is_empty = match holder.get_mut(*member) {
            Some(Value::Array(list)) => {
                list.retain(|value| !goes(value));
                list.is_empty()
            }
            Some(one) => goes(one),
            None => false,
        };
        if is_empty {
            holder.remove(*member);
        }
    }
    // A condition that lost its values would hold nobody back.
    let is_left = if path == ["Principal"] {
        !holder.is_empty()
    } else {
        members.iter().all(|member| holder.contains_key(*member))
    };
    is_left.then_some(statement)
}
