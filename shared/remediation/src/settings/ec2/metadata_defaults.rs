//! What a region says of the instance metadata of new instances.
//!
//! Source: Amazon EC2 API Reference, `ModifyInstanceMetadataDefaults`,
//! `InstanceMetadataDefaultsResponse`.

use demarc_classification::Change;
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, SettingMeta, allow},
    state::{State, StateError, fields, from_fields},
};

use super::{of_region, region};

/// `ec2.metadata-defaults`.
pub static METADATA_DEFAULTS: SettingMeta = region(
    "ec2.metadata-defaults",
    &[Call {
        operation: "ec2:GetInstanceMetadataDefaults",
        permissions: &[allow("ec2:GetInstanceMetadataDefaults", "*")],
    }],
    &[Call {
        operation: "ec2:ModifyInstanceMetadataDefaults",
        permissions: &[allow("ec2:ModifyInstanceMetadataDefaults", "*")],
    }],
    &[],
    &[of_region("ModifyInstanceMetadataDefaults")],
);

/// Whether the metadata service takes requests without a session's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tokens {
    /// It does: version 1 of the service.
    Optional,
    /// It does not: version 2 only.
    Required,
}

/// The defaults. Hop limit, endpoint and tags are no part of it, and stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetadataDefaults {
    /// `HttpTokens`; without it the image decides.
    pub http_tokens: Option<Tokens>,
    /// Whether the organization's declarative policy sets them: then the account cannot.
    pub managed_by_policy: bool,
}

impl State for MetadataDefaults {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        let path = ["requestParameters", "ModifyInstanceMetadataDefaultsRequest", "HttpTokens"];
        let nested = change.texts(&path);
        let flat = change.texts(&["requestParameters", "httpTokens"]);
        match nested.first().or(flat.first()).map(String::as_str) {
            Some("required") => self.http_tokens == Some(Tokens::Required),
            Some("optional") => self.http_tokens == Some(Tokens::Optional),
            Some("no-preference") => self.http_tokens.is_none(),
            _ => true,
        }
    }
}
