//! Whether a transit gateway accepts attachments of other accounts unasked.
//!
//! Source: Amazon EC2 API Reference, `TransitGatewayOptions` and `ModifyTransitGateway`.

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Effect, Scope, SettingMeta, Trigger, allow},
    state::{State, StateError, fields, from_fields},
};

/// `ec2.transit-gateway-acceptance`.
pub static TRANSIT_GATEWAY_ACCEPTANCE: SettingMeta = SettingMeta {
    id: "ec2.transit-gateway-acceptance",
    function: "ec2",
    resource: kinds::TRANSIT_GATEWAY,
    scope: Scope::Resource,
    reads: DESCRIBE,
    lists: DESCRIBE,
    closes: &[Call {
        operation: "ec2:ModifyTransitGateway",
        permissions: &[allow(
            "ec2:ModifyTransitGateway",
            "arn:${Partition}:ec2:${Region}:${Account}:transit-gateway/*",
        )],
    }],
    reopens: &[],
    triggers: &[
        Trigger {
            source: "ec2.amazonaws.com",
            event: "ModifyTransitGateway",
            names: &[
                &["requestParameters", "ModifyTransitGatewayRequest", "TransitGatewayId"],
                &["requestParameters", "transitGatewayId"],
            ],
            effect: Effect::Changes,
        },
        Trigger {
            source: "ec2.amazonaws.com",
            event: "CreateTransitGateway",
            names: &[
                &[
                    "responseElements",
                    "CreateTransitGatewayResponse",
                    "transitGateway",
                    "transitGatewayId",
                ],
                &["responseElements", "transitGateway", "transitGatewayId"],
            ],
            effect: Effect::Creates,
        },
    ],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 600,
};

const DESCRIBE: &[Call] = &[Call {
    operation: "ec2:DescribeTransitGateways",
    permissions: &[allow("ec2:DescribeTransitGateways", "*")],
}];

/// What a transit gateway does with requests for attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitGatewayAcceptance {
    /// `AutoAcceptSharedAttachments`.
    pub accepts_unasked: bool,
}

impl State for TransitGatewayAcceptance {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        let said = change.texts(&[
            "requestParameters",
            "ModifyTransitGatewayRequest",
            "Options",
            "AutoAcceptSharedAttachments",
        ]);
        said.first().is_none_or(|said| (said == "enable") == self.accepts_unasked)
    }
}
