//! Names of resources: ARNs, partitions, and the key under which state is kept.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::catalogue::types::Type;

/// CloudFormation types of the resources that Demarc knows by name.
pub mod kinds {
    /// The account itself; CloudFormation has no type for it, Security Hub writes this one.
    pub const ACCOUNT: &str = "AWS::::Account";
    /// An S3 bucket.
    pub const BUCKET: &str = "AWS::S3::Bucket";
    /// An EC2 security group.
    pub const SECURITY_GROUP: &str = "AWS::EC2::SecurityGroup";
    /// A VPC.
    pub const VPC: &str = "AWS::EC2::VPC";
    /// A subnet of a VPC.
    pub const SUBNET: &str = "AWS::EC2::Subnet";
    /// An EBS snapshot.
    pub const SNAPSHOT: &str = "AWS::EC2::Snapshot";
    /// An Amazon Machine Image.
    pub const IMAGE: &str = "AWS::EC2::Image";
    /// A network ACL of a VPC.
    pub const NETWORK_ACL: &str = "AWS::EC2::NetworkAcl";
    /// An EC2 instance.
    pub const INSTANCE: &str = "AWS::EC2::Instance";
    /// A network interface.
    pub const NETWORK_INTERFACE: &str = "AWS::EC2::NetworkInterface";
    /// A transit gateway.
    pub const TRANSIT_GATEWAY: &str = "AWS::EC2::TransitGateway";
    /// A VPC flow log.
    pub const FLOW_LOG: &str = "AWS::EC2::FlowLog";
    /// A session that copies a network interface's traffic.
    pub const TRAFFIC_MIRROR_SESSION: &str = "AWS::EC2::TrafficMirrorSession";
    /// An IAM user.
    pub const USER: &str = "AWS::IAM::User";
    /// An IAM role.
    pub const ROLE: &str = "AWS::IAM::Role";
    /// A group of IAM users.
    pub const GROUP: &str = "AWS::IAM::Group";
    /// A managed policy of the account.
    pub const MANAGED_POLICY: &str = "AWS::IAM::ManagedPolicy";
    /// A trust anchor of IAM Roles Anywhere.
    pub const TRUST_ANCHOR: &str = "AWS::RolesAnywhere::TrustAnchor";
    /// A profile of IAM Roles Anywhere.
    pub const ROLES_ANYWHERE_PROFILE: &str = "AWS::RolesAnywhere::Profile";
    /// An RDS database instance.
    pub const DB_INSTANCE: &str = "AWS::RDS::DBInstance";
}

/// First letters of a region's name, and the partition that it belongs to.
/// Source: the partitions file of the AWS SDKs.
const PARTITIONS: &[(&str, &str)] = &[
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
];

/// The AWS partition of a region. An unknown region is in `aws`: new ones appear
/// there first, and recorded events hold regions that do not exist.
#[must_use]
pub fn partition(region: &str) -> &'static str {
    PARTITIONS
        .iter()
        .find(|(prefix, _)| region.starts_with(prefix))
        .map_or("aws", |(_, partition)| partition)
}

/// The six parts of an ARN. Region and account may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, ...
    pub partition: &'a str,
    /// `s3`, `ec2`, ...
    pub service: &'a str,
    /// `eu-west-1`, or empty for a global resource.
    pub region: &'a str,
    /// Twelve digits, or empty.
    pub account: &'a str,
    /// Everything else, colons and slashes included.
    pub resource: &'a str,
}

/// Splits an ARN. `None` when it has fewer than six parts, or names no partition,
/// service or resource; nothing else is validated.
#[must_use]
pub fn parse_arn(text: &str) -> Option<Arn<'_>> {
    let mut parts = text.splitn(6, ':');
    if parts.next()? != "arn" {
        return None;
    }
    let arn = Arn {
        partition: parts.next()?,
        service: parts.next()?,
        region: parts.next()?,
        account: parts.next()?,
        resource: parts.next()?,
    };
    let named = !arn.partition.is_empty() && !arn.service.is_empty() && !arn.resource.is_empty();
    named.then_some(arn)
}

/// Keeps the first of every resource, in their order.
pub(crate) fn once(resources: &mut Vec<Resource>) {
    if resources.len() < 2 {
        return;
    }
    let mut seen = HashSet::new();
    resources.retain(|resource| seen.insert(resource.clone()));
}

/// One resource in one account and region.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Resource {
    /// CloudFormation type, `AWS::S3::Bucket`.
    pub kind: String,
    /// Owner, twelve digits.
    pub account: String,
    /// Region, `eu-west-1`.
    pub region: String,
    /// The type's primary identifier: a bucket's name, `sg-0a1b`.
    pub id: String,
}

impl Resource {
    /// The key under which everything about this resource is kept:
    /// `AWS::S3::Bucket|123456789012|eu-west-1|name`. A separator inside a part
    /// is escaped, so two resources never share a key.
    #[must_use]
    pub fn key(&self) -> String {
        [&self.kind, &self.account, &self.region, &self.id].map(|part| escape(part)).join("|")
    }

    /// The resource of a [`Resource::key`]. `None` when it has not four parts.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        let mut parts = key.split('|').map(|part| part.replace("%7C", "|").replace("%25", "%"));
        let resource = Self {
            kind: parts.next()?,
            account: parts.next()?,
            region: parts.next()?,
            id: parts.next()?,
        };
        parts.next().is_none().then_some(resource)
    }

    /// The AWS partition, from the region.
    #[must_use]
    pub fn partition(&self) -> &'static str {
        partition(&self.region)
    }

    /// The ARN. `None` for a type whose ARN we do not know.
    #[must_use]
    pub fn arn(&self) -> Option<String> {
        let known = Type::named(&self.kind)?;
        known.arn_of(self.partition(), &self.region, &self.account, &self.id)
    }

    /// Reads an ARN of a type that we know; account and region that it leaves
    /// out (S3 names neither) are the defaults.
    ///
    /// `None` for text that is no ARN, another type, or a part of a resource (an
    /// object in a bucket).
    #[must_use]
    pub fn from_arn(arn: &str, default_account: &str, default_region: &str) -> Option<Self> {
        let arn = parse_arn(arn)?;
        let or = |stated: &str, default: &str| {
            if stated.is_empty() { default.to_owned() } else { stated.to_owned() }
        };
        let account = or(arn.account, default_account);
        let (kind, id) = match (arn.service, arn.resource) {
            ("iam", "root") => (kinds::ACCOUNT, account.as_str()),
            _ => Type::of_arn(&arn).map(|(known, id)| (known.name, id))?,
        };
        Some(Self {
            kind: kind.to_owned(),
            id: id.to_owned(),
            region: or(arn.region, default_region),
            account,
        })
    }
}

fn escape(part: &str) -> String {
    part.replace('%', "%25").replace('|', "%7C")
}
