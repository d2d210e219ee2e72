//! Reading and writing each setting.

mod security_group_ingress;
mod security_group_use;
mod tags;
mod vpc_flow_logs;

use aws_sdk_ec2::types::Filter;

pub(crate) use security_group_ingress::SecurityGroupIngress;
pub(crate) use security_group_use::SecurityGroupUse;
pub(crate) use tags::{SecurityGroupTags, VpcTags};
pub(crate) use vpc_flow_logs::VpcFlowLogs;

const PAGE: i32 = 100;

fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}
