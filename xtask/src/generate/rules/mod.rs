//! The rules of a function: which events reach it.

mod changes;
mod findings;
mod own;
mod pattern;

pub use findings::{ACCESS_ANALYZER, GUARD_DUTY};
use serde_json::Value;

use super::catalogue::{capital, functions};
use crate::task::TaskError;

/// The longest pattern that EventBridge takes (Amazon EventBridge User Guide, "quotas").
const LONGEST_PATTERN: usize = 2_048;

/// Where a rule's events go, and in which stacks it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// To the function's queue, in every region.
    Live,
    /// To the function's queue, in the home region: settings of the whole account.
    Home,
    /// To the home region's bus, in every other region.
    Forward,
    /// To the function's queue, in every region, marked as another account's: to be counted.
    Stray,
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
    /// What its events are, a sentence.
    description: String,
    /// What stands in the template as a comment above its pattern; may be empty.
    comment: &'static str,
    /// Its pattern; text that begins with `!` is an intrinsic function.
    pattern: Value,
}

/// The rules of a function: one for each source, more where a pattern would be too long, and their
/// own for settings of the whole account. The first function also counts other accounts' findings, and is
/// told what concerns Demarc itself.
///
/// # Errors
/// A pattern is too long however it is split.
pub fn rules(function: &str) -> Result<Vec<Rule>, TaskError> {
    let mut rules = changes::rules(function)?;
    rules.extend(findings::rules(function)?);
    if functions().first() == Some(&function) {
        rules.push(findings::strays()?);
        rules.extend(own::rules()?);
    }
    Ok(rules)
}

impl Rule {
    /// A rule by the words of its name.
    fn new(words: &[String], route: Route, description: String, pattern: Value) -> Self {
        Self {
            name: words.join("-"),
            id: words.iter().map(|word| capital(word)).collect::<String>() + "Rule",
            route,
            description,
            comment: "",
            pattern,
        }
    }

    /// The rule, unless its pattern is longer than EventBridge takes.
    fn checked(self) -> Result<Self, TaskError> {
        if pattern::length(&self.pattern) <= LONGEST_PATTERN {
            return Ok(self);
        }
        Err(TaskError::new(format!(
            "the pattern of the rule `{}` is longer than {LONGEST_PATTERN} characters: split it",
            self.name
        )))
    }

    /// The rule as a resource of the template.
    pub fn yaml(&self, function: &str) -> String {
        let condition = match self.route {
            Route::Live | Route::Stray => "",
            Route::Home => "\n    Condition: IsHome",
            Route::Forward => "\n    Condition: NotHome",
        };
        let Self { id, name, description, comment, .. } = self;
        let comment =
            if comment.is_empty() { String::new() } else { format!("      # {comment}\n") };
        format!(
            r#"  {id}:
    Type: AWS::Events::Rule{condition}
    Properties:
      Name: !Sub "${{AWS::StackName}}-{name}"
      Description: {description}
{comment}      EventPattern:
{pattern}
      Targets:
{target}
          DeadLetterConfig: {{Arn: !GetAtt {function}RuleDeadLetters.Arn}}"#,
            pattern = pattern::yaml(&self.pattern, 8),
            target = self.target(function),
            function = capital(function),
        )
    }

    fn target(&self, function: &str) -> String {
        let queue = format!("          Arn: !GetAtt {}LiveQueue.Arn", capital(function));
        match self.route {
            Route::Live | Route::Home => format!("        - Id: live\n{queue}"),
            Route::Forward => {
                let bus = "arn:${AWS::Partition}:events:${HomeRegion}:${AWS::AccountId}:event-bus/default";
                let role = "          RoleArn: !GetAtt ForwarderRole.Arn";
                format!("        - Id: home\n          Arn: !Sub \"{bus}\"\n{role}")
            }
            Route::Stray => {
                let marked = "          InputTransformer: {InputTemplate: '{\"stray\": <aws.events.event.json>}'}";
                format!("        - Id: live\n{queue}\n{marked}")
            }
        }
    }

    /// The rule's ARN as YAML.
    pub fn arn(&self) -> String {
        let condition = match self.route {
            Route::Live | Route::Stray => return format!("!GetAtt {}.Arn", self.id),
            Route::Home => "IsHome",
            Route::Forward => "NotHome",
        };
        format!("!If [{condition}, !GetAtt {}.Arn, !Ref AWS::NoValue]", self.id)
    }
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

/// Lines of a list.
pub fn items<'a>(indent: usize, values: impl Iterator<Item = &'a str>) -> String {
    let indent = " ".repeat(indent);
    values.map(|value| format!("{indent}- {value}")).collect::<Vec<_>>().join("\n")
}

/// Words of a rule's name.
fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    words.into_iter().map(str::to_owned).collect()
}
