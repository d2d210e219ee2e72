//! An event source mapping: from an SQS queue to a function, with Lambda's own rules for what
//! counts as success.

mod batch;

use std::time::{Duration, Instant};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName as System,
    QueueAttributeName as Attribute,
};

use super::runtime_api::Function;
use super::{Error, REGION};

/// A mapping from a queue to a function.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The client to read the queue with.
    pub client: Client,
    /// The queue.
    pub queue_url: String,
    /// The queue's ARN, as events carry it.
    pub queue_arn: String,
    /// The region, as events carry it.
    pub region: String,
    /// How many messages go into one event at most, 1 to 10.
    pub batch_size: i32,
    /// Scales the queue's own visibility timeout; whole seconds.
    pub visibility_timeout: Option<i32>,
    /// `FunctionResponseTypes: [ReportBatchItemFailures]`. Without it a response is not read,
    /// and every batch without a function error succeeds.
    pub report_batch_item_failures: bool,
}

/// What became of one batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Polled {
    /// Ids of the messages that succeeded; they are deleted.
    pub succeeded: Vec<String>,
    /// Ids of the messages that failed; they stay until their visibility ends.
    pub failed: Vec<String>,
    /// Why the whole batch failed, where it did.
    pub batch_failure: Option<String>,
}

impl Polled {
    /// Whether the queue had no visible message.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.succeeded.is_empty() && self.failed.is_empty()
    }
}

/// How many messages a queue holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Messages that can be received now.
    pub visible: usize,
    /// Messages that were received and not yet deleted.
    pub in_flight: usize,
    /// Messages whose delay has not passed.
    pub delayed: usize,
}

impl Depth {
    /// All messages of the queue.
    #[must_use]
    pub fn total(&self) -> usize {
        self.visible + self.in_flight + self.delayed
    }
}

impl Mapping {
    /// A mapping of batches of ten with partial batch responses; asks the queue for its ARN.
    ///
    /// # Errors
    ///
    /// When the queue does not answer.
    pub async fn new(client: Client, queue_url: &str) -> Result<Self, Error> {
        let attributes = attributes(&client, queue_url, &[Attribute::QueueArn]).await?;
        let queue_arn = attributes
            .into_iter()
            .next()
            .map(|(_, arn)| arn)
            .ok_or_else(|| Error::Request(format!("the queue `{queue_url}` has no ARN")))?;
        let region = queue_arn.split(':').nth(3).unwrap_or(REGION).to_owned();
        Ok(Self {
            client,
            queue_url: queue_url.to_owned(),
            queue_arn,
            region,
            batch_size: 10,
            visibility_timeout: None,
            report_batch_item_failures: true,
        })
    }

    /// Receives one batch, invokes the function with it and deletes what succeeded. Returns
    /// at once where no message is visible.
    ///
    /// # Errors
    ///
    /// When the queue does not answer or a new sandbox cannot be started; a function's error
    /// is no error here but fails the batch.
    pub async fn poll_once(&self, function: &Function) -> Result<Polled, Error> {
        let messages = self.receive().await?;
        if messages.is_empty() {
            return Ok(Polled::default());
        }
        let event = batch::event(&messages, &self.queue_arn, &self.region);
        let invocation = function.invoke(event.to_string().into_bytes()).await?;
        let ids: Vec<&str> = messages.iter().filter_map(Message::message_id).collect();
        let polled = batch::judge(&ids, &invocation.response, self.report_batch_item_failures);
        self.delete(&messages, &polled.succeeded).await?;
        Ok(polled)
    }

