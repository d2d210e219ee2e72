//! Sending messages to ourselves: second looks and the sweep.

use aws_sdk_sqs::{Client, types::SendMessageBatchRequestEntry};
use demarc_remediation::classification::Request;

use crate::{Environment, Error, Sdk, failed};

/// The longest delay that SQS knows, in seconds.
const LONGEST_DELAY: u64 = 900;
const BATCH: usize = 10;

/// The function's two queues.
#[derive(Clone, Debug)]
pub struct Queue {
    client: Client,
    live: String,
    sweep: String,
    region: String,
    sdk: Sdk,
}

impl Queue {
    /// The queues that the environment names.
    #[must_use]
    pub fn new(sdk: &Sdk, environment: &Environment) -> Self {
        Self {
            client: client(sdk, None),
            live: environment.live_queue.clone(),
            sweep: environment.sweep_queue.clone(),
            region: environment.region.clone(),
            sdk: sdk.clone(),
        }
    }

    /// Sends a request to the live queue, to arrive after a delay. A longer delay than SQS knows
    /// is cut: whoever receives the message too early sends it again.
    ///
    /// # Errors
    /// The message was not taken.
    pub async fn later(&self, request: &Request, seconds: u64) -> Result<(), Error> {
        let delay = i32::try_from(seconds.min(LONGEST_DELAY)).unwrap_or(0);
        self.send(&self.client, &self.live, request, delay).await
    }

    /// Sends a request to the sweep's queue.
    ///
    /// # Errors
    /// The message was not taken.
    pub async fn sweep(&self, request: &Request) -> Result<(), Error> {
        self.send(&self.client, &self.sweep, request, 0).await
    }

    /// Sends a request to the same function's live queue in another region. `false` where there is
    /// no such queue, that is, no stack of the same name.
    ///
    /// # Errors
    /// The message was not taken for another reason.
    pub async fn hand_over(&self, request: &Request, region: &str) -> Result<bool, Error> {
        let url = self.live.replacen(&self.region, region, 1);
        if url == self.live {
            return Ok(false);
        }
        let client = client(&self.sdk, Some(region));
        match self.send(&client, &url, request, 0).await {
            Ok(()) => Ok(true),
            Err(e) if e.has_code("AWS.SimpleQueueService.NonExistentQueue") => Ok(false),
            Err(e) if e.has_code("QueueDoesNotExist") => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// Sends many requests to the sweep's queue, ten at a time.
    ///
    /// # Errors
    /// One of them was not taken. Those before it were: a second delivery of them does no harm.
    pub async fn sweep_all(&self, requests: &[Request]) -> Result<(), Error> {
        for batch in requests.chunks(BATCH) {
            let entries = batch
                .iter()
                .enumerate()
                .map(|(at, request)| entry(at, request))
                .collect::<Result<_, _>>()?;
            let answer = self
                .client
                .send_message_batch()
                .queue_url(&self.sweep)
                .set_entries(Some(entries))
                .send()
                .await
                .map_err(failed("sqs:SendMessageBatch", &self.sweep))?;
            if let Some(refused) = answer.failed().first() {
                return Err(Error::Internal(format!(
                    "`sqs:SendMessageBatch` on `{}` refused a message with {}",
                    self.sweep,
                    refused.code()
                )));
            }
        }
        Ok(())
    }

    async fn send(
        &self,
        client: &Client,
        url: &str,
        request: &Request,
        delay: i32,
    ) -> Result<(), Error> {
        client
            .send_message()
            .queue_url(url)
            .message_body(body(request)?)
            .delay_seconds(delay)
            .send()
            .await
            .map_err(failed("sqs:SendMessage", url))?;
        Ok(())
    }
}

fn client(sdk: &Sdk, region: Option<&str>) -> Client {
    let mut config = aws_sdk_sqs::config::Builder::from(&sdk.config).interceptor(sdk.calls.clone());
    if let Some(region) = region {
        config = config.region(aws_sdk_sqs::config::Region::new(region.to_owned()));
    }
    Client::from_conf(config.build())
}

fn entry(at: usize, request: &Request) -> Result<SendMessageBatchRequestEntry, Error> {
    SendMessageBatchRequestEntry::builder()
        .id(at.to_string())
        .message_body(body(request)?)
        .build()
        .map_err(|e| Error::Internal(e.to_string()))
}

fn body(request: &Request) -> Result<String, Error> {
    serde_json::to_string(request)
        .map_err(|e| Error::Internal(format!("a request is not serializable: {e}")))
}
