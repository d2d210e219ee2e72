//! Delivers an event as EventBridge would: through the patterns of the deployed rules, to the
//! queues that they target.
//!
//! `PutEvents` cannot do this: a source of `aws.*` is refused there.

use aws_sdk_sqs::error::DisplayErrorContext;
use serde_json::Value;

use super::cloud::Cloud;
use super::deploy::Deployed;
use super::template::Template;
use super::{Error, pattern};

/// One rule that matched, and one of its targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The rule's logical id.
    pub rule: String,
    /// The queue's logical id, or the ARN of another target, to which nothing was sent.
    pub target: String,
    /// Whether the event went to a queue.
    pub sent: bool,
}

/// Sends an event to every queue whose rule matches it. No delivery means that no rule did.
///
/// # Errors
///
/// When EventBridge would refuse a rule's pattern, or a queue refuses the message.
pub async fn deliver(
    cloud: &Cloud,
    template: &Template,
    deployed: &Deployed,
    event: &Value,
) -> Result<Vec<Delivery>, Error> {
    let sqs = cloud.sqs();
    let mut deliveries = Vec::new();
    for rule in template.rules() {
        let is_hit = pattern::matches(&rule.pattern, event)?;
        if !is_hit || !rule.state_enabled {
            continue;
        }
        for target in rule.targets {
            let url = deployed.queues.get(&target);
            if let Some(url) = url {
                send(&sqs, url, event).await?;
            }
            deliveries.push(Delivery {
                rule: rule.logical_id.clone(),
                sent: url.is_some(),
                target,
            });
        }
    }
    Ok(deliveries)
}

async fn send(sqs: &aws_sdk_sqs::Client, url: &str, event: &Value) -> Result<(), Error> {
    sqs.send_message()
        .queue_url(url)
        .message_body(event.to_string())
        .send()
        .await
        .map(drop)
        .map_err(|error| {
            let cause = DisplayErrorContext(&error);
            Error::Request(format!("cannot send to the queue `{url}`: {cause}"))
        })
}
