//! Whether new EBS volumes of a region are encrypted where nobody says otherwise.
//!
//! Source: Amazon EC2 API Reference, `GetEbsEncryptionByDefault`, `EnableEbsEncryptionByDefault`.

use demarc_classification::Change;
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, SettingMeta, allow},
    state::{State, StateError, fields, from_fields},
};

use super::{of_region, region};

/// `ec2.ebs-encryption`.
pub static EBS_ENCRYPTION: SettingMeta = region(
    "ec2.ebs-encryption",
    &[Call {
        operation: "ec2:GetEbsEncryptionByDefault",
        permissions: &[allow("ec2:GetEbsEncryptionByDefault", "*")],
    }],
    &[Call {
        operation: "ec2:EnableEbsEncryptionByDefault",
        permissions: &[allow("ec2:EnableEbsEncryptionByDefault", "*")],
    }],
    &[Call {
        operation: "ec2:DisableEbsEncryptionByDefault",
        permissions: &[allow("ec2:DisableEbsEncryptionByDefault", "*")],
    }],
    &[of_region("DisableEbsEncryptionByDefault"), of_region("EnableEbsEncryptionByDefault")],
);

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
