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
        for (target, input) in rule.targets.into_iter().zip(rule.inputs) {
            let url = deployed.queues.get(&target);
            if let Some(url) = url {
                send(&sqs, url, &transformed(input.as_deref(), event)?).await?;
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

/// What a target is sent: the event, or an input template with the event in it ("Amazon
/// EventBridge input transformation" in the Amazon EventBridge User Guide).
fn transformed(template: Option<&str>, event: &Value) -> Result<String, Error> {
    const EVENT: &str = "<aws.events.event.json>";
    let Some(template) = template else { return Ok(event.to_string()) };
    let (before, after) = template.split_once(EVENT).unwrap_or((template, ""));
    if before.contains('<') || after.contains('<') {
        let why = format!("the input template `{template}` has a variable that is not known here");
        return Err(Error::Pattern(why));
    }
    Ok(template.replacen(EVENT, &event.to_string(), 1))
}

async fn send(sqs: &aws_sdk_sqs::Client, url: &str, body: &str) -> Result<(), Error> {
    sqs.send_message().queue_url(url).message_body(body).send().await.map(drop).map_err(|error| {
        let cause = DisplayErrorContext(&error);
        Error::Request(format!("cannot send to the queue `{url}`: {cause}"))
    })
}
