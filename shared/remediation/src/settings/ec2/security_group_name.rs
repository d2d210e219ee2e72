//! What a security group is called. Context only: a group's name never changes.
//!
//! Source: Amazon EC2 API Reference, `SecurityGroup`; Amazon VPC User Guide, "Default security
//! groups for your VPCs".

use demarc_classification::kinds;
use serde::{Deserialize, Serialize};

use super::security_group_rules::DESCRIBE_GROUPS;
use crate::{
    element::Elements,
    setting::{Scope, SettingMeta},
    state::{State, StateError, fields, from_fields},
};

/// `ec2.security-group-name`.
pub static SECURITY_GROUP_NAME: SettingMeta = SettingMeta {
    id: "ec2.security-group-name",
    function: "ec2",
    resource: kinds::SECURITY_GROUP,
    scope: Scope::Resource,
    reads: DESCRIBE_GROUPS,
    lists: &[],
    closes: &[],
    reopens: &[],
    triggers: &[],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 0,
};

/// A security group's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityGroupName {
    /// `GroupName`.
    pub name: String,
}

impl SecurityGroupName {
    /// Whether it is a VPC's default group: EC2 gives no other group this name.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.name == "default"
    }
}

impl State for SecurityGroupName {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }
}
