//! Whether AWS's services write logs to a bucket, as told by its policy.

use serde_json::Value;

use super::{Document, like, strings};

/// Services that deliver logs to buckets, and what they deliver.
///
/// Sources: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail"; AWS Config
/// Developer Guide, "Permissions for the Amazon S3 Bucket"; Amazon CloudWatch Logs User Guide,
/// "Enable logging from AWS services"; Amazon S3 User Guide, "Enabling Amazon S3 server access
/// logging"; Elastic Load Balancing, "Access logs for your Application Load Balancer".
const SERVICES: [(&str, &str); 5] = [
    ("cloudtrail.amazonaws.com", "CloudTrail's events"),
    ("config.amazonaws.com", "the history of AWS Config"),
    ("delivery.logs.amazonaws.com", "logs of AWS services"),
    ("logging.s3.amazonaws.com", "access logs of S3"),
    ("logdelivery.elasticloadbalancing.amazonaws.com", "access logs of load balancers"),
];

/// What is delivered to the bucket of this policy, where anything is.
#[must_use]
pub fn delivered(policy: &Document) -> Option<&'static str> {
    policy.statements().find_map(|statement| {
        let services = statement.get("Principal")?.get("Service").and_then(strings)?;
        let (_, what) = SERVICES.iter().find(|(service, _)| services.contains(service))?;
        let actions = statement.get("Action").and_then(strings)?;
        let writes = actions.iter().any(|action| like(action, "s3:PutObject"));
        let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
        (allows && writes).then_some(*what)
    })
}
