//! The tags of a resource. Context only, and read only where a scope of the configuration asks for
//! them: they change no judgement, only the mode.
//!
//! Sources: Amazon S3 API Reference, `GetBucketTagging`; Amazon EC2 API Reference, `DescribeTags`;
//! Amazon RDS API Reference, `ListTagsForResource`; IAM API Reference, `ListUserTags`,
//! `ListRoleTags`, `ListPolicyTags`.

use std::collections::BTreeMap;

use demarc_classification::kinds;
use serde_json::Value;

use crate::{
    element::Elements,
    setting::{Call, Permission, Scope, SettingMeta, allow},
    settings::{
        iam::{on_policies, on_roles, on_users},
        s3::on_buckets,
    },
    state::{State, StateError},
};

/// `s3.bucket-tags`.
pub static BUCKET_TAGS: SettingMeta = tags(
    "s3.bucket-tags",
    "s3",
    kinds::BUCKET,
    &[Call { operation: "s3:GetBucketTagging", permissions: &[on_buckets("s3:GetBucketTagging")] }],
);

/// `ec2.security-group-tags`.
pub static SECURITY_GROUP_TAGS: SettingMeta =
    tags("ec2.security-group-tags", "ec2", kinds::SECURITY_GROUP, DESCRIBE_TAGS);

/// `ec2.vpc-tags`.
pub static VPC_TAGS: SettingMeta = tags("ec2.vpc-tags", "ec2", kinds::VPC, DESCRIBE_TAGS);

/// `ec2.subnet-tags`.
pub static SUBNET_TAGS: SettingMeta = tags("ec2.subnet-tags", "ec2", kinds::SUBNET, DESCRIBE_TAGS);

/// `ec2.snapshot-tags`.
pub static SNAPSHOT_TAGS: SettingMeta =
    tags("ec2.snapshot-tags", "ec2", kinds::SNAPSHOT, DESCRIBE_TAGS);

/// `ec2.image-tags`.
pub static IMAGE_TAGS: SettingMeta = tags("ec2.image-tags", "ec2", kinds::IMAGE, DESCRIBE_TAGS);

/// `ec2.network-acl-tags`.
pub static NETWORK_ACL_TAGS: SettingMeta =
    tags("ec2.network-acl-tags", "ec2", kinds::NETWORK_ACL, DESCRIBE_TAGS);

/// `ec2.instance-tags`.
pub static EC2_INSTANCE_TAGS: SettingMeta =
    tags("ec2.instance-tags", "ec2", kinds::INSTANCE, DESCRIBE_TAGS);

/// `ec2.network-interface-tags`.
pub static NETWORK_INTERFACE_TAGS: SettingMeta =
    tags("ec2.network-interface-tags", "ec2", kinds::NETWORK_INTERFACE, DESCRIBE_TAGS);

/// `ec2.transit-gateway-tags`.
pub static TRANSIT_GATEWAY_TAGS: SettingMeta =
    tags("ec2.transit-gateway-tags", "ec2", kinds::TRANSIT_GATEWAY, DESCRIBE_TAGS);

/// `rds.instance-tags`.
pub static INSTANCE_TAGS: SettingMeta = tags(
    "rds.instance-tags",
    "rds",
    kinds::DB_INSTANCE,
    &[Call {
        operation: "rds:ListTagsForResource",
        permissions: &[allow(
            "rds:ListTagsForResource",
            "arn:${Partition}:rds:${Region}:${Account}:db:*",
        )],
    }],
);

/// `iam.user-tags`.
pub static USER_TAGS: SettingMeta = tags(
    "iam.user-tags",
    "iam",
    kinds::USER,
    &[Call { operation: "iam:ListUserTags", permissions: &[on_users("iam:ListUserTags")] }],
);

/// `iam.role-tags`.
pub static ROLE_TAGS: SettingMeta = tags(
    "iam.role-tags",
    "iam",
    kinds::ROLE,
    &[Call { operation: "iam:ListRoleTags", permissions: &[on_roles("iam:ListRoleTags")] }],
);

/// `iam.managed-policy-tags`.
pub static MANAGED_POLICY_TAGS: SettingMeta = tags(
    "iam.managed-policy-tags",
    "iam",
    kinds::MANAGED_POLICY,
    &[Call { operation: "iam:ListPolicyTags", permissions: &[on_policies("iam:ListPolicyTags")] }],
);

/// Every one of them: a kind of resource that is not here has no tags.
pub const TAGS: &[&SettingMeta] = &[
    &BUCKET_TAGS,
    &SECURITY_GROUP_TAGS,
    &VPC_TAGS,
    &SUBNET_TAGS,
    &SNAPSHOT_TAGS,
    &IMAGE_TAGS,
    &NETWORK_ACL_TAGS,
    &EC2_INSTANCE_TAGS,
    &NETWORK_INTERFACE_TAGS,
    &TRANSIT_GATEWAY_TAGS,
    &INSTANCE_TAGS,
    &USER_TAGS,
    &ROLE_TAGS,
    &MANAGED_POLICY_TAGS,
];

const EVERY: Permission = allow("ec2:DescribeTags", "*");
const DESCRIBE_TAGS: &[Call] = &[Call { operation: "ec2:DescribeTags", permissions: &[EVERY] }];

const fn tags(
    id: &'static str,
    function: &'static str,
    resource: &'static str,
    reads: &'static [Call],
) -> SettingMeta {
    SettingMeta {
        id,
        function,
        resource,
        scope: Scope::Resource,
        reads,
        lists: &[],
        closes: &[],
        reopens: &[],
        triggers: &[],
        undone_after: &[],
        baseline: false,
        applies_within_seconds: 0,
    }
}

/// The setting that holds the tags of this kind of resource, where it has any.
#[must_use]
pub fn of_kind(kind: &str) -> Option<&'static SettingMeta> {
    TAGS.iter().copied().find(|meta| meta.resource == kind)
}

/// A resource's tags, values by keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(pub BTreeMap<String, String>);

impl State for Tags {
    fn elements(&self) -> Elements {
        self.0.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect()
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        let tag = |(key, value): (&str, &Value)| match value {
            Value::String(value) => Ok((key.to_owned(), value.clone())),
            other => Err(StateError::new(format!("the tag `{key}` is {other}"))),
        };
        elements.iter().map(|e| tag((e.id.as_str(), &e.value))).collect::<Result<_, _>>().map(Self)
    }
}
