//! Settings of security groups and VPCs.

pub mod security_group_ingress;
pub mod security_group_use;
pub mod vpc_flow_logs;
