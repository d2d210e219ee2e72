//! Which IAM permissions a function needs, and what for.

use std::collections::{BTreeMap, BTreeSet};

use demarc_remediation::{
    control::Meta,
    setting::{Call, Permission},
};

use super::{
    catalogue::controls_of,
    statement::{Condition, Statement},
};

/// What a permission is first needed for. The operator alone has what only reopens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Reading and listing.
    Read,
    /// Making it safer, or both directions.
    Close,
    /// Taking a remediation back.
    Reopen,
}

impl Purpose {
    /// Every purpose, in order.
    pub const ALL: [Self; 3] = [Self::Read, Self::Close, Self::Reopen];

    fn sid(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Close => "Close",
            Self::Reopen => "Reopen",
        }
    }
}

/// One permission of a function.
#[derive(Clone, Debug)]
pub struct Grant {
    /// What is allowed.
    pub permission: Permission,
    /// What it is first needed for.
    pub purpose: Purpose,
    /// The operations that need it, with their controls.
    pub uses: BTreeMap<&'static str, BTreeSet<&'static str>>,
}

/// Every permission that a function's controls need, by purpose, resource and action.
pub fn grants(function: &str) -> Vec<Grant> {
    let mut grants: BTreeMap<Permission, Grant> = BTreeMap::new();
    for meta in controls_of(function) {
        for (purpose, call) in calls(meta) {
            for permission in call.permissions {
                let grant = grants.entry(*permission).or_insert_with(|| Grant {
                    permission: *permission,
                    purpose,
                    uses: BTreeMap::new(),
                });
                grant.purpose = grant.purpose.min(purpose);
                grant.uses.entry(call.operation).or_default().insert(meta.id);
            }
        }
    }
    let mut grants: Vec<Grant> = grants.into_values().collect();
    grants.sort_by_key(|g| (g.purpose, g.permission.resource, g.permission.action));
    grants
}

/// The calls behind a control: everything of its own setting, the reads of what it looks at besides.
fn calls(meta: &'static Meta) -> impl Iterator<Item = (Purpose, &'static Call)> {
    let setting = meta.setting;
    let besides = meta.besides().flat_map(|s| s.reads);
    let reads = setting.reads.iter().chain(setting.lists).chain(besides);
    reads
        .map(|call| (Purpose::Read, call))
        .chain(setting.closes.iter().map(|call| (Purpose::Close, call)))
        .chain(setting.reopens.iter().map(|call| (Purpose::Reopen, call)))
}

/// The statements of a function's remediator, or of its operator, which may reopen as well.
pub fn statements(function: &str, operator: bool) -> Vec<Statement> {
    let mut statements: Vec<Statement> = Vec::new();
    let mut last = None;
    let mut grants = grants(function);
    grants.retain(|grant| operator || grant.purpose != Purpose::Reopen);
    for grant in &grants {
        if is_within_another(&grant.permission, &grants) {
            continue;
        }
        let Permission { action, resource, condition } = grant.permission;
        let group = (grant.purpose, resource, condition);
        match statements.last_mut() {
            Some(statement) if last == Some(group) => statement.actions.push(action.to_owned()),
            _ => statements.push(Statement {
                sid: sid(grant.purpose, resource, &statements),
                actions: vec![action.to_owned()],
                resources: vec![expression(resource)],
                condition: condition.map(written),
                only_if: parameter(resource).map(|name| format!("Has{}", short(name))),
                ..Statement::default()
            }),
        }
        last = Some(group);
    }
    statements
}

/// Whether the same is allowed without the condition.
fn is_within_another(permission: &Permission, grants: &[Grant]) -> bool {
    let plain = Permission { condition: None, ..*permission };
    permission.condition.is_some() && grants.iter().any(|grant| grant.permission == plain)
}

/// A Sid of purpose and resource: `CloseEc2Vpc`, with a number where it is taken.
fn sid(purpose: Purpose, resource: &str, taken: &[Statement]) -> String {
    let base = format!("{}{}", purpose.sid(), label(resource));
    let is_free = |sid: &String| taken.iter().all(|statement| statement.sid != *sid);
    let numbered = (2..=99).map(|n| format!("{base}{n}"));
    std::iter::once(base.clone()).chain(numbered).find(is_free).unwrap_or(base)
}

fn label(resource: &str) -> String {
    if let Some(name) = parameter(resource) {
        return short(name).to_owned();
    }
    let mut parts = resource.splitn(6, ':').skip(2);
    let (service, rest) = (parts.next(), parts.nth(2).unwrap_or_default());
    let kind = rest.split(['/', ':']).next().filter(|kind| *kind != "*").unwrap_or_default();
    let words = service.into_iter().chain(kind.split('-'));
    let label: String = words.map(super::catalogue::capital).collect();
    if label.is_empty() { "Anything".to_owned() } else { label }
}

/// The template parameter that a resource stands for.
fn parameter(resource: &str) -> Option<&str> {
    resource.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'))
}

fn short(parameter: &str) -> &str {
    parameter.strip_suffix("Arn").unwrap_or(parameter)
}

/// A declared condition as the template writes it.
fn written((operator, key, value): (&'static str, &'static str, &'static str)) -> Condition {
    let value = match value {
        "${Account}" => "!Ref AWS::AccountId".to_owned(),
        arn if arn.starts_with("arn:") => expression(arn),
        plain => plain.to_owned(),
    };
    Condition { operator, key, value }
}

/// A declared resource as the template writes it.
fn expression(resource: &str) -> String {
    if let Some(name) = parameter(resource) {
        return format!("!Ref {name}");
    }
    let arn = resource
        .replace("${Partition}", "${AWS::Partition}")
        .replace("${Region}", "${AWS::Region}")
        .replace("${Account}", "${AWS::AccountId}")
        .replace("${Stack}", "${AWS::StackName}");
    let substitution = if arn.contains("${") { "!Sub " } else { "" };
    format!("{substitution}\"{arn}\"")
}
