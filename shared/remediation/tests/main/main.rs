//! The controls, the settings and the judgement of policies, in one test binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod advice;
mod catalogue;
mod configuration;
mod copies;
mod ebs_and_subnets;
mod ec2;
mod encryption;
mod evidence;
mod fold;
mod iam;
mod keys;
mod logs;
mod networks;
mod policy;
mod properties;
mod rds;
mod region;
mod restraint;
mod s3;
mod settings;
mod strangers;
mod support;
