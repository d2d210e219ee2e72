//! The settings: their normal forms, calls, permissions and events, without any effect.
//!
//! Permissions are the Service Authorization Reference's ("Actions, resources, and condition keys
//! for Amazon S3", "... Amazon EC2", "... Amazon RDS"); event names are CloudTrail's, which are not
//! IAM's.

pub mod ec2;
pub mod iam;
pub mod rds;
pub mod s3;
pub mod tags;
