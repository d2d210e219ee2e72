//! A deployed role, and its policies with one action less.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Stack;
use crate::Fault;
use crate::local::api::element;

/// What is taken away: an action, from the statements that allow it.
pub type Right = String;

/// The inline policies of a role as they were deployed.
pub struct Role<'a> {
    stack: &'a Stack,
    name: String,
    policies: Vec<(String, Value)>,
}

impl<'a> Role<'a> {
    /// Reads the policies of a function's role.
    ///
    /// # Errors
    /// There is no such role.
    pub async fn of(stack: &'a Stack, function: &str, deployment: &str) -> Result<Self, Fault> {
        let name = format!("{}-{function}-{deployment}-{}", super::NAME, stack.region);
        let mut policies = Vec::new();
        for policy in ["settings", "own"] {
            let parameters = [("RoleName", name.as_str()), ("PolicyName", policy)];
            let answer = stack.api.query("iam", "GetRolePolicy", &parameters).await?;
            let document = decoded(&element(&answer, "PolicyDocument")?)?;
            policies.push((policy.to_owned(), serde_json::from_str(&document)?));
        }
        Ok(Self { stack, name, policies })
    }

    /// Everything that the policies allow.
    #[must_use]
    pub fn rights(&self) -> BTreeSet<Right> {
        let statements = self.policies.iter().filter_map(|(_, p)| p.get("Statement")?.as_array());
        let allowed = statements.flatten().filter(|s| allows(s));
        allowed.flat_map(|s| s.get("Action").map(texts).unwrap_or_default()).collect()
    }

    /// Puts the policies without one action.
    ///
    /// # Errors
    /// IAM refuses them.
    pub async fn without(&self, right: &str) -> Result<(), Fault> {
        for (policy, document) in &self.policies {
            let mut less = document.clone();
            if let Some(Value::Array(statements)) = less.get_mut("Statement") {
                statements.retain_mut(|statement| keeps(statement, right));
            }
            self.put(policy, &less).await?;
        }
        Ok(())
    }

    /// Puts the policies as they were deployed.
    ///
    /// # Errors
    /// IAM refuses them.
    pub async fn restore(&self) -> Result<(), Fault> {
        for (policy, document) in &self.policies {
            self.put(policy, document).await?;
        }
        Ok(())
    }

    async fn put(&self, policy: &str, document: &Value) -> Result<(), Fault> {
        let document = document.to_string();
        let parameters = [
            ("RoleName", self.name.as_str()),
            ("PolicyName", policy),
            ("PolicyDocument", document.as_str()),
        ];
        self.stack.api.query("iam", "PutRolePolicy", &parameters).await?;
        Ok(())
    }
}

fn allows(statement: &Value) -> bool {
    statement.get("Effect").and_then(Value::as_str) == Some("Allow")
}

/// Takes an action out of a statement; `false` where none is left.
fn keeps(statement: &mut Value, right: &str) -> bool {
    if !allows(statement) {
        return true;
    }
    let Some(actions) = statement.get_mut("Action") else { return true };
    let left: Vec<String> = texts(actions).into_iter().filter(|a| a != right).collect();
    let any = !left.is_empty();
    *actions = Value::from(left);
    any
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => {
            items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

/// IAM's answers have documents percent-encoded.
fn decoded(text: &str) -> Result<String, Fault> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits: Vec<u8> = rest.by_ref().take(2).collect();
        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits)?, 16)?);
    }
    Ok(String::from_utf8(bytes)?)
}
