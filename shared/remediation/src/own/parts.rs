//! The calls that change a part of the stack, with the one that puts it back.
//!
//! Names of events and of their parameters are CloudTrail's; commands are those of the AWS CLI's
//! reference. What no single call puts back is put back by a change set that reverts drift (AWS
//! CloudFormation User Guide, "Using drift-aware change sets").

use demarc_classification::Change;

/// The kind of part that the whole stack is.
pub(super) const STACK: &str = "stack";

/// A call that changes a part of the stack.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The event source.
    pub source: &'static str,
    /// The event's name.
    pub event: &'static str,
    /// What kind of part it changes.
    pub kind: &'static str,
    /// Where the event names it, tried in their order.
    pub names: &'static [&'static [&'static str]],
    /// What puts it back.
    pub restore: Restore,
}

/// What puts a part back.
#[derive(Clone, Copy, Debug)]
pub enum Restore {
    /// A command; `{}` is the part's name, `{name}` a member of the request or of its answer.
    Command(&'static str),
    /// The stack's own template.
    Drift,
    /// The stack is gone, or another: it is deployed again.
    Deploy,
}

impl Restore {
    pub(super) fn command(self, change: &Change, name: &str, stack: &str) -> String {
        let region = &change.region;
        match self {
            Self::Command(template) => {
                format!("aws {} --region {region}", filled(template, change, name))
            }
            Self::Drift => format!(
                "aws cloudformation create-change-set --stack-name {stack} --change-set-name restore --use-previous-template --deployment-mode REVERT_DRIFT --capabilities CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND --region {region} && aws cloudformation wait change-set-create-complete --stack-name {stack} --change-set-name restore --region {region} && aws cloudformation execute-change-set --stack-name {stack} --change-set-name restore --region {region}"
            ),
            Self::Deploy => format!("sam deploy --stack-name {stack} --region {region}"),
        }
    }
}

/// The template with the part's name and the request's parameters in place of what is in braces.
/// A parameter's value was chosen by whoever made the call: it is quoted for a shell.
fn filled(template: &str, change: &Change, name: &str) -> String {
    let mut pieces = template.split('{');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (key, rest) = piece.split_once('}').unwrap_or((piece, ""));
        let value = match key {
            "" => name.to_owned(),
            _ => ["requestParameters", "responseElements"]
                .iter()
                .flat_map(|root| change.texts(&[root, key]))
                .next()
                .unwrap_or_default(),
        };
        text.push_str(&quoted(&value));
        text.push_str(rest);
    }
    text
}

fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=,+".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', "'\\''"))
}

const NAME: &[&[&str]] = &[&["requestParameters", "name"]];
const RULE: &[&[&str]] = &[&["requestParameters", "rule"]];
const QUEUE: &[&[&str]] = &[&["requestParameters", "queueUrl"]];
const FUNCTION: &[&[&str]] = &[&["requestParameters", "functionName"]];
const MAPPING: &[&[&str]] =
    &[&["responseElements", "functionArn"], &["requestParameters", "functionName"]];
const ROLE: &[&[&str]] = &[&["requestParameters", "roleName"]];
const POLICY: &[&[&str]] = &[&["requestParameters", "policyArn"]];
const TABLE: &[&[&str]] = &[&["requestParameters", "tableName"]];
const ALARMS: &[&[&str]] =
    &[&["requestParameters", "alarmNames"], &["requestParameters", "alarmName"]];
const LOGS: &[&[&str]] = &[&["requestParameters", "logGroupName"]];
const OF_STACK: &[&[&str]] = &[&["requestParameters", "stackName"]];

const EVENTS: &str = "events.amazonaws.com";
const SQS: &str = "sqs.amazonaws.com";
const LAMBDA: &str = "lambda.amazonaws.com";
const IAM: &str = "iam.amazonaws.com";
const DYNAMODB: &str = "dynamodb.amazonaws.com";
const CLOUDWATCH: &str = "monitoring.amazonaws.com";
const LOG_GROUPS: &str = "logs.amazonaws.com";
const SCHEDULER: &str = "scheduler.amazonaws.com";
const CLOUDFORMATION: &str = "cloudformation.amazonaws.com";

