//! Which ports are for administration, and which rules of a security group open ports to the world.

use crate::{
    configuration::Configuration,
    policy::address::{NETWORK, Range},
    settings::ec2::security_group_rules::{Rule, Rules},
    verdict::{Safety, Undo, Verdict},
};

/// The ports of remote administration: the configured ones over TCP, and 3389 over UDP, which
/// Remote Desktop uses as well.
pub(crate) fn administration(configuration: &Configuration) -> Vec<(&'static str, u16)> {
    let configured = configuration.administration_ports.iter();
    let udp = configured.clone().filter(|port| **port == 3389).map(|port| ("udp", *port));
    configured.map(|port| ("tcp", *port)).chain(udp).collect()
}

/// The verdict about a group in which none of these ports, each with its protocol, may be open to the
/// world; `what` names one of them.
pub(crate) fn closed(
    observed: &Rules,
    ports: &[(&str, u16)],
    what: &str,
    is_unused: bool,
) -> Verdict<Rules> {
    let is_among = |rule: &&Rule| ports.iter().any(|(of, port)| rule.opens(of, *port));
    let among: Vec<&Rule> = observed.rules().filter(is_among).collect();
    let is_open = |rule: &&Rule| to_world(observed, rule) == Some(true);
    let open: Vec<&Rule> = among.iter().copied().filter(is_open).collect();
    if open.is_empty() {
        return without_open_rules(observed, &among, what);
    }
    let safe = is_unused && open.iter().all(|rule| rule.opens_only(ports));
    let details: Vec<String> = open.iter().map(|rule| detail(rule, ports)).collect();
    Verdict::Violation {
        desired: observed.without(|rule| open.contains(&rule)),
        detail: details.join("; "),
        safety: if safe { Safety::Safe } else { Safety::Disruptive },
        undo: Undo::Equivalent("a rule that is made again has a new id and no tags".to_owned()),
    }
}

fn without_open_rules(observed: &Rules, among: &[&Rule], what: &str) -> Verdict<Rules> {
    match among.iter().find(|rule| to_world(observed, rule).is_none()) {
        Some(rule) => {
            Verdict::Undecidable { why: format!("the source of `{}` could not be read", rule.id()) }
        }
        None => Verdict::Compliant { because: format!("no rule opens {what} to the world") },
    }
}

/// Whether a rule lets the world in; `None` where its source could not be read.
fn to_world(observed: &Rules, rule: &Rule) -> Option<bool> {
    let ranges = observed.ranges(rule)?;
    let worlds: Vec<Option<bool>> =
        ranges.into_iter().map(|text| Range::parse(text).map(|r| r.is_world(NETWORK))).collect();
    let unread = worlds.contains(&None);
    if worlds.contains(&Some(true)) { Some(true) } else { (!unread).then_some(false) }
}

fn detail(rule: &Rule, ports: &[(&str, u16)]) -> String {
    let what = format!("`{}` is open to the world", rule.id());
    if rule.opens_only(ports) { what } else { format!("{what}, for {}", rule.opened()) }
}
