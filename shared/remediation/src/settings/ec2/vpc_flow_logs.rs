//! The flow logs of a VPC, as a set.
//!
//! Source: Amazon EC2 API Reference, `FlowLog` and `CreateFlowLogs`; Amazon VPC User Guide,
//! "Logging IP traffic using VPC Flow Logs".

use std::collections::BTreeMap;

use demarc_classification::{kinds, parse_arn};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    configuration::FlowLogs as Destination,
    element::Elements,
    setting::{Call, Effect, Permission, Scope, SettingMeta, Trigger, allow},
    state::{State, StateError},
};

const VPCS: &str = "arn:${Partition}:ec2:${Region}:${Account}:vpc/*";
const FLOW_LOGS: &str = "arn:${Partition}:ec2:${Region}:${Account}:vpc-flow-log/*";

const PASS_ROLE: Permission = Permission {
    action: "iam:PassRole",
    resource: "${FlowLogsRoleArn}",
    condition: Some(("StringEquals", "iam:PassedToService", "vpc-flow-logs.amazonaws.com")),
};

/// `ec2.vpc-flow-logs`.
pub static VPC_FLOW_LOGS: SettingMeta = SettingMeta {
    id: "ec2.vpc-flow-logs",
    function: "ec2",
    resource: kinds::VPC,
    scope: Scope::Resource,
    reads: &[Call {
        operation: "ec2:DescribeFlowLogs",
        permissions: &[allow("ec2:DescribeFlowLogs", "*")],
    }],
    lists: &[Call {
        operation: "ec2:DescribeVpcs",
        permissions: &[allow("ec2:DescribeVpcs", "*")],
    }],
    // Log delivery is what S3 as a destination needs (Amazon VPC User Guide, "Publish flow logs to
    // Amazon S3"); it has no narrower resource. Where a role may also write bucket policies, EC2
    // replaces the destination's policy with its own: this function's role may not.
    closes: &[Call {
        operation: "ec2:CreateFlowLogs",
        permissions: &[
            allow("ec2:CreateFlowLogs", VPCS),
            allow("ec2:CreateFlowLogs", FLOW_LOGS),
            PASS_ROLE,
            allow("logs:CreateLogDelivery", "*"),
            allow("logs:DeleteLogDelivery", "*"),
        ],
    }],
    reopens: &[Call {
        operation: "ec2:DeleteFlowLogs",
        permissions: &[
            allow("ec2:DeleteFlowLogs", FLOW_LOGS),
            allow("logs:DeleteLogDelivery", "*"),
        ],
    }],
    triggers: &[
        Trigger {
            source: "ec2.amazonaws.com",
            event: "DeleteFlowLogs",
            names: &[&["requestParameters", "DeleteFlowLogsRequest", "FlowLogId"]],
            effect: Effect::DeletesMember(kinds::FLOW_LOG),
        },
        created("CreateVpc"),
        created("CreateDefaultVpc"),
    ],
    undone_after: &[],
    baseline: true,
    applies_within_seconds: 0,
};

const fn created(event: &'static str) -> Trigger {
    Trigger {
        source: "ec2.amazonaws.com",
        event,
        names: &[&["responseElements", "vpc", "vpcId"]],
        effect: Effect::Creates,
    }
}

/// One active flow log. Its id and tags are not part of it: both are new when it is made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowLog {
    /// `ALL`, `ACCEPT` or `REJECT`.
    pub traffic: String,
    /// `cloud-watch-logs`, `s3` or `kinesis-data-firehose`.
    pub destination_type: String,
    /// The destination's ARN; a log group's without the `:*` at its end.
    pub destination: String,
    /// The role that delivers, where the destination needs one.
    pub role: Option<String>,
    /// The format of a record; absent for the default one, which EC2 spells out when it is read.
    pub format: Option<String>,
    /// Seconds over which packets are aggregated; absent for the default of 600.
    pub interval: Option<i32>,
    /// How S3 objects are written; absent for the default way.
    pub options: Option<DestinationOptions>,
}

