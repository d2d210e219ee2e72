//! Controls of EC2 and VPC.

pub mod ebs_volumes_encrypted_by_default;
pub mod security_groups_close_admin_ports;
pub mod snapshots_not_public;
pub mod subnets_give_no_public_address;
pub mod vpc_flow_logs_on;
