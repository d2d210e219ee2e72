//! The resources of a template that a local run needs.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::intrinsic::{Names, plain_text};

type Properties = Map<String, Value>;

/// A rule of EventBridge with an event pattern.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its logical id.
    pub logical_id: String,
    /// Its event pattern.
    pub pattern: Value,
    /// Whether it is enabled.
    pub state_enabled: bool,
    /// The logical ids of the queues that it sends to; an ARN where the target is no queue of
    /// the template.
    pub targets: Vec<String>,
    /// For each target the template of what it is sent, where that is not the event itself.
    pub inputs: Vec<Option<String>>,
    /// The logical ids (else ARNs) of the targets' dead-letter queues.
    pub dead_letters: Vec<String>,
}

/// An SQS queue.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Its logical id.
    pub logical_id: String,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its attributes, as `CreateQueue` takes them.
    pub attributes: BTreeMap<String, String>,
    /// The logical id of its dead-letter queue.
    pub dead_letter: Option<String>,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its logical id.
    pub logical_id: String,
    /// Its name.
    pub name: String,
    /// Its handler.
    pub handler: String,
    /// Where its code is, relative to the template.
    pub code_uri: String,
    /// The binary, for builds with `rust-cargolambda`.
    pub binary: Option<String>,
    /// Its memory.
    pub memory_mib: u32,
    /// Its timeout.
    pub timeout: Duration,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
    /// The queues that it is fed from.
    pub queues: Vec<QueueEvent>,
    /// `AuthType` of its URL, where it has one.
    pub url_auth: Option<String>,
    /// All its properties, with the template's globals.
    pub properties: Value,
}

/// A mapping from a queue to a function.
#[derive(Clone, Debug)]
pub struct QueueEvent {
    /// The event's name in the function.
    pub name: String,
    /// The queue's logical id, else its ARN.
    pub queue: String,
    /// The largest batch.
    pub batch_size: i32,
    /// Whether a response may name the failed messages.
    pub report_batch_item_failures: bool,
    /// How many invocations may run at once.
    pub maximum_concurrency: Option<u32>,
    /// Whether it is on.
    pub enabled: bool,
}

/// A DynamoDB table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its logical id.
    pub logical_id: String,
    /// Its name.
    pub name: String,
    /// The request that `CreateTable` takes.
    pub create: Value,
    /// The attribute with the time at which an item expires.
    pub time_to_live: Option<String>,
}

pub(super) fn rule(id: &str, properties: &Properties, names: &Names) -> Option<Rule> {
    let targets = properties.get("Targets").and_then(Value::as_array);
    let arns = |pointer: &str| -> Vec<String> {
        targets
            .into_iter()
            .flatten()
            .filter_map(|target| target.pointer(pointer)?.as_str())
            .map(|arn| queue_id(arn, names))
            .collect()
    };
    let input = |target: &Value| {
        target.pointer("/InputTransformer/InputTemplate")?.as_str().map(str::to_owned)
    };
    Some(Rule {
        logical_id: id.to_owned(),
        inputs: targets.into_iter().flatten().map(input).collect(),
        pattern: properties.get("EventPattern")?.clone(),
        state_enabled: text(properties, "State").is_none_or(|state| state != "DISABLED"),
        targets: arns("/Arn"),
        dead_letters: arns("/DeadLetterConfig/Arn"),
    })
}

fn queue_id(arn: &str, names: &Names) -> String {
    names.by_arn("AWS::SQS::Queue", arn).unwrap_or(arn).to_owned()
}

pub(super) fn queue(id: &str, properties: &Properties, names: &Names) -> Queue {
    let name = names.name(id).unwrap_or(id).to_owned();
    let attributes = properties
        .iter()
        .filter(|(key, _)| !["QueueName", "Tags"].contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), plain_text(value)))
        .collect();
    let dead_letter = properties
        .get("RedrivePolicy")
        .and_then(|policy| policy.get("deadLetterTargetArn")?.as_str())
        .map(|arn| queue_id(arn, names));
    Queue { logical_id: id.to_owned(), arn: names.arn_of(id), name, attributes, dead_letter }
}

