//! What concerns Demarc itself: changes of its stack, writes under its roles, stopped trails. One
//! function is told of all of it.

use std::collections::{BTreeMap, BTreeSet};

use demarc_remediation::own::{PARTS, Part, TRAIL_EVENTS};
use serde_json::{Map, Value, json};

use super::{Route, Rule, own_roles, words};
use crate::task::TaskError;

/// Names of parts begin with the stack's; an ARN, a URL or a path has more before it.
const OF_STACK: &str = "!Sub \"*${AWS::StackName}*\"";

/// # Errors
/// A pattern is too long.
pub fn rules() -> Result<Vec<Rule>, TaskError> {
    let mut rules = Vec::new();
    let mut sources: BTreeMap<&str, Vec<&Part>> = BTreeMap::new();
    for part in PARTS {
        sources.entry(part.source).or_default().push(part);
    }
    for (source, parts) in sources {
        let label = source.split('.').next().unwrap_or(source);
        let description = "Changes of Demarc's own stack - told with what puts it back.";
        rules.push(rule(&["own", label], description, of_parts(source, &parts))?);
    }
    let description = "Writes under Demarc's own roles - each has a claim in the journal.";
    rules.push(rule(&["own", "writes"], description, own_writes())?);
    let description = "Trails that may record less than before.";
    rules.push(rule(&["trails"], description, trails())?);
    Ok(rules)
}

fn rule(name: &[&str], description: &str, pattern: Value) -> Result<Rule, TaskError> {
    let name = words(name.iter().copied());
    Rule::new(&name, Route::Live, description.to_owned(), pattern).checked()
}

fn of_parts(source: &str, parts: &[&Part]) -> Value {
    // CloudTrail writes the API's date behind the name of Lambda's calls.
    let is_dated = source.starts_with("lambda.");
    let name = |part: &&Part| match is_dated {
        true => json!({"prefix": part.event}),
        false => json!(part.event),
    };
    let events: Vec<Value> = parts.iter().map(name).collect();
    let paths: BTreeSet<&[&str]> = parts.iter().flat_map(|p| p.names.iter().copied()).collect();
    let named: Vec<Value> = paths.into_iter().map(of_stack).collect();
    let mut detail = json!({"eventName": events, "errorCode": [{"exists": false}]});
    if let Some(members) = detail.as_object_mut() {
        match named.as_slice() {
            // `$or` takes two alternatives or more.
            [Value::Object(one)] => members.extend(one.clone()),
            several => drop(members.insert("$or".to_owned(), json!(several))),
        }
    }
    json!({
        "source": [format!("aws.{}", source.split('.').next().unwrap_or(source))],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": detail,
    })
}

fn of_stack(path: &[&str]) -> Value {
    let value = json!([{"wildcard": OF_STACK}]);
    path.iter()
        .rev()
        .fold(value, |inner, member| Value::Object(Map::from_iter([((*member).to_owned(), inner)])))
}

/// What the tables, queues, logs and keys see of us is no setting, and comes with every message.
/// What a service does on our behalf is its own.
fn own_writes() -> Value {
    json!({
        "source": [{"anything-but": ["aws.dynamodb", "aws.kms", "aws.logs", "aws.sqs"]}],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "readOnly": [{"exists": false}, false],
            "errorCode": [{"exists": false}],
            "userIdentity": {
                "invokedBy": [{"exists": false}],
                "sessionContext": {"sessionIssuer": {"arn": own_roles()}},
            },
        },
    })
}

fn trails() -> Value {
    let events: Vec<&str> = TRAIL_EVENTS.iter().map(|(event, _)| *event).collect();
    json!({
        "source": ["aws.cloudtrail"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": events, "errorCode": [{"exists": false}]},
    })
}
