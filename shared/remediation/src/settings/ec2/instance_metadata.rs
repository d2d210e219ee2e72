//! How an instance answers requests for its metadata.
//!
//! Source: Amazon EC2 API Reference, `InstanceMetadataOptionsResponse` and
//! `ModifyInstanceMetadataOptions`.

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Effect, Scope, SettingMeta, Trigger, allow},
    state::{State, StateError, fields, from_fields},
};

/// `ec2.instance-metadata`.
pub static INSTANCE_METADATA: SettingMeta = SettingMeta {
    id: "ec2.instance-metadata",
    function: "ec2",
    resource: kinds::INSTANCE,
    scope: Scope::Resource,
    reads: DESCRIBE,
    lists: DESCRIBE,
    closes: &[Call {
        operation: "ec2:ModifyInstanceMetadataOptions",
        permissions: &[allow(
            "ec2:ModifyInstanceMetadataOptions",
            "arn:${Partition}:ec2:${Region}:${Account}:instance/*",
        )],
    }],
    reopens: &[],
    triggers: &[
        Trigger {
            source: "ec2.amazonaws.com",
            event: "ModifyInstanceMetadataOptions",
            names: &[
                &["requestParameters", "ModifyInstanceMetadataOptionsRequest", "InstanceId"],
                &["requestParameters", "instanceId"],
            ],
            effect: Effect::Changes,
        },
        Trigger {
            source: "ec2.amazonaws.com",
            event: "RunInstances",
            names: &[&["responseElements", "instancesSet", "items", "instanceId"]],
            effect: Effect::Creates,
        },
    ],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 60,
};

const DESCRIBE: &[Call] = &[Call {
    operation: "ec2:DescribeInstances",
    permissions: &[allow("ec2:DescribeInstances", "*")],
}];

/// How an instance answers requests for its metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstanceMetadata {
    /// Whether it answers at all (`HttpEndpoint`).
    pub is_on: bool,
    /// `HttpTokens`: whether a request needs a session token, as version 2 gives it.
    pub requires_tokens: bool,
}

impl State for InstanceMetadata {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        let path = ["requestParameters", "ModifyInstanceMetadataOptionsRequest", "HttpTokens"];
        let said = change.texts(&path);
        said.first().is_none_or(|said| (said == "required") == self.requires_tokens)
    }
}
