//! Where the traffic of a network interface is copied to, as a set of sessions.
//!
//! Source: Amazon EC2 API Reference, `TrafficMirrorSession`, `TrafficMirrorTarget` and
//! `CreateTrafficMirrorSession`.

use std::collections::BTreeMap;

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    element::Elements,
    setting::{Call, Effect, Scope, SettingMeta, Trigger, allow},
    state::{State, StateError},
};

const SESSIONS: &str = "arn:${Partition}:ec2:${Region}:${Account}:traffic-mirror-session/*";
const FILTERS: &str = "arn:${Partition}:ec2:${Region}:${Account}:traffic-mirror-filter/*";
const INTERFACES: &str = "arn:${Partition}:ec2:${Region}:${Account}:network-interface/*";
/// A target may be another account's, who shares it.
const TARGETS: &str = "arn:${Partition}:ec2:${Region}:*:traffic-mirror-target/*";

const DESCRIBE_SESSIONS: Call = Call {
    operation: "ec2:DescribeTrafficMirrorSessions",
    permissions: &[allow("ec2:DescribeTrafficMirrorSessions", "*")],
};

/// `ec2.traffic-mirror-sessions`.
pub static TRAFFIC_MIRROR_SESSIONS: SettingMeta = SettingMeta {
    id: "ec2.traffic-mirror-sessions",
    function: "ec2",
    resource: kinds::NETWORK_INTERFACE,
    scope: Scope::Resource,
    reads: &[
        DESCRIBE_SESSIONS,
        Call {
            operation: "ec2:DescribeTrafficMirrorTargets",
            permissions: &[allow("ec2:DescribeTrafficMirrorTargets", "*")],
        },
    ],
    lists: &[DESCRIBE_SESSIONS],
    closes: &[Call {
        operation: "ec2:DeleteTrafficMirrorSession",
        permissions: &[allow("ec2:DeleteTrafficMirrorSession", SESSIONS)],
    }],
    reopens: &[Call {
        operation: "ec2:CreateTrafficMirrorSession",
        permissions: &[
            allow("ec2:CreateTrafficMirrorSession", SESSIONS),
            allow("ec2:CreateTrafficMirrorSession", FILTERS),
            allow("ec2:CreateTrafficMirrorSession", INTERFACES),
            allow("ec2:CreateTrafficMirrorSession", TARGETS),
        ],
    }],
    // EC2's newer calls are recorded with the request and the answer under names of their own.
    triggers: &[
        about(
            "CreateTrafficMirrorSession",
            &[
                &["requestParameters", "CreateTrafficMirrorSessionRequest", "NetworkInterfaceId"],
                &["requestParameters", "networkInterfaceId"],
            ],
        ),
        about(
            "ModifyTrafficMirrorSession",
            &[
                &[
                    "responseElements",
                    "ModifyTrafficMirrorSessionResponse",
                    "trafficMirrorSession",
                    "networkInterfaceId",
                ],
                &["responseElements", "trafficMirrorSession", "networkInterfaceId"],
            ],
        ),
        Trigger {
            source: "ec2.amazonaws.com",
            event: "DeleteTrafficMirrorSession",
            names: &[
                &[
                    "requestParameters",
                    "DeleteTrafficMirrorSessionRequest",
                    "TrafficMirrorSessionId",
                ],
                &["requestParameters", "trafficMirrorSessionId"],
            ],
            effect: Effect::DeletesMember(kinds::TRAFFIC_MIRROR_SESSION),
        },
    ],
    undone_after: &[],
    baseline: true,
    applies_within_seconds: 0,
};

const fn about(event: &'static str, names: &'static [&'static [&'static str]]) -> Trigger {
    Trigger { source: "ec2.amazonaws.com", event, names, effect: Effect::Changes }
}

/// One session. Its id and tags are not part of it: both are new when it is made again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// The id of the target that traffic is copied to.
    pub target: String,
    /// The account that owns the target, where EC2 tells.
    pub owner: Option<String>,
    /// The id of the filter that says which traffic.
    pub filter: String,
    /// Bytes of each packet; absent for all of them.
    pub packet_length: Option<i32>,
    /// The VXLAN id.
    pub virtual_network: Option<i32>,
    /// The description.
    pub description: Option<String>,
}

/// The sessions of a network interface by their numbers, of which each interface has each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sessions(pub BTreeMap<i32, Session>);

impl Sessions {
    /// What a session is told apart by.
    #[must_use]
    pub fn id(number: i32) -> String {
        format!("session {number}")
    }
}

impl State for Sessions {
    fn elements(&self) -> Elements {
        self.0.iter().map(|(number, session)| (Self::id(*number), json!(session))).collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        let mut state = Self::default();
        for element in elements.iter() {
            let number = element.id.strip_prefix("session ").and_then(|n| n.parse().ok());
            let unknown = || StateError::new(format!("`{}` is no session", element.id));
            let session = serde_json::from_value(element.value.clone());
            let session = session.map_err(|e| StateError::new(e.to_string()))?;
            state.0.insert(number.ok_or_else(unknown)?, session);
        }
        Ok(state)
    }

    fn shows(&self, change: &Change) -> bool {
        let request = "CreateTrafficMirrorSessionRequest";
        let said = change.texts(&["requestParameters", request, "TrafficMirrorTargetId"]);
        said.iter().all(|target| self.0.values().any(|session| session.target == *target))
    }
}