/// How S3 objects are written (`DestinationOptionsRequest`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DestinationOptions {
    /// `plain-text` or `parquet`.
    pub file_format: String,
    /// Whether prefixes are Hive-compatible.
    pub hive_compatible_partitions: bool,
    /// Whether there is a prefix an hour.
    pub per_hour_partition: bool,
}

impl Default for DestinationOptions {
    fn default() -> Self {
        Self {
            file_format: "plain-text".to_owned(),
            hive_compatible_partitions: false,
            per_hour_partition: false,
        }
    }
}

/// Amazon VPC User Guide, "Flow log records", section "Default format".
const DEFAULT_FORMAT: &str = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} \
    ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

const DEFAULT_INTERVAL: i32 = 600;

impl FlowLog {
    /// A flow log of all traffic to a configured destination.
    ///
    /// # Errors
    /// The destination is no bucket or log group, or a log group comes without a role.
    pub fn to(destination: &Destination) -> Result<Self, String> {
        let arn = destination.destination.trim_end_matches(":*");
        let service = parse_arn(arn).map(|arn| arn.service);
        let (destination_type, role) = match (service, &destination.role) {
            (Some("s3"), _) => ("s3", None),
            (Some("logs"), Some(role)) => ("cloud-watch-logs", Some(role.clone())),
            (Some("logs"), None) => {
                return Err(format!("the log group `{arn}` is configured without a `role`"));
            }
            _ => return Err(format!("`{arn}` is neither a bucket's nor a log group's ARN")),
        };
        Ok(Self {
            traffic: "ALL".to_owned(),
            destination_type: destination_type.to_owned(),
            destination: arn.to_owned(),
            role,
            format: None,
            interval: None,
            options: None,
        })
    }

    /// The same flow log with what is the default left out, as in a request that does not say it.
    fn normal(self) -> Self {
        let arn = self.destination.trim_end_matches(":*").to_owned();
        Self {
            destination: arn,
            format: self.format.filter(|format| format != DEFAULT_FORMAT),
            interval: self.interval.filter(|seconds| *seconds != DEFAULT_INTERVAL),
            options: self.options.filter(|options| *options != DestinationOptions::default()),
            ..self
        }
    }

    /// What flow logs of one VPC are told apart by: `s3 arn:aws:s3:::logs ALL`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{} {} {}", self.destination_type, self.destination, self.traffic)
    }

    /// Whether rejected traffic is recorded.
    #[must_use]
    pub fn records_rejected(&self) -> bool {
        matches!(self.traffic.as_str(), "ALL" | "REJECT")
    }
}

/// The flow logs of a VPC that are in status `ACTIVE`, ordered by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowLogs {
    logs: BTreeMap<String, FlowLog>,
}

impl FlowLogs {
    /// The state that has these flow logs.
    pub fn of(logs: impl IntoIterator<Item = FlowLog>) -> Self {
        let logs = logs.into_iter().map(FlowLog::normal);
        Self { logs: logs.map(|log| (log.id(), log)).collect() }
    }

    /// The flow logs, ordered by their ids.
    pub fn iter(&self) -> impl Iterator<Item = &FlowLog> {
        self.logs.values()
    }

    /// The same state with more flow logs; one that is there already stays as it is.
    #[must_use]
    pub fn with(&self, more: impl IntoIterator<Item = FlowLog>) -> Self {
        let mut state = self.clone();
        for log in more {
            state.logs.entry(log.id()).or_insert(log);
        }
        state
    }
}

impl State for FlowLogs {
    fn elements(&self) -> Elements {
        self.logs.iter().map(|(id, log)| (id.clone(), json!(log))).collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        let log = |value| serde_json::from_value(value).map_err(|e| StateError::new(e.to_string()));
        let logs: Result<Vec<FlowLog>, StateError> =
            elements.iter().map(|element| log(element.value.clone())).collect();
        Ok(Self::of(logs?))
    }
}
