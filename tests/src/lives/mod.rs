//! How the resource of each control lives: created compliant, violated, changed by others.
//!
//! Everything here is done and looked at through real clients of their own, so that neither the
//! proxy's faults nor its call log are touched.

mod advice;
mod ec2;
mod iam;
mod iam_policies;
mod keys;
mod logs;
mod mfa;
mod mirrors;
mod networks;
mod rds;
mod region;
mod replication;
mod roles_anywhere;
mod s3;
mod s3_policy;
mod sharing;
mod subnet;

use async_trait::async_trait;
use aws_types::SdkConfig;
use serde_json::Value;

use crate::{
    Fault,
    local::{clients, cloud::Cloud},
};

pub use advice::{EventNotifications, MfaDelete, ObjectLifecycle};
pub use ec2::{AdminPorts, FlowLogs, HighRiskPorts};
pub use iam::{Passwords, RoleTrust};
pub use iam_policies::{
    GROUP_INLINE_POLICIES, GROUP_POLICIES, Identity, ROLE_INLINE_POLICIES, ROLE_POLICIES,
    USER_INLINE_POLICIES, USER_POLICIES,
};
pub use keys::{
    AccessKeys, Boundary, ConsolePassword, ManagedPolicy, ROLE_BOUNDARY, USER_BOUNDARY,
};
pub use logs::{AccessLogging, LogLifecycle};
pub use mfa::ConsoleMfa;
pub use mirrors::TrafficMirror;
pub use networks::{
    DEFAULT_GROUP_IN, DEFAULT_GROUP_OUT, DefaultGroup, InstanceMetadata, NetworkAcl, TransitGateway,
};
pub use rds::PublicInstance;
pub use region::{
    EBS_ENCRYPTION, IMAGE_BLOCK, METADATA_DEFAULTS, Region, SERIAL_CONSOLE, SNAPSHOT_BLOCK,
};
pub use replication::Replication;
pub use roles_anywhere::{ROLES_ANYWHERE_PROFILE, RolesAnywhere, TRUST_ANCHOR};
pub use s3::{AccountBlock, BucketAcl, BucketBlock, DefaultEncryption, Versioning};
pub use s3_policy::{BucketPolicy, PolicyOfStrangers, RequiresTls, put_policy, statements};
pub use sharing::{IMAGE, IMAGE_OF_STRANGERS, SNAPSHOT, SNAPSHOT_OF_STRANGERS, Shared};
pub use subnet::Subnet;

/// The life of one control's resource.
#[async_trait]
pub trait Life: Send + Sync {
    /// The control.
    fn control(&self) -> &'static str;

    /// Creates a resource that the control finds compliant, and gives its id.
    async fn create(&self, world: &World, name: &str) -> Result<String, Fault>;

    /// Makes it a violation.
    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault>;

    /// Whether it is one, told without any of the tested code.
    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault>;

    /// The setting as the service tells it, to compare two moments.
    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault>;

    /// The sample event that reports the violation, from `events/cloudtrail`.
    fn sample(&self) -> &'static str;

    /// What the sample calls the resource.
    fn sample_id(&self) -> &'static str;

    /// What the event will name, asked before the violation: the resource, or a member of it.
    async fn named(&self, world: &World, id: &str) -> Result<String, Fault> {
        let _ = world;
        Ok(id.to_owned())
    }

    /// What the event of the write that puts the violation right will name.
    async fn written(&self, world: &World, id: &str) -> Result<String, Fault> {
        let _ = world;
        Ok(id.to_owned())
    }

    /// What has to be configured for the control to put the violation right.
    fn configuration(&self) -> &'static str {
        ""
    }

    /// Changes an element of the same setting that the remediation does not touch. `false` where
    /// the setting has none.
    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let _ = (world, id);
        Ok(false)
    }

    /// Whether the change beside is still there.
    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let _ = (world, id);
        Ok(false)
    }

    /// Changes an element that the remediation wrote. Where the control only advises, there is none.
    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        let _ = (world, id);
        Err(format!("`{}` writes nothing", self.control()).into())
    }
}

/// The accounts that the lives share things with on purpose.
pub const KNOWN: &str = "[known]\naccounts = [\"111122223333\", \"444455556666\"]\n";

/// Lives of the controls that only advise, in catalogue order.
#[must_use]
pub fn advised() -> Vec<&'static dyn Life> {
    vec![&MfaDelete, &ObjectLifecycle, &EventNotifications]
}

