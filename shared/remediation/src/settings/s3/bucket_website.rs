//! Whether a bucket is a website. Context only: nothing of it is ever written from here.
//!
//! Source: Amazon S3 API Reference, `GetBucketWebsite`.

use demarc_classification::kinds;
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Scope, SettingMeta},
    state::{State, StateError, fields, from_fields},
    verdict::Evidence,
};

use super::on_buckets;

/// The call that tells.
pub(super) const GET_BUCKET_WEBSITE: Call =
    Call { operation: "s3:GetBucketWebsite", permissions: &[on_buckets("s3:GetBucketWebsite")] };

/// `s3.bucket-website`.
pub static BUCKET_WEBSITE: SettingMeta = SettingMeta {
    id: "s3.bucket-website",
    function: "s3",
    resource: kinds::BUCKET,
    scope: Scope::Resource,
    reads: &[GET_BUCKET_WEBSITE],
    lists: &[],
    closes: &[],
    reopens: &[],
    triggers: &[],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 0,
};

/// Whether a bucket is a website.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketWebsite {
    /// It has a website configuration.
    pub configured: bool,
}

impl State for BucketWebsite {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }
}

/// What a website configuration tells of a bucket's use. A bucket without one may serve the public
/// all the same.
#[must_use]
pub fn of_website(configured: bool) -> Evidence {
    if configured {
        Evidence::Used("the bucket has a website configuration".to_owned())
    } else {
        Evidence::NoneAvailable
    }
}
