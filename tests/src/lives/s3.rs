//! Buckets and the account's S3.

use async_trait::async_trait;
use aws_sdk_s3::types::{
    AccessControlPolicy, BucketVersioningStatus, Grant, Grantee, ObjectOwnership, Owner,
    OwnershipControls, OwnershipControlsRule, Permission, PublicAccessBlockConfiguration,
    ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
    ServerSideEncryptionRule, Type, VersioningConfiguration,
};
use aws_sdk_s3control::types::PublicAccessBlockConfiguration as AccountConfiguration;
use serde_json::{Value, json};

use super::{Life, World};
use crate::{Fault, local::ACCOUNT};

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";

pub(super) async fn bucket(world: &World, name: &str) -> Result<String, Fault> {
    world.s3.create_bucket().bucket(name).send().await?;
    // A new bucket blocks public access, as far as the emulator knows.
    world.s3.delete_public_access_block().bucket(name).send().await?;
    Ok(name.to_owned())
}

fn flags(acls: bool, rest: bool) -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration::builder()
        .block_public_acls(acls)
        .ignore_public_acls(rest)
        .block_public_policy(rest)
        .restrict_public_buckets(rest)
        .build()
}

/// `s3.block-public-access`
pub struct BucketBlock;

impl BucketBlock {
    async fn put(world: &World, id: &str, acls: bool, rest: bool) -> Result<(), Fault> {
        let block = world.s3.put_public_access_block().bucket(id);
        block.public_access_block_configuration(flags(acls, rest)).send().await?;
        Ok(())
    }

    async fn get(world: &World, id: &str) -> Result<[Option<bool>; 4], Fault> {
        let answer = world.s3.get_public_access_block().bucket(id).send().await;
        let Ok(answer) = answer else { return Ok([None; 4]) };
        let block = answer.public_access_block_configuration().ok_or("no block")?;
        Ok([
            block.block_public_acls(),
            block.ignore_public_acls(),
            block.block_public_policy(),
            block.restrict_public_buckets(),
        ])
    }
}

#[async_trait]
impl Life for BucketBlock {
    fn control(&self) -> &'static str {
        "s3.block-public-access"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let id = bucket(world, name).await?;
        Self::put(world, &id, true, true).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, true, false).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(Self::get(world, id).await? != [Some(true); 4])
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(Self::get(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "put-bucket-public-access-block.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::put(world, id, false, true).await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(matches!(Self::get(world, id).await?, [Some(false), ..]))
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, true, false).await
    }
}

/// `s3.account-blocks-public-access`
pub struct AccountBlock;

impl AccountBlock {
    async fn put(world: &World, acls: bool, rest: bool) -> Result<(), Fault> {
        let block = AccountConfiguration::builder()
            .block_public_acls(acls)
            .ignore_public_acls(rest)
            .block_public_policy(rest)
            .restrict_public_buckets(rest)
            .build();
        let call = world.s3control.put_public_access_block().account_id(ACCOUNT);
        call.public_access_block_configuration(block).send().await?;
        Ok(())
    }

    async fn get(world: &World) -> Result<[Option<bool>; 4], Fault> {
        let call = world.s3control.get_public_access_block().account_id(ACCOUNT);
        let Ok(answer) = call.send().await else { return Ok([None; 4]) };
        let block = answer.public_access_block_configuration().ok_or("no block")?;
        Ok([
            block.block_public_acls(),
            block.ignore_public_acls(),
            block.block_public_policy(),
            block.restrict_public_buckets(),
        ])
    }
}

#[async_trait]
impl Life for AccountBlock {
    fn control(&self) -> &'static str {
        "s3.account-blocks-public-access"
    }

    async fn create(&self, world: &World, _: &str) -> Result<String, Fault> {
        Self::put(world, true, true).await?;
        Ok(ACCOUNT.to_owned())
    }

    async fn violate(&self, world: &World, _: &str) -> Result<(), Fault> {
        Self::put(world, true, false).await
    }

    async fn is_violated(&self, world: &World, _: &str) -> Result<bool, Fault> {
        Ok(Self::get(world).await? != [Some(true); 4])
    }

    async fn snapshot(&self, world: &World, _: &str) -> Result<Value, Fault> {
        Ok(json!(Self::get(world).await?))
    }

    fn sample(&self) -> &'static str {
        "put-account-public-access-block.json"
    }

    fn sample_id(&self) -> &'static str {
        ACCOUNT
    }

    async fn change_beside(&self, world: &World, _: &str) -> Result<bool, Fault> {
        Self::put(world, false, true).await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, _: &str) -> Result<bool, Fault> {
        Ok(matches!(Self::get(world).await?, [Some(false), ..]))
    }

    async fn touch(&self, world: &World, _: &str) -> Result<(), Fault> {
        Self::put(world, true, false).await
    }
}

/// `s3.acl-grants-no-public-access`
pub struct BucketAcl;

impl BucketAcl {
    async fn put(world: &World, id: &str, public: &[Permission]) -> Result<(), Fault> {
        let owner = world.s3.get_bucket_acl().bucket(id).send().await?;
        let owner = owner.owner().and_then(Owner::id).unwrap_or_default().to_owned();
        let own = Grantee::builder().r#type(Type::CanonicalUser).id(&owner).build()?;
        let all = Grantee::builder().r#type(Type::Group).uri(ALL_USERS).build()?;
        let mut policy = AccessControlPolicy::builder()
            .owner(Owner::builder().id(&owner).build())
            .grants(Grant::builder().grantee(own).permission(Permission::FullControl).build());
        for permission in public {
            let grant = Grant::builder().grantee(all.clone()).permission(permission.clone());
            policy = policy.grants(grant.build());
        }
        let call = world.s3.put_bucket_acl().bucket(id).access_control_policy(policy.build());
        call.send().await?;
        Ok(())
    }

