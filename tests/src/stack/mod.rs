//! `template.yaml` deployed as it is, by CloudFormation into MiniStack, with the functions' own
//! binaries: events go through the deployed rules and queues, and every call of a function is
//! allowed or denied by the deployed policies of its role.

mod deploy;
mod operator_tool;
mod role;
mod scene;

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_credential_types::Credentials;
use serde_json::{Value, json};

use crate::lives::World;
use crate::local::api::Api;
use crate::local::ministack::MiniStack;
use crate::local::{ACCOUNT, clients};
use crate::{Fault, stage};

pub use deploy::{Parameters, deploy};
pub use operator_tool::{Ended, demarc};
pub use role::{Right, Role};
pub use scene::{PERSON, Scene, setting_of};

/// The stack's name, as in all examples.
pub const NAME: &str = "demarc";

/// So long may a message take, its repeated deliveries included.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A configuration by which everything is put right, however often, and every call is made that
/// depends on one.
pub const EVERYTHING: &str = r#"
version = 1
settle_seconds = 0

[contested]
remediations = 0

[budget]
per_hour = 10000
without_actor = 10000

[known]
accounts = ["111122223333", "444455556666"]

[default]
mode = "enforce"
ceiling = "disruptive"

[[scopes]]
tags = { environment = "*" }
mode = "enforce"
"#;

/// A deployed stack.
pub struct Stack {
    /// The emulator that it is deployed into.
    pub emulator: Arc<MiniStack>,
    /// Its region.
    pub region: String,
    /// Calls of the account's administrator.
    pub api: Api,
    /// Clients of the account's administrator, in the stack's region.
    pub world: World,
}

impl Stack {
    /// Clients of a stack that is deployed already, or will be.
    #[must_use]
    pub fn of(emulator: Arc<MiniStack>, region: &str) -> Self {
        let api = administrator(&emulator, region);
        let config = clients::config(&api.endpoint, region, api.credentials.clone());
        Self { emulator, region: region.to_owned(), api, world: World::with(&config) }
    }

    /// Puts an event on the account's bus, as the AWS service does that it is of. The emulator
    /// makes the envelope: id, account, region and time.
    ///
    /// # Errors
    /// The bus refuses it.
    pub async fn put(&self, event: &Value) -> Result<(), Fault> {
        let member = |name: &str| event.get(name).cloned().unwrap_or(Value::Null);
        let entry = json!({
            "Source": member("source"),
            "DetailType": member("detail-type"),
            "Detail": member("detail").to_string(),
            "Resources": member("resources").as_array().cloned().unwrap_or_default(),
        });
        let body = json!({ "Entries": [entry] });
        let answer = self.api.json("events", "AWSEvents.PutEvents", &body).await?;
        match answer.get("FailedEntryCount").and_then(Value::as_u64) {
            Some(0) => Ok(()),
            _ => Err(format!("the bus refused the event: {answer}").into()),
        }
    }

