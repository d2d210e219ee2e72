//! Events that are taken, and tell of no setting.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json::{account, str_of, text_or_empty};
use crate::resource::Resource;

/// An event that we recognise and that tells of no setting: a change of state, a notification of
/// S3, whatever another source than AWS sends.
///
/// It is no error, so it does not end in the dead-letter queue; [`classify`](crate::classify)
/// gives the reason. Every field may be empty.
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
    /// What the envelope names, as far as its type is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
    /// Whether only AWS can be the sender: a source that begins with `aws.`.
    pub genuine: bool,
}

impl Other {
    pub(crate) fn from_envelope(envelope: &Value) -> Self {
        let account = account(envelope, "account").unwrap_or_default();
        let region = text_or_empty(envelope, "region");
        let named = envelope.get("resources").and_then(Value::as_array).into_iter().flatten();
        let named = named.filter_map(Value::as_str);
        let source = text_or_empty(envelope, "source");
        Self {
            id: text_or_empty(envelope, "id"),
            detail_type: text_or_empty(envelope, "detail-type"),
            resources: named.filter_map(|arn| Resource::from_arn(arn, &account, &region)).collect(),
            genuine: source.is_empty() || source.starts_with("aws."),
            account,
            region,
            source,
        }
    }

    /// A body without envelope that can be told by its own fields.
    pub(crate) fn from_bare(body: &Value) -> Option<Self> {
        // Notifications of S3, SES and others call themselves `aws:s3`, `aws:ses`.
        let source = str_of(body, "eventSource").filter(|source| source.starts_with("aws:"))?;
        Some(Self {
            id: String::new(),
            source: source.to_owned(),
            detail_type: text_or_empty(body, "eventName"),
            account: String::new(),
            region: text_or_empty(body, "awsRegion"),
            resources: Vec::new(),
            genuine: true,
        })
    }

    /// CloudTrail's record of an unusual rate of calls.
    pub(crate) fn insight(record: &Value) -> Self {
        Self {
            id: text_or_empty(record, "eventID"),
            source: text_or_empty(record, "eventSource"),
            detail_type: "AWS Insight via CloudTrail".to_owned(),
            account: text_or_empty(record, "recipientAccountId"),
            region: text_or_empty(record, "awsRegion"),
            resources: Vec::new(),
            genuine: true,
        }
    }
}
