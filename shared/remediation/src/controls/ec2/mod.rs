//! Controls of EC2 and VPC.

pub mod default_groups_let_nothing_in;
pub mod default_groups_let_nothing_out;
pub mod ebs_volumes_encrypted_by_default;
pub mod images_not_public;
pub mod images_shared_only_with_known_accounts;
pub mod instances_require_imdsv2;
pub mod network_acls_close_admin_ports;
pub mod new_instances_require_imdsv2;
pub mod region_blocks_public_images;
pub mod region_blocks_public_snapshots;
pub mod security_groups_close_admin_ports;
pub mod security_groups_close_high_risk_ports;
pub mod serial_console_off;
pub mod snapshots_not_public;
pub mod snapshots_shared_only_with_known_accounts;
pub mod subnets_give_no_public_address;
pub mod traffic_mirrored_only_to_known_accounts;
pub mod transit_gateways_accept_nothing_unasked;
pub mod vpc_flow_logs_on;