    /// Calls a function's remediator without a queue, and gives its reports.
    ///
    /// # Errors
    /// The invocation failed; its error's message is the fault.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Vec<Value>, Fault> {
        let answer = self.api.invoke(&format!("{NAME}-{function}-remediator"), event).await?;
        match answer.get("reports").and_then(Value::as_array) {
            Some(reports) => Ok(reports.clone()),
            None => Err(answer.to_string().into()),
        }
    }

    /// Calls a function's operator with the event of its Function URL, and gives the status and
    /// the answer. The emulator's own URLs do not tell who calls.
    ///
    /// # Errors
    /// The answer has not the form of a Function URL's.
    pub async fn ask(
        &self,
        function: &str,
        caller: &str,
        request: &Value,
    ) -> Result<(u64, Value), Fault> {
        let name = format!("{NAME}-{function}-operator");
        stage::answered(&self.api.invoke(&name, &stage::called(caller, request)).await?)
    }

    /// Puts a configuration into force, as a person does.
    ///
    /// # Errors
    /// The operator refuses it.
    pub async fn configure(&self, document: &str) -> Result<(), Fault> {
        let request = json!({"configure": {"document": document, "reason": "it is tried out"}});
        match self.ask("s3", PERSON, &request).await? {
            (200, _) => Ok(()),
            (status, answer) => Err(format!("the operator answers {status}: {answer}").into()),
        }
    }

    /// The lines that a function's remediator has reported so far, from its log group.
    ///
    /// # Errors
    /// The log group cannot be read.
    pub async fn reports(&self, function: &str) -> Result<Vec<Value>, Fault> {
        let group = format!("/aws/lambda/{NAME}-{function}-remediator");
        let body = json!({ "logGroupName": group, "limit": 10_000 });
        let answer = self.api.json("logs", "Logs_20140328.FilterLogEvents", &body).await?;
        let events = answer.get("events").and_then(Value::as_array).cloned().unwrap_or_default();
        let lines = events.iter().filter_map(|event| event.get("message")?.as_str());
        Ok(lines
            .filter_map(|line| serde_json::from_str(line).ok())
            .filter(|line: &Value| line.get("outcome").is_some())
            .collect())
    }

    /// How many messages a queue holds, and how many of these are being handled.
    ///
    /// # Errors
    /// There is no such queue.
    pub async fn waiting(&self, queue: &str) -> Result<(u64, u64), Fault> {
        let body = json!({ "QueueUrl": self.queue_url(queue), "AttributeNames": ["All"] });
        let answer = self.sqs("GetQueueAttributes", &body).await?;
        let count = |name: &str| {
            let text = answer.pointer(&format!("/Attributes/{name}")).and_then(Value::as_str);
            text.and_then(|text| text.parse().ok()).ok_or_else(|| format!("no `{name}`: {answer}"))
        };
        Ok((count("ApproximateNumberOfMessages")?, count("ApproximateNumberOfMessagesNotVisible")?))
    }

    /// A call of SQS.
    ///
    /// # Errors
    /// SQS refuses it.
    pub async fn sqs(&self, operation: &str, body: &Value) -> Result<Value, Fault> {
        Ok(self.api.json("sqs", &format!("AmazonSQS.{operation}"), body).await?)
    }

    /// Moves what is in a dead-letter queue back, as `aws sqs start-message-move-task` does, which
    /// the emulator has not; gives how many messages that were.
    ///
    /// # Errors
    /// SQS refuses it.
    pub async fn redrive(&self, from: &str, to: &str) -> Result<usize, Fault> {
        let receive = json!({ "QueueUrl": self.queue_url(from), "MaxNumberOfMessages": 10 });
        let answer = self.sqs("ReceiveMessage", &receive).await?;
        let messages = answer.get("Messages").and_then(Value::as_array).cloned();
        let messages = messages.unwrap_or_default();
        for message in &messages {
            let body = json!({ "QueueUrl": self.queue_url(to), "MessageBody": message["Body"] });
            self.sqs("SendMessage", &body).await?;
            let handle = &message["ReceiptHandle"];
            let body = json!({ "QueueUrl": self.queue_url(from), "ReceiptHandle": handle });
            self.sqs("DeleteMessage", &body).await?;
        }
        Ok(messages.len())
    }

    /// The ARN of a function's role.
    #[must_use]
    pub fn role_arn(&self, function: &str, deployment: &str) -> String {
        format!("arn:aws:iam::{ACCOUNT}:role/{NAME}-{function}-{deployment}-{}", self.region)
    }

    /// The URL of one of the stack's queues.
    #[must_use]
    pub fn queue_url(&self, queue: &str) -> String {
        format!("{}/{ACCOUNT}/{queue}", self.api.endpoint)
    }
}

/// The account's administrator: the emulator takes an account's id for an access key of its root.
fn administrator(emulator: &MiniStack, region: &str) -> Api {
    Api {
        endpoint: emulator.endpoint(),
        region: region.to_owned(),
        credentials: Credentials::new(ACCOUNT, "test", None, None, "demarc-tests"),
    }
}

/// Asks again and again until the answer is yes.
///
/// # Errors
/// A question fails, or the answer is no for longer than [`PATIENCE`].
pub async fn until<F>(what: &str, mut question: impl FnMut() -> F) -> Result<Duration, Fault>
where
    F: Future<Output = Result<bool, Fault>>,
{
    let started = Instant::now();
    while !question().await? {
        if started.elapsed() > PATIENCE {
            return Err(format!("not within {PATIENCE:?}: {what}").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(started.elapsed())
}
