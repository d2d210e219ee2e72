//! Whether new EBS volumes of a region are encrypted where nobody says otherwise.
//!
//! Source: Amazon EC2 API Reference, `GetEbsEncryptionByDefault`, `EnableEbsEncryptionByDefault`.

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Scope, SettingMeta, allow},
    state::{State, StateError, fields, from_fields},
};

use super::of_region;

/// `ec2.ebs-encryption`.
pub static EBS_ENCRYPTION: SettingMeta = SettingMeta {
    id: "ec2.ebs-encryption",
    function: "ec2",
    resource: kinds::ACCOUNT,
    scope: Scope::Region,
    reads: &[Call {
        operation: "ec2:GetEbsEncryptionByDefault",
        permissions: &[allow("ec2:GetEbsEncryptionByDefault", "*")],
    }],
    lists: &[],
    closes: &[Call {
        operation: "ec2:EnableEbsEncryptionByDefault",
        permissions: &[allow("ec2:EnableEbsEncryptionByDefault", "*")],
    }],
    reopens: &[Call {
        operation: "ec2:DisableEbsEncryptionByDefault",
        permissions: &[allow("ec2:DisableEbsEncryptionByDefault", "*")],
    }],
    triggers: &[
        of_region("DisableEbsEncryptionByDefault"),
        of_region("EnableEbsEncryptionByDefault"),
    ],
    undone_after: &[],
    baseline: true,
    applies_within_seconds: 0,
};

/// What becomes of new volumes. The key is a setting of its own, and stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EbsEncryption {
    /// `EbsEncryptionByDefault`.
    pub by_default: bool,
}

impl State for EbsEncryption {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        self.by_default == change.name.starts_with("Enable")
    }
}