/// Lives of the controls that put right, in catalogue order.
#[must_use]
pub fn all() -> Vec<&'static dyn Life> {
    vec![
        &AccountBlock,
        &BucketBlock,
        &BucketPolicy,
        &PolicyOfStrangers,
        &RequiresTls,
        &BucketAcl,
        &Versioning,
        &DefaultEncryption,
        &AccessLogging,
        &LogLifecycle,
        &Replication,
        &AdminPorts,
        &HighRiskPorts,
        &DEFAULT_GROUP_IN,
        &DEFAULT_GROUP_OUT,
        &NetworkAcl,
        &PublicInstance,
        &FlowLogs,
        &Subnet,
        &SNAPSHOT,
        &SNAPSHOT_OF_STRANGERS,
        &IMAGE,
        &IMAGE_OF_STRANGERS,
        &EBS_ENCRYPTION,
        &SNAPSHOT_BLOCK,
        &IMAGE_BLOCK,
        &SERIAL_CONSOLE,
        &METADATA_DEFAULTS,
        &InstanceMetadata,
        &TransitGateway,
        &TrafficMirror,
        &Passwords,
        &RoleTrust,
        &USER_POLICIES,
        &ROLE_POLICIES,
        &GROUP_POLICIES,
        &USER_INLINE_POLICIES,
        &ROLE_INLINE_POLICIES,
        &GROUP_INLINE_POLICIES,
        &ManagedPolicy,
        &AccessKeys,
        &ConsolePassword,
        &ConsoleMfa,
        &USER_BOUNDARY,
        &ROLE_BOUNDARY,
        &TRUST_ANCHOR,
        &ROLES_ANYWHERE_PROFILE,
    ]
}

/// Clients of the emulator that are in no test's call log, and meet no test's faults.
pub struct World {
    /// S3.
    pub s3: aws_sdk_s3::Client,
    /// S3 Control.
    pub s3control: aws_sdk_s3control::Client,
    /// EC2.
    pub ec2: aws_sdk_ec2::Client,
    /// IAM.
    pub iam: aws_sdk_iam::Client,
    /// IAM Roles Anywhere.
    pub rolesanywhere: aws_sdk_rolesanywhere::Client,
    /// RDS.
    pub rds: aws_sdk_rds::Client,
    _cloud: Option<Cloud>,
}

impl World {
    /// Clients beside those of the tested code, through a proxy of their own.
    ///
    /// # Errors
    /// No port can be opened.
    pub fn of(cloud: &Cloud) -> Result<Self, Fault> {
        let own = cloud.beside()?;
        let config = own.sdk_config();
        Ok(Self { _cloud: Some(own), ..Self::with(&config) })
    }

    /// Clients of an endpoint.
    #[must_use]
    pub fn with(config: &SdkConfig) -> Self {
        Self {
            s3: clients::s3(config),
            s3control: clients::s3control(config),
            ec2: aws_sdk_ec2::Client::new(config),
            iam: aws_sdk_iam::Client::new(config),
            rolesanywhere: aws_sdk_rolesanywhere::Client::new(config),
            rds: aws_sdk_rds::Client::new(config),
            _cloud: None,
        }
    }
}

/// A life's sample event about a resource of the emulator, at a time.
///
/// # Errors
/// The sample is not there or not JSON.
pub fn event(life: &dyn Life, id: &str, occurrence: &str, millis: u64) -> Result<Value, Fault> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/cloudtrail/");
    let text = std::fs::read_to_string(format!("{path}{}", life.sample()))?;
    let text = text.replace(life.sample_id(), id);
    let mut event: Value = serde_json::from_str(&text)?;
    let detail = event.get_mut("detail").ok_or("a sample without detail")?;
    for (name, value) in [
        ("eventTime", rfc3339(millis / 1000)),
        ("eventID", occurrence.to_owned()),
        ("awsRegion", crate::local::REGION.to_owned()),
    ] {
        if let Some(members) = detail.as_object_mut() {
            members.insert(name.to_owned(), Value::String(value));
        }
    }
    if let Some(members) = event.as_object_mut() {
        members.insert("region".to_owned(), Value::String(crate::local::REGION.to_owned()));
        members.insert("time".to_owned(), Value::String(rfc3339(millis / 1000)));
    }
    Ok(event)
}

/// Seconds since 1970 as CloudTrail writes them.
#[must_use]
pub fn rfc3339(seconds: u64) -> String {
    let time = aws_smithy_types::DateTime::from_secs(i64::try_from(seconds).unwrap_or(0));
    time.fmt(aws_smithy_types::date_time::Format::DateTime).unwrap_or_default()
}