const fn part(
    source: &'static str,
    event: &'static str,
    kind: &'static str,
    names: &'static [&'static [&'static str]],
    restore: Restore,
) -> Part {
    Part { source, event, kind, names, restore }
}

use Restore::{Command, Deploy, Drift};

/// Every such call, by source.
pub const PARTS: &[Part] = &[
    part(EVENTS, "DisableRule", "rule", NAME, Command("events enable-rule --name {}")),
    part(EVENTS, "DeleteRule", "rule", NAME, Drift),
    part(EVENTS, "PutRule", "rule", NAME, Drift),
    part(EVENTS, "PutTargets", "rule", RULE, Drift),
    part(EVENTS, "RemoveTargets", "rule", RULE, Drift),
    part(SQS, "DeleteQueue", "queue", QUEUE, Drift),
    part(SQS, "SetQueueAttributes", "queue", QUEUE, Drift),
    part(SQS, "AddPermission", "queue", QUEUE, Drift),
    part(SQS, "RemovePermission", "queue", QUEUE, Drift),
    part(
        SQS,
        "PurgeQueue",
        "queue",
        QUEUE,
        Command("sqs send-message --queue-url {queueUrl} --message-body '{\"sweep\": {}}'"),
    ),
    part(LAMBDA, "DeleteFunction", "function", FUNCTION, Drift),
    part(LAMBDA, "UpdateFunctionCode", "function", FUNCTION, Drift),
    part(LAMBDA, "UpdateFunctionConfiguration", "function", FUNCTION, Drift),
    part(
        LAMBDA,
        "PutFunctionConcurrency",
        "function",
        FUNCTION,
        Command("lambda delete-function-concurrency --function-name {}"),
    ),
    part(
        LAMBDA,
        "AddPermission",
        "function",
        FUNCTION,
        Command("lambda remove-permission --function-name {} --statement-id {statementId}"),
    ),
    part(LAMBDA, "RemovePermission", "function", FUNCTION, Drift),
    part(LAMBDA, "DeleteFunctionUrlConfig", "function", FUNCTION, Drift),
    part(
        LAMBDA,
        "UpdateFunctionUrlConfig",
        "function",
        FUNCTION,
        Command("lambda update-function-url-config --function-name {} --auth-type AWS_IAM"),
    ),
    part(
        LAMBDA,
        "UpdateEventSourceMapping",
        "event source mapping of",
        MAPPING,
        Command("lambda update-event-source-mapping --uuid {uUID} --enabled"),
    ),
    part(LAMBDA, "DeleteEventSourceMapping", "event source mapping of", MAPPING, Drift),
    part(
        LAMBDA,
        "CreateEventSourceMapping",
        "event source mapping of",
        MAPPING,
        Command("lambda delete-event-source-mapping --uuid {uUID}"),
    ),
    part(
        IAM,
        "DetachRolePolicy",
        "role",
        ROLE,
        Command("iam attach-role-policy --role-name {} --policy-arn {policyArn}"),
    ),
    part(
        IAM,
        "AttachRolePolicy",
        "role",
        ROLE,
        Command("iam detach-role-policy --role-name {} --policy-arn {policyArn}"),
    ),
    part(IAM, "DeleteRole", "role", ROLE, Drift),
    part(IAM, "DeleteRolePolicy", "role", ROLE, Drift),
    part(IAM, "PutRolePolicy", "role", ROLE, Drift),
    part(IAM, "UpdateAssumeRolePolicy", "role", ROLE, Drift),
    part(IAM, "UpdateRole", "role", ROLE, Drift),
    part(IAM, "DeleteRolePermissionsBoundary", "role", ROLE, Drift),
    part(IAM, "PutRolePermissionsBoundary", "role", ROLE, Drift),
    part(IAM, "CreatePolicyVersion", "policy", POLICY, Drift),
    part(IAM, "DeletePolicy", "policy", POLICY, Drift),
    part(IAM, "SetDefaultPolicyVersion", "policy", POLICY, Drift),
    part(DYNAMODB, "DeleteTable", "table", TABLE, Drift),
    part(
        DYNAMODB,
        "UpdateTable",
        "table",
        TABLE,
        Command("dynamodb update-table --table-name {} --deletion-protection-enabled"),
    ),
    part(
        DYNAMODB,
        "UpdateContinuousBackups",
        "table",
        TABLE,
        Command(
            "dynamodb update-continuous-backups --table-name {} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
        ),
    ),
    part(DYNAMODB, "UpdateTimeToLive", "table", TABLE, Drift),
    part(DYNAMODB, "PutResourcePolicy", "table", &[&["requestParameters", "resourceArn"]], Drift),
    part(
        CLOUDWATCH,
        "DisableAlarmActions",
        "alarm",
        ALARMS,
        Command("cloudwatch enable-alarm-actions --alarm-names {}"),
    ),
    part(CLOUDWATCH, "DeleteAlarms", "alarm", ALARMS, Drift),
    part(CLOUDWATCH, "PutMetricAlarm", "alarm", ALARMS, Drift),
    part(LOG_GROUPS, "DeleteLogGroup", "log group", LOGS, Drift),
    part(LOG_GROUPS, "DeleteLogStream", "log group", LOGS, Drift),
    part(LOG_GROUPS, "DeleteMetricFilter", "log group", LOGS, Drift),
    part(LOG_GROUPS, "PutRetentionPolicy", "log group", LOGS, Drift),
    part(SCHEDULER, "DeleteSchedule", "schedule", NAME, Drift),
    part(SCHEDULER, "UpdateSchedule", "schedule", NAME, Drift),
    part(CLOUDFORMATION, "DeleteStack", STACK, OF_STACK, Deploy),
    part(CLOUDFORMATION, "UpdateStack", STACK, OF_STACK, Drift),
    part(CLOUDFORMATION, "ExecuteChangeSet", STACK, OF_STACK, Drift),
    part(CLOUDFORMATION, "SetStackPolicy", STACK, OF_STACK, Drift),
];