    async fn own(world: &World, id: &str, ownership: ObjectOwnership) -> Result<(), Fault> {
        let rule = OwnershipControlsRule::builder().object_ownership(ownership).build()?;
        let controls = OwnershipControls::builder().rules(rule).build()?;
        let call = world.s3.put_bucket_ownership_controls().bucket(id);
        call.ownership_controls(controls).send().await?;
        Ok(())
    }
}

#[async_trait]
impl Life for BucketAcl {
    fn control(&self) -> &'static str {
        "s3.acl-grants-no-public-access"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let id = bucket(world, name).await?;
        Self::own(world, &id, ObjectOwnership::ObjectWriter).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::own(world, id, ObjectOwnership::ObjectWriter).await?;
        Self::put(world, id, &[Permission::Read]).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let acl = world.s3.get_bucket_acl().bucket(id).send().await?;
        Ok(acl.grants().iter().any(|g| g.grantee().and_then(Grantee::uri) == Some(ALL_USERS)))
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        let acl = world.s3.get_bucket_acl().bucket(id).send().await?;
        let mut grants: Vec<String> = acl.grants().iter().map(|g| format!("{g:?}")).collect();
        grants.sort();
        let owned = world.s3.get_bucket_ownership_controls().bucket(id).send().await.ok();
        let owned = owned.and_then(|o| o.ownership_controls().map(|c| format!("{c:?}")));
        Ok(json!({"grants": grants, "ownership": owned}))
    }

    fn sample(&self) -> &'static str {
        "put-bucket-acl.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::own(world, id, ObjectOwnership::BucketOwnerPreferred).await
    }
}

/// `s3.versioning`
pub struct Versioning;

impl Versioning {
    async fn put(world: &World, id: &str, status: BucketVersioningStatus) -> Result<(), Fault> {
        let configuration = VersioningConfiguration::builder().status(status).build();
        let call = world.s3.put_bucket_versioning().bucket(id);
        call.versioning_configuration(configuration).send().await?;
        Ok(())
    }
}

#[async_trait]
impl Life for Versioning {
    fn control(&self) -> &'static str {
        "s3.versioning"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let id = bucket(world, name).await?;
        Self::put(world, &id, BucketVersioningStatus::Enabled).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, BucketVersioningStatus::Suspended).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let answer = world.s3.get_bucket_versioning().bucket(id).send().await?;
        Ok(answer.status() != Some(&BucketVersioningStatus::Enabled))
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        let answer = world.s3.get_bucket_versioning().bucket(id).send().await?;
        Ok(json!(answer.status().map(BucketVersioningStatus::as_str)))
    }

    fn sample(&self) -> &'static str {
        "put-bucket-versioning.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, BucketVersioningStatus::Suspended).await
    }
}

/// `s3.default-encryption-keeps-its-key`
pub struct DefaultEncryption;

const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000001";
const OTHER_KEY: &str =
    "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000002";

impl DefaultEncryption {
    /// With a key in KMS, or with S3's own.
    async fn put(
        world: &World,
        id: &str,
        key: Option<&str>,
        bucket_key: bool,
    ) -> Result<(), Fault> {
        let algorithm = match key {
            Some(_) => ServerSideEncryption::AwsKms,
            None => ServerSideEncryption::Aes256,
        };
        let default = ServerSideEncryptionByDefault::builder().sse_algorithm(algorithm);
        let rule = ServerSideEncryptionRule::builder()
            .apply_server_side_encryption_by_default(
                default.set_kms_master_key_id(key.map(str::to_owned)).build()?,
            )
            .bucket_key_enabled(bucket_key);
        let rules = ServerSideEncryptionConfiguration::builder().rules(rule.build()).build()?;
        let call = world.s3.put_bucket_encryption().bucket(id);
        call.server_side_encryption_configuration(rules).send().await?;
        Ok(())
    }

    /// The key, and whether there is a bucket key.
    async fn get(world: &World, id: &str) -> Result<(Option<String>, bool), Fault> {
        let answer = world.s3.get_bucket_encryption().bucket(id).send().await?;
        let rules = answer.server_side_encryption_configuration().map(|c| c.rules());
        let rule = rules.and_then(<[_]>::first).ok_or("no rule of encryption")?;
        let default = rule.apply_server_side_encryption_by_default();
        let key = default.and_then(|default| default.kms_master_key_id());
        Ok((key.map(str::to_owned), rule.bucket_key_enabled() == Some(true)))
    }
}

#[async_trait]
impl Life for DefaultEncryption {
    fn control(&self) -> &'static str {
        "s3.default-encryption-keeps-its-key"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let id = bucket(world, name).await?;
        Self::put(world, &id, Some(KEY), false).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, None, false).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(Self::get(world, id).await?.0.is_none())
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(Self::get(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "put-bucket-encryption.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let (key, _) = Self::get(world, id).await?;
        Self::put(world, id, key.as_deref(), true).await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(Self::get(world, id).await?.1)
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::put(world, id, Some(OTHER_KEY), false).await
    }
}
