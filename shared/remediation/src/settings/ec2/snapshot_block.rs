//! Whether a region lets snapshots be shared with everybody.
//!
//! Source: Amazon EC2 API Reference, `GetSnapshotBlockPublicAccessState` and `EnableSnapshotBlockPublicAccess`.

use crate::setting::{Call, SettingMeta, allow};

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
