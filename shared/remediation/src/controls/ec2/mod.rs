//! Controls of security groups and VPCs.

pub mod security_groups_close_admin_ports;
pub mod vpc_flow_logs_on;
