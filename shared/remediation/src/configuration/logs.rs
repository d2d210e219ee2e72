//! Where logs go, and how long they are kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is configured about logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Logs {
    /// Days that objects of a bucket of logs are kept at least.
    pub keep_days: u32,
    /// By region, the bucket that the access logs of that region's buckets go to. S3 delivers
    /// within one region and account.
    pub access: BTreeMap<String, String>,
}

/// As long as CloudTrail keeps its own history of events (AWS CloudTrail User Guide, "Working with
/// CloudTrail event history").
const KEEP_DAYS: u32 = 90;

impl Default for Logs {
    fn default() -> Self {
        Self { keep_days: KEEP_DAYS, access: BTreeMap::new() }
    }
}

impl Logs {
    pub(super) fn fault(&self) -> Option<String> {
        if self.keep_days == 0 || i32::try_from(self.keep_days).is_err() {
            return Some(format!("`keep_days` is {}: at least one day", self.keep_days));
        }
        let (region, bucket) = self.access.iter().find(|(_, bucket)| !is_bucket(bucket))?;
        Some(format!("`access` of {region} is `{bucket}`: give the name of a bucket"))
    }
}

/// Whether a text may be a bucket's name: no ARN, no address.
fn is_bucket(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (3..=63).contains(&text.len()) && text.bytes().all(is_plain)
}
