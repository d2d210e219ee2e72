//! The generated parts of `template.yaml`: everything that each function repeats.

use super::{
    catalogue::{capital, functions},
    grants, own,
    rules::{self, Route, Rule, items},
    statement::Statement,
};
use crate::task::TaskError;

/// The parts of one function, with `@...@` for what differs.
const FUNCTION: &str = include_str!("function.yaml");

const BEGIN: &str = "# generated: begin ";
const END: &str = "# generated: end ";

/// The template with its generated parts as they should be.
///
/// # Errors
/// A mark is missing, or a rule's pattern is too long.
pub fn filled(by_hand: &str) -> Result<String, TaskError> {
    let functions = functions();
    let blocks: Vec<String> =
        functions.iter().map(|function| block(function)).collect::<Result<_, _>>()?;
    let outputs: Vec<String> = functions.iter().map(|function| outputs(function)).collect();
    let text = fill(by_hand, "own roles", &own_roles())?;
    let text = fill(&text, "functions", &blocks.join("\n"))?;
    fill(&text, "outputs", &outputs.join("\n"))
}

/// Puts new lines between two marks.
fn fill(text: &str, name: &str, lines: &str) -> Result<String, TaskError> {
    let missing = |mark: &str| TaskError::new(format!("template.yaml has no line `{mark}{name}`"));
    let (before, rest) =
        text.split_once(&format!("{BEGIN}{name}\n")).ok_or_else(|| missing(BEGIN))?;
    let (_, after) = rest.split_once(&format!("{END}{name}\n")).ok_or_else(|| missing(END))?;
    let indent = before.rsplit('\n').next().unwrap_or_default();
    let lines = lines.trim_end();
    Ok(format!("{before}{BEGIN}{name}\n{lines}\n{indent}{END}{name}\n{after}"))
}

fn own_roles() -> String {
    let roles = rules::own_roles();
    let roles = items(12, roles.iter().map(String::as_str));
    format!("        DEMARC_OWN_ROLES: !Join\n          - \",\"\n          -\n{roles}")
}

fn block(function: &str) -> Result<String, TaskError> {
    let rules = rules::rules(function)?;
    let yaml: Vec<String> = rules.iter().map(|rule| rule.yaml(function)).collect();
    let live = rules.iter().filter(|rule| rule.route != Route::Forward);
    let heartbeat = "!GetAtt @Fn@HeartbeatRule.Arn".to_owned();
    let parts = [
        ("rules", yaml.join("\n\n")),
        ("live rules", arns(live, &heartbeat)),
        ("all rules", arns(rules.iter(), &heartbeat)),
        ("other regions", other_regions(function).to_owned()),
        ("remediator settings", statements(&grants::statements(function, false))),
        ("remediator own", statements(&own::statements(function, false))),
        ("operator settings", statements(&grants::statements(function, true))),
        ("operator own", statements(&own::statements(function, true))),
        ("queue alarms", queue_alarms()),
        ("metric alarms", metric_alarms(functions().first() == Some(&function))),
    ];
    let mut block = FUNCTION.to_owned();
    for (name, part) in parts {
        let line = if part.is_empty() { String::new() } else { format!("{part}\n") };
        block = block.replace(&format!("@{name}@\n"), &line);
    }
    Ok(block.replace("@fn@", function).replace("@Fn@", &capital(function)))
}

fn arns<'a>(rules: impl Iterator<Item = &'a Rule>, heartbeat: &str) -> String {
    let arns: Vec<String> = rules.map(Rule::arn).chain([heartbeat.to_owned()]).collect();
    items(18, arns.iter().map(String::as_str))
}

/// The other regions' roles, where they hand resources over.
fn other_regions(function: &str) -> &'static str {
    if own::hands_over(function) {
        "                  # Another region's stack hands over what is this region's.
                  - !Sub \"arn:${AWS::Partition}:iam::${AWS::AccountId}:role${RolePath}${AWS::StackName}-@fn@-remediator-*\""
    } else {
        ""
    }
}

fn statements(statements: &[Statement]) -> String {
    statements.iter().map(|statement| statement.yaml(14)).collect::<Vec<_>>().join("\n")
}

fn queue_alarms() -> String {
    let queues = [
        ("Live", "Messages failed five times"),
        ("Sweep", "Messages of the sweep failed five times"),
        ("Rule", "EventBridge could not deliver events"),
    ];
    let alarms = queues.map(|(queue, what)| {
        let source = format!(
            "      Namespace: AWS/SQS\n      MetricName: ApproximateNumberOfMessagesVisible\n      \
             Dimensions: [{{Name: QueueName, Value: !GetAtt @Fn@{queue}DeadLetters.QueueName}}]\n      \
             Statistic: Maximum"
        );
        alarm(&format!("{queue}DeadLetters"), &format!("{what}; they are in @fn@'s dead-letter queue."), &source)
    });
    alarms.join("\n\n")
}

/// The first function is told what concerns Demarc itself, too.
fn metric_alarms(is_first: bool) -> String {
    let own = [
        (
            "Tampering",
            "Somebody changed Demarc's own stack; the report of @fn@ says how to put it back.",
        ),
        (
            "ForeignWrite",
            "Somebody else wrote with one of Demarc's roles; the report of @fn@ says what.",
        ),
        (
            "TrailStopped",
            "A trail records less than before; the report of @fn@ says which, and who did it.",
        ),
    ];
    let metrics = [
        ("Failed", "A decision of @fn@ failed and is tried again; its report says why."),
        ("Unverified", "@fn@ wrote a change that does not show; its report says where."),
        (
            "Contested",
            "Somebody puts back again and again what @fn@ puts right; its report says who.",
        ),
        (
            "BudgetSpent",
            "@fn@ leaves violations until the hour is over; its report says whose and why.",
        ),
        (
            "ExemptionEnds",
            "An exemption from a control of @fn@ ends within a day; its report says whose.",
        ),
    ];
    let own = own.into_iter().filter(|_| is_first);
    let alarms = metrics.into_iter().chain(own).map(|(metric, what)| {
        let source = format!(
            "      Namespace: Demarc\n      MetricName: {metric}\n      \
             Dimensions: [{{Name: service, Value: @fn@}}]\n      Statistic: Sum"
        );
        alarm(metric, what, &source)
    });
    alarms.collect::<Vec<_>>().join("\n\n")
}

fn alarm(id: &str, description: &str, source: &str) -> String {
    format!(
        "  @Fn@{id}Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmDescription: {description}
{source}
      Period: 300
      EvaluationPeriods: 1
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: notBreaching
      AlarmActions: !If [HasAlarmTopic, [!Ref AlarmTopicArn], !Ref AWS::NoValue]"
    )
}

fn outputs(function: &str) -> String {
    let id = capital(function);
    let output = |name: &str, description: &str, value: &str| {
        format!("  {id}{name}:\n    Description: {description}\n    Value: {value}")
    };
    [
        output(
            "OperatorUrl",
            &format!("Where {function}'s operator is called, signed with SigV4."),
            &format!("!GetAtt {id}OperatorUrl.FunctionUrl"),
        ),
        output(
            "LiveQueueName",
            &format!("The queue of {function}'s live events."),
            &format!("!GetAtt {id}LiveQueue.QueueName"),
        ),
        output(
            "SweepQueueName",
            &format!("The queue of {function}'s sweep."),
            &format!("!GetAtt {id}SweepQueue.QueueName"),
        ),
        output(
            "LiveDeadLettersName",
            &format!("Where {function}'s failed messages are."),
            &format!("!GetAtt {id}LiveDeadLetters.QueueName"),
        ),
    ]
    .join("\n")
}
