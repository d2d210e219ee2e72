//! The rules of a function: which events reach it.

use std::collections::{BTreeMap, BTreeSet};

use demarc_remediation::setting::{Scope, SettingMeta};
use serde_json::{Value, json};

use super::catalogue::{capital, controls_of, functions};
use crate::task::TaskError;

/// The longest pattern that EventBridge takes (Amazon EventBridge User Guide, "quotas").
const LONGEST_PATTERN: usize = 2_048;
/// The longest ARN of a role in the longest path that the template takes.
const LONGEST_ROLE_ARN: usize = "arn:aws-us-gov:iam::123456789012:role".len() + 64 + 64;

/// Where a rule's events go, and in which stacks it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// To the function's queue, in every region.
    Live,
    /// To the function's queue, in the home region: settings of the whole account.
    Home,
    /// To the home region's bus, in every other region.
    Forward,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name behind the stack's name: `s3-account`.
    pub name: String,
    /// Its logical id.
    pub id: String,
    /// Where its events go.
    pub route: Route,
    source: &'static str,
    events: Vec<&'static str>,
}

/// The rules of a function: one for each event source, more where a pattern would be too long, and
/// their own for settings of the whole account.
///
/// # Errors
/// A pattern is too long however it is split.
pub fn rules(function: &str) -> Result<Vec<Rule>, TaskError> {
    let sources = sources(function);
    let several = sources.keys().map(|(_, source)| source).collect::<BTreeSet<_>>().len() > 1;
    let mut rules = Vec::new();
    for ((is_account, source), events) in sources {
        let routes: &[Route] =
            if is_account { &[Route::Home, Route::Forward] } else { &[Route::Live] };
        let parts = parts(source, &events)?;
        for route in routes {
            for (at, events) in parts.iter().enumerate() {
                let words = words(function, several.then_some(source), *route, at);
                rules.push(Rule {
                    name: words.join("-"),
                    id: words.iter().map(|word| capital(word)).collect::<String>() + "Rule",
                    route: *route,
                    source,
                    events: events.clone(),
                });
            }
        }
    }
    Ok(rules)
}

/// The events that a function's controls wait for, by scope and source.
fn sources(function: &str) -> BTreeMap<(bool, &'static str), BTreeSet<&'static str>> {
    let mut sources: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    let settings = controls_of(function)
        .flat_map(|meta| std::iter::once(meta.setting).chain(meta.covered_by.iter().copied()));
    for setting in settings {
        for trigger in setting.triggers {
            let key = (is_account(setting), trigger.source);
            sources.entry(key).or_default().insert(trigger.event);
        }
    }
    sources
}

fn is_account(setting: &SettingMeta) -> bool {
    setting.scope == Scope::Account
}

fn words(function: &str, source: Option<&str>, route: Route, part: usize) -> Vec<String> {
    let source = source.map(|source| source.split('.').next().unwrap_or(source).to_owned());
    let route: &[&str] = match route {
        Route::Live => &[],
        Route::Home => &["account"],
        Route::Forward => &["account", "forward"],
    };
    let part = (part > 0).then(|| (part + 1).to_string());
    std::iter::once(function.to_owned())
        .chain(source)
        .chain(route.iter().map(|word| (*word).to_owned()))
        .chain(part)
        .collect()
}

/// The events, in as few parts as fit into a pattern each.
fn parts(
    source: &str,
    events: &BTreeSet<&'static str>,
) -> Result<Vec<Vec<&'static str>>, TaskError> {
    let mut parts: Vec<Vec<&str>> = vec![Vec::new()];
    for event in events {
        let Some(last) = parts.last_mut() else { break };
        last.push(event);
        if length(source, last) > LONGEST_PATTERN {
            last.pop();
            parts.push(vec![event]);
        }
    }
    if parts.iter().any(|part| part.is_empty() || length(source, part) > LONGEST_PATTERN) {
        return Err(TaskError::new(format!(
            "the pattern of `{source}` is longer than {LONGEST_PATTERN} characters: too many own roles"
        )));
    }
    Ok(parts)
}

