//! The rules that an event says it has made, by their ids.

use demarc_classification::Change;
use serde_json::Value;

use super::{Rule, Source, member};

/// The rules that `AuthorizeSecurityGroupIngress` or `AuthorizeSecurityGroupEgress` answered with.
pub(super) fn authorized(change: &Change) -> Vec<String> {
    let set = member(&change.response, "securityGroupRuleSet");
    let items = set.and_then(|set| member(set, "items")).map(each).unwrap_or_default();
    items.into_iter().filter_map(rule_id).collect()
}

/// The rules that `ModifySecurityGroupRules` asked for.
pub(super) fn modified(change: &Change) -> Vec<String> {
    let request = member(&change.request, "ModifySecurityGroupRulesRequest");
    let rules = request.and_then(|request| member(request, "SecurityGroupRule"));
    let rules = rules.map(each).unwrap_or_default();
    rules
        .into_iter()
        .filter_map(|update| member(update, "SecurityGroupRule").and_then(rule_id))
        .collect()
}

fn each(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(many) => many.iter().collect(),
        one => vec![one],
    }
}

/// `None` for a rule of a form that is not known.
fn rule_id(rule: &Value) -> Option<String> {
    let protocol = text(rule, "ipProtocol")?;
    let ports = (port(rule, "fromPort"), port(rule, "toPort"));
    let source = None
        .or_else(|| text(rule, "cidrIpv4").map(Source::Cidr4))
        .or_else(|| text(rule, "cidrIpv6").map(Source::Cidr6))
        .or_else(|| text(rule, "prefixListId").map(Source::PrefixList))?;
    Some(Rule::new(&protocol, ports, source, None).id())
}

fn text(value: &Value, name: &str) -> Option<String> {
    match member(value, name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn port(value: &Value, name: &str) -> Option<i32> {
    text(value, name)?.parse().ok()
}
