//! What a region lets be shared with everybody: of its snapshots, and of its images.
//!
//! Source: Amazon EC2 API Reference, `GetSnapshotBlockPublicAccessState`,
//! `GetImageBlockPublicAccessState` and the calls that enable and disable.

use demarc_classification::Change;
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, SettingMeta, allow},
    state::{State, StateError, fields, from_fields},
};

use super::{of_region, region};

/// `ec2.snapshot-block`.
pub static SNAPSHOT_BLOCK: SettingMeta = region(
    "ec2.snapshot-block",
    &[Call {
        operation: "ec2:GetSnapshotBlockPublicAccessState",
        permissions: &[allow("ec2:GetSnapshotBlockPublicAccessState", "*")],
    }],
    &[Call {
        operation: "ec2:EnableSnapshotBlockPublicAccess",
        permissions: &[allow("ec2:EnableSnapshotBlockPublicAccess", "*")],
    }],
    &[Call {
        operation: "ec2:DisableSnapshotBlockPublicAccess",
        permissions: &[allow("ec2:DisableSnapshotBlockPublicAccess", "*")],
    }],
    &[of_region("DisableSnapshotBlockPublicAccess"), of_region("EnableSnapshotBlockPublicAccess")],
);

/// `ec2.image-block`.
///
/// A change takes up to ten minutes, in which the former state is told.
pub static IMAGE_BLOCK: SettingMeta = SettingMeta { applies_within_seconds: 600, ..IMAGES };

const IMAGES: SettingMeta = region(
    "ec2.image-block",
    &[Call {
        operation: "ec2:GetImageBlockPublicAccessState",
        permissions: &[allow("ec2:GetImageBlockPublicAccessState", "*")],
    }],
    &[Call {
        operation: "ec2:EnableImageBlockPublicAccess",
        permissions: &[allow("ec2:EnableImageBlockPublicAccess", "*")],
    }],
    &[Call {
        operation: "ec2:DisableImageBlockPublicAccess",
        permissions: &[allow("ec2:DisableImageBlockPublicAccess", "*")],
    }],
    &[of_region("DisableImageBlockPublicAccess"), of_region("EnableImageBlockPublicAccess")],
);

/// What a region lets be shared with everybody, of snapshots or of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sharing {
    /// Whatever its owner says.
    Unblocked,
    /// What is public stays public; nothing more becomes so.
    BlockNewSharing,
    /// Nothing, whatever its owner has said.
    BlockAllSharing,
}

/// A region's block of public sharing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharingBlock {
    /// What may be shared.
    pub state: Sharing,
    /// Whether the organization's declarative policy sets it: then the account cannot.
    pub managed_by_policy: bool,
}

impl State for SharingBlock {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        (self.state == Sharing::Unblocked) == change.name.starts_with("Disable")
    }
}
