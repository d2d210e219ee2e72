//! The public access block, of a bucket and of the account: one form, two settings.
//!
//! Source: Amazon S3 API Reference, `PublicAccessBlockConfiguration`.

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Effect, Scope, SettingMeta, Trigger, allow},
    state::{State, StateError, fields, from_fields},
};

use super::{CREATE_BUCKET, LISTS, changes, on_buckets};

/// The block of one bucket: `s3.bucket-public-access-block`.
pub static OF_BUCKET: SettingMeta = SettingMeta {
    id: "s3.bucket-public-access-block",
    function: "s3",
    resource: kinds::BUCKET,
    scope: Scope::Resource,
    reads: &[Call {
        operation: "s3:GetPublicAccessBlock",
        permissions: &[on_buckets("s3:GetBucketPublicAccessBlock")],
    }],
    lists: LISTS,
    closes: &[Call {
        operation: "s3:PutPublicAccessBlock",
        permissions: &[on_buckets("s3:PutBucketPublicAccessBlock")],
    }],
    // IAM has one action for both: the remediator's role could delete a block, its code does not.
    reopens: &[Call {
        operation: "s3:DeletePublicAccessBlock",
        permissions: &[on_buckets("s3:PutBucketPublicAccessBlock")],
    }],
    triggers: &[
        changes("PutBucketPublicAccessBlock"),
        changes("DeleteBucketPublicAccessBlock"),
        CREATE_BUCKET,
    ],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 0,
};

/// The block of the whole account: `s3.account-public-access-block`.
pub static OF_ACCOUNT: SettingMeta = SettingMeta {
    id: "s3.account-public-access-block",
    function: "s3",
    resource: kinds::ACCOUNT,
    scope: Scope::Account,
    reads: &[Call {
        operation: "s3control:GetPublicAccessBlock",
        permissions: &[allow("s3:GetAccountPublicAccessBlock", "*")],
    }],
    lists: &[],
    closes: &[Call {
        operation: "s3control:PutPublicAccessBlock",
        permissions: &[allow("s3:PutAccountPublicAccessBlock", "*")],
    }],
    reopens: &[Call {
        operation: "s3control:DeletePublicAccessBlock",
        permissions: &[allow("s3:PutAccountPublicAccessBlock", "*")],
    }],
    triggers: &[
        account_event("PutAccountPublicAccessBlock"),
        account_event("DeleteAccountPublicAccessBlock"),
    ],
    undone_after: &[],
    baseline: true,
    applies_within_seconds: 0,
};

const fn account_event(event: &'static str) -> Trigger {
    Trigger { source: "s3.amazonaws.com", event, names: &[], effect: Effect::Changes }
}

/// The four flags; a block that does not exist has none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct PublicAccessBlock {
    /// New public access control lists are refused.
    pub block_public_acls: Option<bool>,
    /// Public access control lists have no effect.
    pub ignore_public_acls: Option<bool>,
    /// New public policies are refused.
    pub block_public_policy: Option<bool>,
    /// A public policy lets in nobody outside the account but AWS services.
    pub restrict_public_buckets: Option<bool>,
}

impl PublicAccessBlock {
    /// All four flags on.
    pub const FULL: Self = Self {
        block_public_acls: Some(true),
        ignore_public_acls: Some(true),
        block_public_policy: Some(true),
        restrict_public_buckets: Some(true),
    };

    fn flags(&self) -> [(&'static str, Option<bool>); 4] {
        [
            ("BlockPublicAcls", self.block_public_acls),
            ("IgnorePublicAcls", self.ignore_public_acls),
            ("BlockPublicPolicy", self.block_public_policy),
            ("RestrictPublicBuckets", self.restrict_public_buckets),
        ]
    }

    /// Whether all four flags are on.
    #[must_use]
    pub fn is_full(&self) -> bool {
        *self == Self::FULL
    }

    /// The names of the flags that are not on.
    #[must_use]
    pub fn off(&self) -> Vec<&'static str> {
        self.flags().into_iter().filter(|(_, on)| *on != Some(true)).map(|(n, _)| n).collect()
    }

    /// The block that is effective where this one and another apply: S3 takes the most restrictive
    /// combination of the account's and the bucket's flags.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let either = |a: Option<bool>, b: Option<bool>| match (a, b) {
            (Some(a), Some(b)) => Some(a || b),
            (a, b) => a.or(b),
        };
        Self {
            block_public_acls: either(self.block_public_acls, other.block_public_acls),
            ignore_public_acls: either(self.ignore_public_acls, other.ignore_public_acls),
            block_public_policy: either(self.block_public_policy, other.block_public_policy),
            restrict_public_buckets: either(
                self.restrict_public_buckets,
                other.restrict_public_buckets,
            ),
        }
    }
}

impl State for PublicAccessBlock {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        if change.name.starts_with("Delete") {
            return *self == Self::default();
        }
        let said = |flag: &str| {
            change.texts(&["requestParameters", "PublicAccessBlockConfiguration", flag])
        };
        self.flags().into_iter().all(|(flag, on)| match said(flag).first() {
            Some(text) => on == Some(text.eq_ignore_ascii_case("true")),
            None => true,
        })
    }
}