pub(super) fn function(
    id: &str,
    properties: &Properties,
    metadata: Option<&Value>,
    names: &Names,
) -> Function {
    let binary = metadata.and_then(|metadata| metadata.pointer("/BuildProperties/Binary"));
    let variables = properties
        .get("Environment")
        .and_then(|environment| environment.get("Variables")?.as_object());
    let events = properties.get("Events").and_then(Value::as_object);
    let url = properties.get("FunctionUrlConfig");
    Function {
        logical_id: id.to_owned(),
        name: names.name(id).unwrap_or(id).to_owned(),
        handler: text(properties, "Handler").unwrap_or_default(),
        code_uri: text(properties, "CodeUri").unwrap_or_default(),
        binary: binary.map(plain_text),
        memory_mib: number(properties, "MemorySize").unwrap_or(128),
        // SAM's and Lambda's own defaults.
        timeout: Duration::from_secs(number(properties, "Timeout").unwrap_or(3)),
        environment: variables
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.clone(), plain_text(value)))
            .collect(),
        queues: events
            .into_iter()
            .flatten()
            .filter_map(|(name, event)| queue_event(name, event, names))
            .collect(),
        url_auth: url.map(|url| url.get("AuthType").map(plain_text).unwrap_or_default()),
        properties: Value::Object(properties.clone()),
    }
}

fn queue_event(name: &str, event: &Value, names: &Names) -> Option<QueueEvent> {
    if event.get("Type")?.as_str()? != "SQS" {
        return None;
    }
    let properties = event.get("Properties")?.as_object()?;
    let types = properties.get("FunctionResponseTypes");
    Some(QueueEvent {
        name: name.to_owned(),
        queue: queue_id(&text(properties, "Queue")?, names),
        batch_size: number(properties, "BatchSize").unwrap_or(10),
        report_batch_item_failures: types
            .and_then(Value::as_array)
            .is_some_and(|types| types.contains(&json!("ReportBatchItemFailures"))),
        maximum_concurrency: properties
            .get("ScalingConfig")
            .and_then(|scaling| number(scaling.as_object()?, "MaximumConcurrency")),
        enabled: text(properties, "Enabled").is_none_or(|enabled| enabled != "false"),
    })
}

/// What `CreateTable` takes as the template has it.
const TABLE_PROPERTIES: [&str; 8] = [
    "KeySchema",
    "AttributeDefinitions",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "BillingMode",
    "ProvisionedThroughput",
    "DeletionProtectionEnabled",
    "TableClass",
];

pub(super) fn table(id: &str, properties: &Properties, names: &Names) -> Table {
    let name = names.name(id).unwrap_or(id).to_owned();
    let mut create = Map::from_iter([("TableName".to_owned(), json!(name))]);
    for key in TABLE_PROPERTIES {
        if let Some(value) = properties.get(key) {
            create.insert(key.to_owned(), value.clone());
        }
    }
    if let Some(view) =
        properties.get("StreamSpecification").and_then(|stream| stream.get("StreamViewType"))
    {
        let stream = json!({"StreamEnabled": true, "StreamViewType": view});
        create.insert("StreamSpecification".to_owned(), stream);
    }
    let expiry =
        properties.get("TimeToLiveSpecification").and_then(|expiry| expiry.get("AttributeName"));
    Table {
        logical_id: id.to_owned(),
        name,
        create: Value::Object(create),
        time_to_live: expiry.map(plain_text),
    }
}

/// Merges `Globals` into a resource as SAM does: objects key by key, lists one after the
/// other, and a resource's own scalar wins.
pub(super) fn apply_globals(resource: &mut Value, globals: &Map<String, Value>) {
    let section = match resource.get("Type").and_then(Value::as_str) {
        Some("AWS::Serverless::Function") => "Function",
        _ => return,
    };
    if let (Some(globals), Some(fields)) = (globals.get(section), resource.as_object_mut()) {
        let properties = fields.entry("Properties").or_insert_with(|| json!({}));
        merge(properties, globals);
    }
}

fn merge(own: &mut Value, global: &Value) {
    match (own, global) {
        (Value::Object(own), Value::Object(global)) => {
            for (key, value) in global {
                match own.get_mut(key) {
                    Some(existing) => merge(existing, value),
                    None => {
                        own.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(own), Value::Array(global)) => {
            own.splice(0..0, global.iter().cloned());
        }
        _ => {}
    }
}

fn text(properties: &Properties, key: &str) -> Option<String> {
    properties.get(key).map(plain_text)
}

fn number<T: std::str::FromStr>(properties: &Properties, key: &str) -> Option<T> {
    text(properties, key)?.parse().ok()
}
