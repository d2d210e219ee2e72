//! Faults that the proxy injects, and the replies of AWS that they imitate.

use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;

use super::Error;

/// What happens to some of the requests of one operation.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The operation, as `s3:PutBucketPolicy`; `s3:*` is every operation of the service.
    pub operation: String,
    /// How many matching requests pass first.
    pub skip: usize,
    /// How many requests are hit after those.
    pub times: usize,
    /// What happens to them.
    pub effect: Effect,
}

impl Fault {
    /// Hits the next request of the operation.
    pub fn once(operation: impl Into<String>, effect: Effect) -> Self {
        Self { operation: operation.into(), skip: 0, times: 1, effect }
    }

    /// Hits every request of the operation.
    pub fn always(operation: impl Into<String>, effect: Effect) -> Self {
        Self { times: usize::MAX, ..Self::once(operation, effect) }
    }

    /// Lets some requests pass before the first that is hit.
    #[must_use]
    pub fn after(self, skip: usize) -> Self {
        Self { skip, ..self }
    }

    pub(crate) fn covers(&self, operation: &str) -> bool {
        match self.operation.strip_suffix('*') {
            Some(prefix) => operation.starts_with(prefix),
            None => self.operation == operation,
        }
    }

    /// Counts one matching request, and says whether it is hit.
    pub(crate) fn hits(&mut self) -> bool {
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        if self.times == 0 {
            return false;
        }
        self.times = self.times.saturating_sub(1);
        true
    }
}

/// What happens to a request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Effect {
    /// It is answered by the proxy and never reaches the service.
    Reply {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: String,
        /// The content type.
        content_type: String,
    },
    /// It is answered as S3 does for a bucket of another region; it never reaches the service.
    Redirect {
        /// The region that `x-amz-bucket-region` names.
        bucket_region: String,
    },
    /// The connection is closed without a reply, and the service never sees the request.
    Close,
    /// The service does it, and then the connection is closed: the caller does not know.
    CloseAfter,
    /// It is forwarded later.
    Delay(Duration),
    /// It is answered with 200 and a body that no parser takes; the service never sees it.
    Garble,
    /// It waits at the gate, then goes to the service.
    HoldBefore(Gate),
    /// The service does it, then the reply waits at the gate.
    HoldAfter(Gate),
}

impl Effect {
    /// An error in the shape of the operation's protocol.
    #[must_use]
    pub fn error(operation: &str, status: u16, code: &str, message: &str) -> Self {
        let service = operation.split(':').next().unwrap_or_default();
        let (code_xml, message_xml) = (escape(code), escape(message));
        let error = format!("<Code>{code_xml}</Code><Message>{message_xml}</Message>");
        let id = "<RequestId>DEMARC0000000000</RequestId>";
        let (body, content_type) = match service {
            // The reply to HEAD has no body, so neither code nor message.
            "s3" if operation.starts_with("s3:Head") => (String::new(), "application/xml"),
            "s3" => (format!("{XML}<Error>{error}{id}</Error>"), "application/xml"),
            "s3control" => (
                format!("{XML}<ErrorResponse><Error>{error}</Error>{id}</ErrorResponse>"),
                "text/xml",
            ),
            "ec2" => (
                format!(
                    "{XML}<Response><Errors><Error>{error}</Error></Errors><RequestID>demarc</RequestID></Response>"
                ),
                "text/xml;charset=UTF-8",
            ),
            "rolesanywhere" => {
                (json!({"__type": code, "message": message}).to_string(), "application/json")
            }
            "dynamodb" | "dynamodbstreams" | "sqs" | "events" => (
                json!({"__type": format!("{}{code}", json_prefix(service)), "message": message})
                    .to_string(),
                "application/x-amz-json-1.0",
            ),
            // The query protocol: RDS, IAM, STS, SNS.
            _ => (
                format!(
                    "{XML}<ErrorResponse><Error><Type>Sender</Type>{error}</Error>{id}</ErrorResponse>"
                ),
                "text/xml",
            ),
        };
        Self::Reply { status, body, content_type: content_type.to_owned() }
    }

    /// A cancelled `TransactWriteItems`: one reason per item, in order, `None` where an item
    /// had no part in it.
    #[must_use]
    pub fn cancelled(reasons: &[&str]) -> Self {
        let details: Vec<_> = reasons
            .iter()
            .map(|code| match reason_message(code) {
                Some(message) => json!({"Code": code, "Message": message}),
                None => json!({"Code": code}),
            })
            .collect();
        let text = format!(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
            reasons.join(", ")
        );
        let body = json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "CancellationReasons": details,
            "Message": text,
        });
        Self::Reply {
            status: 400,
            body: body.to_string(),
            content_type: "application/x-amz-json-1.0".to_owned(),
        }
    }
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

fn json_prefix(service: &str) -> &'static str {
    match service {
        "dynamodb" | "dynamodbstreams" => "com.amazonaws.dynamodb.v20120810#",
        "sqs" => "com.amazonaws.sqs#",
        _ => "",
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn reason_message(code: &str) -> Option<&'static str> {
    Some(match code {
        "None" => return None,
        "ConditionalCheckFailed" => "The conditional request failed",
        "TransactionConflict" => "Transaction is ongoing for the item",
        "ItemCollectionSizeLimitExceeded" => "Collection size exceeded.",
        "ProvisionedThroughputExceeded" => {
            "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API."
        }
        "ThrottlingError" => {
            "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly."
        }
        "ValidationError" => {
            "The provided expression refers to an attribute that does not exist in the item"
        }
        _ => "Unknown reason",
    })
}

/// A gate that requests wait at, to force the order of a race.
#[derive(Clone, Debug)]
pub struct Gate {
    arrived: watch::Sender<usize>,
    open: watch::Sender<bool>,
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self { arrived: watch::Sender::new(0), open: watch::Sender::new(false) }
    }

    /// Waits until so many requests have come to the gate.
    ///
    /// # Errors
    ///
    /// When they have not come within the time.
    pub async fn reached(&self, count: usize, within: Duration) -> Result<(), Error> {
        let mut arrived = self.arrived.subscribe();
        tokio::time::timeout(within, arrived.wait_for(|now| *now >= count))
            .await
            .map(drop)
            .map_err(|_| Error::Timeout(format!("fewer than {count} requests came to the gate")))
    }

    /// Opens the gate for all requests, those to come too.
    pub fn release(&self) {
        self.open.send_replace(true);
    }

    pub(crate) async fn wait(&self) {
        self.arrived.send_modify(|count| *count += 1);
        // The sender lives in `self`, so waiting ends only with the release.
        let _ = self.open.subscribe().wait_for(|open| *open).await;
    }
}
