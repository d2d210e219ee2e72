//! Whether a region lets images be shared with everybody.
//!
//! Source: Amazon EC2 API Reference, `GetImageBlockPublicAccessState` and `EnableImageBlockPublicAccess`.

use crate::setting::{Call, SettingMeta, allow};

use super::{of_region, region};

/// `ec2.image-block`.
///
/// A change takes up to ten minutes, in which the former state is told.
pub static IMAGE_BLOCK: SettingMeta = SettingMeta { applies_within_seconds: 600, ..BLOCK };

const BLOCK: SettingMeta = region(
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
