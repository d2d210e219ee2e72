//! The queue, and the schedules and rules that feed it.

use demarc_tests::local::{ACCOUNT, REGION};
use serde_json::{Value, json};

/// Milliseconds until a message that failed is delivered again.
const VISIBILITY: u64 = 90_000;
/// So many deliveries, then it is a dead letter.
const DELIVERIES: u8 = 5;

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Message {
    pub at: u64,
    pub body: String,
    /// Why nothing may be written because of it.
    pub barred: Option<&'static str>,
    received: u8,
}

/// Every message that waits.
#[derive(Debug, Default)]
pub struct Post {
    waiting: Vec<Message>,
    pub dead: Vec<Message>,
}

impl Post {
    pub fn send(&mut self, at: u64, body: String) {
        self.send_barred(at, body, None);
    }

    pub fn send_barred(&mut self, at: u64, body: String, barred: Option<&'static str>) {
        self.waiting.push(Message { at, body, barred, received: 0 });
    }

    /// A message whose handling failed.
    pub fn give_back(&mut self, message: Message, now: u64) {
        let message = Message { at: now + VISIBILITY, received: message.received + 1, ..message };
        if message.received < DELIVERIES {
            self.waiting.push(message);
        } else {
            self.dead.push(message);
        }
    }

    /// An operator sends the dead letters again.
    pub fn redrive(&mut self, now: u64) {
        let dead = std::mem::take(&mut self.dead);
        self.waiting.extend(dead.into_iter().map(|m| Message { at: now, received: 0, ..m }));
    }

    /// When the next message arrives.
    pub fn next(&self) -> Option<u64> {
        self.waiting.iter().map(|message| message.at).min()
    }

    /// The first messages that are there by now; one that is barred comes alone.
    pub fn take(&mut self, now: u64, most: usize) -> Vec<Message> {
        let mut taken: Vec<Message> = Vec::new();
        while taken.len() < most {
            let due = self.waiting.iter().enumerate().filter(|(_, message)| message.at <= now);
            let Some((at, first)) = due.min_by_key(|(_, message)| message.at) else { break };
            let is_alone = first.barred.is_some();
            if is_alone && !taken.is_empty() {
                break;
            }
            taken.push(self.waiting.remove(at));
            if is_alone {
                break;
            }
        }
        taken
    }
}

/// A batch of one, as Lambda hands it over.
pub fn batch(message: &Message) -> String {
    let record = json!({
        "messageId": "model", "body": message.body, "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:live"),
        "attributes": {"ApproximateReceiveCount": (message.received + 1).to_string()},
    });
    json!({"Records": [record]}).to_string()
}

/// Whether the batch's message failed.
pub fn has_failed(answer: &Value) -> bool {
    answer["batchItemFailures"].as_array().is_none_or(|failures| !failures.is_empty())
}
