//! The operators of event patterns on a single value.

use std::net::IpAddr;

use serde_json::Value;

/// An operator with its operand.
#[derive(Debug)]
pub(super) enum Comparison {
    Prefix(Vec<String>),
    PrefixIgnoreCase(Vec<String>),
    Suffix(Vec<String>),
    SuffixIgnoreCase(Vec<String>),
    EqualsIgnoreCase(Vec<String>),
    Wildcard(Vec<String>),
    Numeric(Vec<(String, f64)>),
    Cidr(IpAddr, u32),
    AnythingBut(Vec<Value>),
    Not(Box<Comparison>),
}

impl Comparison {
    /// Reads an operator; nothing where it is unknown or its operand is of the wrong kind.
    pub(super) fn read(operator: &str, operand: &Value) -> Option<Self> {
        match operator {
            "prefix" => affix(operand, Self::Prefix, Self::PrefixIgnoreCase),
            "suffix" => affix(operand, Self::Suffix, Self::SuffixIgnoreCase),
            "equals-ignore-case" => one(operand).map(lower).map(Self::EqualsIgnoreCase),
            "wildcard" => one(operand).map(Self::Wildcard),
            "numeric" => numeric(operand).map(Self::Numeric),
            "cidr" => cidr(operand.as_str()?),
            "anything-but" => anything_but(operand),
            _ => None,
        }
    }

    /// Whether the value satisfies the operator.
    pub(super) fn holds(&self, value: &Value) -> bool {
        let text = value.as_str();
        let any = |list: &[String], test: &dyn Fn(&str, &str) -> bool| {
            text.is_some_and(|text| list.iter().any(|wanted| test(text, wanted)))
        };
        match self {
            Self::Prefix(list) => any(list, &|text, wanted| text.starts_with(wanted)),
            Self::PrefixIgnoreCase(list) => {
                any(list, &|text, wanted| text.to_lowercase().starts_with(wanted))
            }
            Self::Suffix(list) => any(list, &|text, wanted| text.ends_with(wanted)),
            Self::SuffixIgnoreCase(list) => {
                any(list, &|text, wanted| text.to_lowercase().ends_with(wanted))
            }
            Self::EqualsIgnoreCase(list) => {
                any(list, &|text, wanted| text.to_lowercase() == *wanted)
            }
            Self::Wildcard(list) => any(list, &|text, wanted| wildcard(text, wanted)),
            Self::Numeric(bounds) => value
                .as_f64()
                .is_some_and(|number| bounds.iter().all(|bound| within(number, bound))),
            Self::Cidr(network, bits) => text
                .and_then(|text| text.parse().ok())
                .is_some_and(|address| in_network(address, *network, *bits)),
            Self::AnythingBut(excluded) => !excluded.contains(value),
            Self::Not(inner) => !inner.holds(value),
        }
    }
}

fn affix(
    operand: &Value,
    exact: fn(Vec<String>) -> Comparison,
    ignoring_case: fn(Vec<String>) -> Comparison,
) -> Option<Comparison> {
    match operand.get("equals-ignore-case") {
        Some(inner) => one(inner).map(lower).map(ignoring_case),
        None => one(operand).map(exact),
    }
}

fn anything_but(operand: &Value) -> Option<Comparison> {
    let Value::Object(fields) = operand else {
        let excluded = match operand {
            Value::Array(list) if !list.is_empty() => list.clone(),
            Value::String(_) | Value::Number(_) => vec![operand.clone()],
            _ => return None,
        };
        let plain = |value: &Value| value.is_string() || value.is_number();
        return excluded.iter().all(plain).then_some(Comparison::AnythingBut(excluded));
    };
    let mut entries = fields.iter();
    let (Some((operator, operand)), None) = (entries.next(), entries.next()) else {
        return None;
    };
    // Only inside `anything-but` do these operators take a list.
    let inner = match operator.as_str() {
        "prefix" => Comparison::Prefix(some(operand)?),
        "suffix" => Comparison::Suffix(some(operand)?),
        "equals-ignore-case" => Comparison::EqualsIgnoreCase(lower(some(operand)?)),
        "wildcard" => Comparison::Wildcard(some(operand)?),
        _ => return None,
    };
    Some(Comparison::Not(Box::new(inner)))
}

fn one(operand: &Value) -> Option<Vec<String>> {
    Some(vec![operand.as_str()?.to_owned()])
}

fn some(operand: &Value) -> Option<Vec<String>> {
    match operand {
        Value::Array(list) if !list.is_empty() => {
            list.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        }
        _ => one(operand),
    }
}

fn lower(list: Vec<String>) -> Vec<String> {
    list.iter().map(|text| text.to_lowercase()).collect()
}

/// `[">", 0, "<=", 5]`.
fn numeric(operand: &Value) -> Option<Vec<(String, f64)>> {
    let list = operand.as_array().filter(|list| !list.is_empty())?;
    list.chunks(2)
        .map(|pair| match pair {
            [Value::String(operator), Value::Number(bound)]
                if ["=", "<", "<=", ">", ">="].contains(&operator.as_str()) =>
            {
                Some((operator.clone(), bound.as_f64()?))
            }
            _ => None,
        })
        .collect()
}

fn within(number: f64, (operator, bound): &(String, f64)) -> bool {
    match operator.as_str() {
        "<" => number < *bound,
        "<=" => number <= *bound,
        ">" => number > *bound,
        ">=" => number >= *bound,
        _ => number == *bound,
    }
}

fn cidr(text: &str) -> Option<Comparison> {
    let (address, bits) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let bits: u32 = bits.parse().ok()?;
    (bits <= width(address)).then_some(Comparison::Cidr(address, bits))
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn in_network(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    };
    let shift = width(network) - bits;
    let prefix = |address| number(address).checked_shr(shift).unwrap_or(0);
    address.is_ipv4() == network.is_ipv4() && prefix(address) == prefix(network)
}

/// `*` stands for any characters, `\*` for an asterisk and `\\` for a backslash.
fn wildcard(text: &str, wanted: &str) -> bool {
    let Some(first) = wanted.chars().next() else {
        return text.is_empty();
    };
    let rest = wanted.get(first.len_utf8()..).unwrap_or_default();
    if first == '*' {
        return text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .any(|at| wildcard(text.get(at..).unwrap_or_default(), rest));
    }
    let (literal, rest) = match (first, rest.chars().next()) {
        ('\\', Some(next @ ('*' | '\\'))) => (next, rest.get(1..).unwrap_or_default()),
        _ => (first, rest),
    };
    text.strip_prefix(literal).is_some_and(|text| wildcard(text, rest))
}
