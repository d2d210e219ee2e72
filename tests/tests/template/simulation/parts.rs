//! What a stack consists of, as IAM names it, and its like beside it.

use demarc_tests::local::{ACCOUNT, REGION, simulator::Action, template::Template};
use serde_json::Value;

use super::STRANGER;
use crate::fits;

/// Services whose resources a stack consists of.
pub const SERVICES: [&str; 9] = [
    "cloudformation",
    "cloudwatch",
    "dynamodb",
    "events",
    "iam",
    "lambda",
    "logs",
    "scheduler",
    "sqs",
];

/// A part of the stack, or its like.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its logical id; empty where it is none of Demarc's.
    pub id: String,
    /// `table`, `index`, `queue` and so on.
    pub kind: &'static str,
    pub arn: String,
    pub account: &'static str,
    /// The policy on it.
    pub policy: Option<Value>,
}

/// What is within a resource: its kind, and what its ARN ends with.
type Within = &'static [(&'static str, &'static str)];

/// Types of the template, what we call them, and what is within them.
const KINDS: &[(&str, &str, Within)] = &[
    (
        "AWS::DynamoDB::Table",
        "table",
        &[
            ("index", "/index/open"),
            ("stream", "/stream/2026-01-01T00:00:00.000"),
            ("backup", "/backup/1"),
        ],
    ),
    ("AWS::SQS::Queue", "queue", &[]),
    ("AWS::Logs::LogGroup", "log group", &[("log stream", ":log-stream:2026")]),
    ("AWS::Serverless::Function", "function", &[("version", ":1")]),
    ("AWS::Events::Rule", "rule", &[]),
    ("AWS::Scheduler::Schedule", "schedule", &[]),
    ("AWS::CloudWatch::Alarm", "alarm", &[]),
    ("AWS::IAM::Role", "role", &[]),
    ("AWS::IAM::ManagedPolicy", "policy", &[]),
];

/// Every part of a stack.
pub fn parts(template: &Template) -> Vec<Part> {
    let mut parts = Vec::new();
    for (id, resource) in template.resources() {
        let Some((_, kind, within)) = KINDS.iter().find(|(of, ..)| resource["Type"] == *of) else {
            continue;
        };
        let arn = template.arn(id).trim_end_matches(":*").to_owned();
        assert!(arn.starts_with("arn:"), "{id} has no ARN");
        let policy = template.resource(&format!("{id}Policy"));
        let policy = policy.map(|policy| policy["Properties"]["PolicyDocument"].clone());
        parts.extend(within.iter().map(|(kind, suffix)| part(id, kind, format!("{arn}{suffix}"))));
        parts.push(Part { policy, ..part(id, kind, arn) });
    }
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}");
    // Lambda names a mapping by an id of its own.
    let mapping = "event-source-mapping:6f3a1b1c-0000-4000-8000-000000000000";
    parts.push(part("Mapping", "mapping", arn("lambda", mapping)));
    parts.push(part("Stack", "stack", arn("cloudformation", "stack/demarc/6f3a1b1c")));
    parts
}

fn part(id: &str, kind: &'static str, arn: String) -> Part {
    Part { id: id.to_owned(), kind, arn, account: ACCOUNT, policy: None }
}

/// Of each kind one that is the customer's, in the same account.
pub fn others(parts: &[Part]) -> Vec<Part> {
    let mut others: Vec<Part> = Vec::new();
    for part in parts.iter().filter(|part| part.kind != "mapping") {
        if others.iter().all(|other| other.kind != part.kind) {
            let arn = part.arn.replace("demarc", "shop");
            assert_ne!(arn, part.arn);
            others.push(Part { id: String::new(), policy: None, arn, ..part.clone() });
        }
    }
    others
}

/// The same names in another account, that lets everybody in, and in another region.
pub fn namesakes(parts: &[Part], open: &Value) -> Vec<Part> {
    let theirs = parts.iter().map(|part| Part {
        id: String::new(),
        arn: part.arn.replace(ACCOUNT, STRANGER),
        account: STRANGER,
        policy: Some(open.clone()),
        ..part.clone()
    });
    let away = parts.iter().filter(|part| part.arn.contains(REGION)).map(|part| Part {
        id: String::new(),
        arn: part.arn.replace(REGION, "eu-west-1"),
        policy: None,
        ..part.clone()
    });
    theirs.chain(away).collect()
}

/// What the simulator refuses to decide, as a version's ARN fits an alias's pattern too.
const UNDECIDED: &str = "ProvisionedConcurrencyConfig";

/// The actions that may act on a part; of those that do not, the simulator says so.
pub fn acting_on<'a>(actions: &'a [Action], part: &Part) -> impl Iterator<Item = &'a Action> {
    let arn = part.arn.clone();
    let decided = actions.iter().filter(|action| !action.action.ends_with(UNDECIDED));
    decided.filter(move |action| action.kinds.iter().any(|kind| fits(&starred(kind), &arn)))
}

/// `arn:${Partition}:sqs:...` as a pattern of `*`.
fn starred(arn: &str) -> String {
    let mut pieces = arn.split("${");
    let first = pieces.next().unwrap().to_owned();
    pieces.fold(first, |pattern, piece| pattern + "*" + piece.split_once('}').unwrap().1)
}

/// The name that a queue of a function ends with.
pub fn is_queue_of(part: &Part, function: &str, suffixes: &[&str]) -> bool {
    let name = part.arn.rsplit(':').next().unwrap();
    part.kind == "queue" && suffixes.iter().any(|s| name == format!("demarc-{function}-{s}"))
}
