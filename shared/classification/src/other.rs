//! Events that are taken and not read yet.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json::{account, str_of, text_or_empty};
use crate::resource::parse_arn;

/// An event that we recognise and do not read yet: an EventBridge envelope of
/// another source, an AWS Config rule invocation, an S3 notification.
///
/// It is no error, so it does not end in the dead-letter queue; [`classify`](crate::classify)
/// calls it undetermined and gives the reason. Every field may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    /// The envelope's id.
    pub id: String,
    /// Where it comes from, `aws.guardduty`.
    pub source: String,
    /// What it is, `GuardDuty Finding`.
    pub detail_type: String,
    /// The envelope's account.
    pub account: String,
    /// The envelope's region.
    pub region: String,
}

impl Other {
    pub(crate) fn from_envelope(envelope: &Value) -> Self {
        Self {
            id: text_or_empty(envelope, "id"),
            source: text_or_empty(envelope, "source"),
            detail_type: text_or_empty(envelope, "detail-type"),
            account: account(envelope, "account").unwrap_or_default(),
            region: text_or_empty(envelope, "region"),
        }
    }

    /// A body without envelope that can be told by its own fields.
    pub(crate) fn from_bare(body: &Value) -> Option<Self> {
        if body.get("invokingEvent").is_some() {
            return Some(Self::config_rule(body));
        }
        // Notifications of S3, SES and others call themselves `aws:s3`, `aws:ses`.
        let source = str_of(body, "eventSource").filter(|source| source.starts_with("aws:"))?;
        Some(Self {
            id: String::new(),
            source: source.to_owned(),
            detail_type: text_or_empty(body, "eventName"),
            account: String::new(),
            region: text_or_empty(body, "awsRegion"),
        })
    }

    fn config_rule(body: &Value) -> Self {
        let region = str_of(body, "configRuleArn").and_then(parse_arn).map(|arn| arn.region);
        Self {
            id: text_or_empty(body, "configRuleId"),
            source: "aws.config".to_owned(),
            detail_type: "Config Rule Invocation".to_owned(),
            account: account(body, "accountId").unwrap_or_default(),
            region: region.unwrap_or_default().to_owned(),
        }
    }
}