    /// Polls until the queue holds no message at all: none visible, in flight or delayed.
    ///
    /// Messages that always fail leave the queue only through its redrive policy.
    ///
    /// # Errors
    ///
    /// As [`Mapping::poll_once`], and when messages are left after `timeout`.
    pub async fn drain(
        &self,
        function: &Function,
        timeout: Duration,
    ) -> Result<Vec<Polled>, Error> {
        let started = Instant::now();
        let mut batches = Vec::new();
        loop {
            let polled = self.poll_once(function).await?;
            if !polled.is_empty() {
                batches.push(polled);
                continue;
            }
            let depth = self.depth().await?;
            // moto counts one kind after the other: what turns visible in between is in neither.
            if depth.total() == 0 && self.depth().await?.total() == 0 {
                return Ok(batches);
            }
            if started.elapsed() > timeout {
                return Err(Error::Timeout(format!(
                    "after {timeout:?} the queue `{}` still holds {depth:?}",
                    self.queue_url
                )));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Counts the messages of the queue.
    ///
    /// # Errors
    ///
    /// When the queue does not answer.
    pub async fn depth(&self) -> Result<Depth, Error> {
        depth(&self.client, &self.queue_url).await
    }

    async fn receive(&self) -> Result<Vec<Message>, Error> {
        self.client
            .receive_message()
            .queue_url(&self.queue_url)
            .max_number_of_messages(self.batch_size)
            .set_visibility_timeout(self.visibility_timeout)
            .message_system_attribute_names(System::All)
            .message_attribute_names("All")
            .wait_time_seconds(0)
            .send()
            .await
            .map(|reply| reply.messages.unwrap_or_default())
            .map_err(|error| refused("receive from", &self.queue_url, &error))
    }

    async fn delete(&self, messages: &[Message], succeeded: &[String]) -> Result<(), Error> {
        let mut request = self.client.delete_message_batch().queue_url(&self.queue_url);
        let mut count = 0;
        for message in messages {
            let id = message.message_id().unwrap_or_default();
            if !succeeded.iter().any(|succeeded| succeeded == id) {
                continue;
            }
            let entry = DeleteMessageBatchRequestEntry::builder()
                .id(count.to_string())
                .receipt_handle(message.receipt_handle().unwrap_or_default())
                .build()
                .map_err(|error| Error::Request(error.to_string()))?;
            request = request.entries(entry);
            count += 1;
        }
        if count == 0 {
            return Ok(());
        }
        let reply = request
            .send()
            .await
            .map_err(|error| refused("delete from", &self.queue_url, &error))?;
        match reply.failed().first() {
            None => Ok(()),
            Some(failed) => Err(Error::Request(format!("cannot delete: {failed:?}"))),
        }
    }
}

/// Counts the messages of any queue, for example of a dead-letter queue.
///
/// # Errors
///
/// When the queue does not answer.
pub async fn depth(client: &Client, queue_url: &str) -> Result<Depth, Error> {
    let names = [
        Attribute::ApproximateNumberOfMessages,
        Attribute::ApproximateNumberOfMessagesNotVisible,
        Attribute::ApproximateNumberOfMessagesDelayed,
    ];
    let found = attributes(client, queue_url, &names).await?;
    let count = |name: Attribute| {
        found
            .iter()
            .find(|(found, _)| *found == name)
            .and_then(|(_, value)| value.parse().ok())
            .unwrap_or(0)
    };
    Ok(Depth {
        visible: count(Attribute::ApproximateNumberOfMessages),
        in_flight: count(Attribute::ApproximateNumberOfMessagesNotVisible),
        delayed: count(Attribute::ApproximateNumberOfMessagesDelayed),
    })
}

async fn attributes(
    client: &Client,
    queue_url: &str,
    names: &[Attribute],
) -> Result<Vec<(Attribute, String)>, Error> {
    client
        .get_queue_attributes()
        .queue_url(queue_url)
        .set_attribute_names(Some(names.to_vec()))
        .send()
        .await
        .map(|reply| reply.attributes.unwrap_or_default().into_iter().collect())
        .map_err(|error| refused("read the attributes of", queue_url, &error))
}

fn refused(attempt: &str, queue_url: &str, error: &dyn std::error::Error) -> Error {
    let cause = DisplayErrorContext(error);
    Error::Request(format!("cannot {attempt} the queue `{queue_url}`: {cause}"))
}
