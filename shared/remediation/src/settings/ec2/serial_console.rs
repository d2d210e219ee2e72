//! Whether the serial consoles of a region's instances can be reached.
//!
//! Source: Amazon EC2 API Reference, `GetSerialConsoleAccessStatus`, `DisableSerialConsoleAccess`.

use demarc_classification::Change;
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, SettingMeta, allow},
    state::{State, StateError, fields, from_fields},
};

use super::{of_region, region};

/// `ec2.serial-console`.
pub static SERIAL_CONSOLE: SettingMeta = region(
    "ec2.serial-console",
    &[Call {
        operation: "ec2:GetSerialConsoleAccessStatus",
        permissions: &[allow("ec2:GetSerialConsoleAccessStatus", "*")],
    }],
    &[Call {
        operation: "ec2:DisableSerialConsoleAccess",
        permissions: &[allow("ec2:DisableSerialConsoleAccess", "*")],
    }],
    &[Call {
        operation: "ec2:EnableSerialConsoleAccess",
        permissions: &[allow("ec2:EnableSerialConsoleAccess", "*")],
    }],
    &[of_region("EnableSerialConsoleAccess"), of_region("DisableSerialConsoleAccess")],
);

/// Access to serial consoles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SerialConsole {
    /// `SerialConsoleAccessEnabled`.
    pub access: bool,
    /// Whether the organization's declarative policy sets it: then the account cannot.
    pub managed_by_policy: bool,
}

impl State for SerialConsole {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        self.access == change.name.starts_with("Enable")
    }
}
