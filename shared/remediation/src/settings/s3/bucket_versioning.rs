//! A bucket's versioning.
//!
//! Source: Amazon S3 API Reference, `VersioningConfiguration`.

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Scope, SettingMeta},
    state::{State, StateError, fields, from_fields},
};

use super::{CREATE_BUCKET, LISTS, changes, on_buckets};

/// `s3.bucket-versioning`.
pub static BUCKET_VERSIONING: SettingMeta = SettingMeta {
    id: "s3.bucket-versioning",
    function: "s3",
    resource: kinds::BUCKET,
    scope: Scope::Resource,
    reads: &[Call {
        operation: "s3:GetBucketVersioning",
        permissions: &[on_buckets("s3:GetBucketVersioning")],
    }],
    lists: LISTS,
    closes: &[Call {
        operation: "s3:PutBucketVersioning",
        permissions: &[on_buckets("s3:PutBucketVersioning")],
    }],
    reopens: &[],
    triggers: &[changes("PutBucketVersioning"), CREATE_BUCKET],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 0,
};

/// Whether versions are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Every overwritten or deleted object stays as a version.
    Enabled,
    /// Versions that are there stay, new ones are not made.
    Suspended,
}

/// Whether deleting a version takes the root user's MFA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MfaDelete {
    /// It does, and so does any change of the bucket's versioning.
    Enabled,
    /// It does not.
    Disabled,
}

/// A bucket's versioning; without a status it has never been switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Versioning {
    /// `Status`.
    #[serde(rename = "Status")]
    pub status: Option<Status>,
    /// `MFADelete`.
    #[serde(rename = "MFADelete")]
    pub mfa_delete: Option<MfaDelete>,
}

impl State for Versioning {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    /// "Once you version-enable a bucket, it can never return to an unversioned state" (Amazon S3
    /// User Guide, "How S3 Versioning works"): it is suspended instead.
    fn reach(&self, wanted: Self) -> Self {
        let status = wanted.status.or(self.status.map(|_| Status::Suspended));
        Self { status, ..wanted }
    }

    fn shows(&self, change: &Change) -> bool {
        let said =
            change.text(&["requestParameters", "VersioningConfiguration", "Status"]).unwrap_or("");
        match said {
            "Enabled" => self.status == Some(Status::Enabled),
            "Suspended" => self.status == Some(Status::Suspended),
            _ => true,
        }
    }
}
