//! How a bucket encrypts new objects that do not say.
//!
//! Source: Amazon S3 API Reference, `ServerSideEncryptionRule`.

use demarc_classification::{Change, kinds, parse_arn};
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Scope, SettingMeta},
    state::{State, StateError, fields, from_fields},
};

use super::{CREATE_BUCKET, LISTS, changes, on_buckets};

/// `s3.bucket-encryption`.
pub static BUCKET_ENCRYPTION: SettingMeta = SettingMeta {
    id: "s3.bucket-encryption",
    function: "s3",
    resource: kinds::BUCKET,
    scope: Scope::Resource,
    reads: &[Call {
        operation: "s3:GetBucketEncryption",
        permissions: &[on_buckets("s3:GetEncryptionConfiguration")],
    }],
    lists: LISTS,
    closes: &[Call {
        operation: "s3:PutBucketEncryption",
        permissions: &[on_buckets("s3:PutEncryptionConfiguration")],
    }],
    reopens: &[],
    triggers: &[changes("PutBucketEncryption"), changes("DeleteBucketEncryption"), CREATE_BUCKET],
    undone_after: &[],
    baseline: true,
    applies_within_seconds: 0,
};

/// The default encryption. S3 encrypts with keys of its own where nothing is configured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Encryption {
    /// `SSEAlgorithm`: `AES256`, `aws:kms`, `aws:kms:dsse`.
    #[serde(rename = "SSEAlgorithm")]
    pub algorithm: Option<String>,
    /// `KMSMasterKeyID`: an ARN, an id or an alias; the key that AWS manages where there is none.
    #[serde(rename = "KMSMasterKeyID")]
    pub key: Option<String>,
    /// `BucketKeyEnabled`: fewer calls of KMS.
    #[serde(rename = "BucketKeyEnabled")]
    pub bucket_key: Option<bool>,
    /// Ways of encryption that are refused (`BlockedEncryptionTypes`).
    #[serde(rename = "BlockedEncryptionTypes")]
    pub blocked: Option<Vec<String>>,
}

/// How good a way of encryption is, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// S3's own keys.
    OfS3,
    /// A key in KMS that AWS manages.
    OfAws,
    /// A key in KMS that a customer manages.
    OfCustomer,
}

impl Encryption {
    /// How good it is.
    #[must_use]
    pub fn strength(&self) -> Strength {
        let is_kms = self.algorithm.as_ref().is_some_and(|name| name.starts_with("aws:kms"));
        match (is_kms, &self.key) {
            (false, _) => Strength::OfS3,
            (true, None) => Strength::OfAws,
            (true, Some(key)) if key.ends_with("alias/aws/s3") => Strength::OfAws,
            (true, Some(_)) => Strength::OfCustomer,
        }
    }

    /// The account of the key, where the key is told by its ARN.
    #[must_use]
    pub fn account_of_key(&self) -> Option<&str> {
        self.key.as_deref().and_then(parse_arn).map(|arn| arn.account)
    }
}

impl State for Encryption {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        if change.name == "DeleteBucketEncryption" {
            return self.strength() == Strength::OfS3;
        }
        let said = |member: &str| {
            change.texts(&[
                "requestParameters",
                "ServerSideEncryptionConfiguration",
                "Rule",
                "ApplyServerSideEncryptionByDefault",
                member,
            ])
        };
        said("SSEAlgorithm").iter().all(|said| self.algorithm.as_ref() == Some(said))
            && said("KMSMasterKeyID").iter().all(|said| self.key.as_ref() == Some(said))
    }
}