/// The length of a pattern whose role ARNs are as long as they can be.
fn length(source: &str, events: &[&str]) -> usize {
    let role = "r".repeat(LONGEST_ROLE_ARN);
    let roles = vec![role; own_roles().len()];
    let issuer = json!([{"exists": false}, {"anything-but": roles}]);
    let pattern: Value = json!({
        "source": [bus_source(source)],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": [source],
            "eventName": events,
            "readOnly": [{"exists": false}, false],
            "errorCode": [{"exists": false}],
            "userIdentity": {"sessionContext": {"sessionIssuer": {"arn": issuer}}},
        },
    });
    pattern.to_string().len()
}

/// The ARNs of all roles of Demarc's functions, as YAML.
pub fn own_roles() -> Vec<String> {
    functions()
        .iter()
        .map(|function| capital(function))
        .flat_map(|id| {
            [format!("!GetAtt {id}RemediatorRole.Arn"), format!("!GetAtt {id}OperatorRole.Arn")]
        })
        .collect()
}

/// `s3.amazonaws.com` comes from `aws.s3`.
fn bus_source(source: &str) -> String {
    format!("aws.{}", source.split('.').next().unwrap_or(source))
}

impl Rule {
    /// The rule as a resource of the template.
    pub fn yaml(&self, function: &str) -> String {
        let condition = match self.route {
            Route::Live => "",
            Route::Home => "\n    Condition: IsHome",
            Route::Forward => "\n    Condition: NotHome",
        };
        let Self { id, name, source, .. } = self;
        format!(
            r#"  {id}:
    Type: AWS::Events::Rule{condition}
    Properties:
      Name: !Sub "${{AWS::StackName}}-{name}"
      Description: {description}
      EventPattern:
        source: [{bus_source}]
        detail-type: [AWS API Call via CloudTrail]
        detail:
          eventSource: [{source}]
          eventName:
{events}
          # Older records have no `readOnly`, failed calls have an `errorCode`.
          readOnly: [{{exists: false}}, false]
          errorCode: [{{exists: false}}]
          userIdentity:
            sessionContext:
              sessionIssuer:
                arn:
                  # IAM users and root have no session issuer: `anything-but` alone drops them.
                  - exists: false
                  - anything-but:
{roles}
      Targets:
{target}
          DeadLetterConfig: {{Arn: !GetAtt {function}RuleDeadLetters.Arn}}"#,
            description = self.description(function),
            bus_source = bus_source(source),
            events = items(12, self.events.iter().copied()),
            roles = items(22, own_roles().iter().map(String::as_str)),
            target = self.target(function),
            function = capital(function),
        )
    }

    fn description(&self, function: &str) -> String {
        match self.route {
            Route::Live => format!("Changes that Demarc's {function} function looks at."),
            Route::Home => "Changes of settings of the whole account.".to_owned(),
            Route::Forward => {
                "Changes of settings of the whole account, for the home region.".to_owned()
            }
        }
    }

    fn target(&self, function: &str) -> String {
        match self.route {
            Route::Live | Route::Home => {
                let function = capital(function);
                format!("        - Id: live\n          Arn: !GetAtt {function}LiveQueue.Arn")
            }
            Route::Forward => {
                let bus = "arn:${AWS::Partition}:events:${HomeRegion}:${AWS::AccountId}:event-bus/default";
                let role = "          RoleArn: !GetAtt ForwarderRole.Arn";
                format!("        - Id: home\n          Arn: !Sub \"{bus}\"\n{role}")
            }
        }
    }

    /// The rule's ARN as YAML.
    pub fn arn(&self) -> String {
        let condition = match self.route {
            Route::Live => return format!("!GetAtt {}.Arn", self.id),
            Route::Home => "IsHome",
            Route::Forward => "NotHome",
        };
        format!("!If [{condition}, !GetAtt {}.Arn, !Ref AWS::NoValue]", self.id)
    }
}

/// Lines of a list.
pub fn items<'a>(indent: usize, values: impl Iterator<Item = &'a str>) -> String {
    let indent = " ".repeat(indent);
    values.map(|value| format!("{indent}- {value}")).collect::<Vec<_>>().join("\n")
}
