//! Whom a bucket serves in public now. Context only: nothing of it is ever written from here.
//!
//! Source: Amazon S3 API Reference, `GetBucketPolicyStatus`, `GetBucketAcl`, `GetBucketWebsite`.

use demarc_classification::kinds;
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Scope, SettingMeta},
    state::{State, StateError, fields, from_fields},
};

use super::{bucket_website::GET_BUCKET_WEBSITE, on_buckets};

/// `s3.bucket-exposure`.
pub static BUCKET_EXPOSURE: SettingMeta = SettingMeta {
    id: "s3.bucket-exposure",
    function: "s3",
    resource: kinds::BUCKET,
    scope: Scope::Resource,
    reads: &[
        Call {
            operation: "s3:GetBucketPolicyStatus",
            permissions: &[on_buckets("s3:GetBucketPolicyStatus")],
        },
        Call { operation: "s3:GetBucketAcl", permissions: &[on_buckets("s3:GetBucketAcl")] },
        GET_BUCKET_WEBSITE,
    ],
    lists: &[],
    closes: &[],
    reopens: &[],
    triggers: &[],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 0,
};

/// Whom a bucket serves in public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketExposure {
    /// S3 itself calls the bucket's policy public (`PolicyStatus.IsPublic`).
    pub policy_is_public: bool,
    /// The access control list grants something to everyone or to every AWS account.
    pub acl_is_public: bool,
    /// The bucket is configured as a website.
    pub website: bool,
}

impl BucketExposure {
    /// What serves the public, in words; empty where nothing does.
    #[must_use]
    pub fn served_by(&self) -> Vec<&'static str> {
        [
            (self.policy_is_public, "a public policy"),
            (self.acl_is_public, "a public access control list"),
            (self.website, "a website configuration"),
        ]
        .into_iter()
        .filter_map(|(serves, what)| serves.then_some(what))
        .collect()
    }
}

impl State for BucketExposure {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }
}
