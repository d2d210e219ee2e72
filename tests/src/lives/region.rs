//! Settings of the whole region.

use async_trait::async_trait;
use aws_sdk_ec2::types::{
    HttpTokensState, ImageBlockPublicAccessEnabledState, MetadataDefaultHttpTokensState,
    SnapshotBlockPublicAccessState,
};
use demarc_harness::BoxFuture;
use serde_json::{Value, json};

use super::{Life, World};
use crate::{Fault, local::ACCOUNT};

/// A setting that is good or not, and nothing else.
pub struct Region {
    control: &'static str,
    sample: &'static str,
    set: for<'a> fn(&'a World, bool) -> BoxFuture<'a, Result<(), Fault>>,
    is_good: for<'a> fn(&'a World) -> BoxFuture<'a, Result<bool, Fault>>,
}

/// `ec2.ebs-volumes-encrypted-by-default`
pub static EBS_ENCRYPTION: Region = Region {
    control: "ec2.ebs-volumes-encrypted-by-default",
    sample: "disable-ebs-encryption-by-default.json",
    set: |world, good| {
        Box::pin(async move {
            if good {
                world.ec2.enable_ebs_encryption_by_default().send().await?;
            } else {
                world.ec2.disable_ebs_encryption_by_default().send().await?;
            }
            Ok(())
        })
    },
    is_good: |world| {
        Box::pin(async move {
            let answer = world.ec2.get_ebs_encryption_by_default().send().await?;
            Ok(answer.ebs_encryption_by_default() == Some(true))
        })
    },
};

/// `ec2.region-blocks-public-snapshots`
pub static SNAPSHOT_BLOCK: Region = Region {
    control: "ec2.region-blocks-public-snapshots",
    sample: "disable-snapshot-block-public-access.json",
    set: |world, good| {
        Box::pin(async move {
            if good {
                let all = SnapshotBlockPublicAccessState::BlockAllSharing;
                world.ec2.enable_snapshot_block_public_access().state(all).send().await?;
            } else {
                world.ec2.disable_snapshot_block_public_access().send().await?;
            }
            Ok(())
        })
    },
    is_good: |world| {
        Box::pin(async move {
            let answer = world.ec2.get_snapshot_block_public_access_state().send().await?;
            Ok(answer.state() == Some(&SnapshotBlockPublicAccessState::BlockAllSharing))
        })
    },
};

/// `ec2.region-blocks-public-images`
pub static IMAGE_BLOCK: Region = Region {
    control: "ec2.region-blocks-public-images",
    sample: "disable-image-block-public-access.json",
    set: |world, good| {
        Box::pin(async move {
            if good {
                let new = ImageBlockPublicAccessEnabledState::BlockNewSharing;
                let call = world.ec2.enable_image_block_public_access();
                call.image_block_public_access_state(new).send().await?;
            } else {
                world.ec2.disable_image_block_public_access().send().await?;
            }
            Ok(())
        })
    },
    is_good: |world| {
        Box::pin(async move {
            let answer = world.ec2.get_image_block_public_access_state().send().await?;
            Ok(answer.image_block_public_access_state() == Some("block-new-sharing"))
        })
    },
};

/// `ec2.serial-console-off`
pub static SERIAL_CONSOLE: Region = Region {
    control: "ec2.serial-console-off",
    sample: "enable-serial-console-access.json",
    set: |world, good| {
        Box::pin(async move {
            if good {
                world.ec2.disable_serial_console_access().send().await?;
            } else {
                world.ec2.enable_serial_console_access().send().await?;
            }
            Ok(())
        })
    },
    is_good: |world| {
        Box::pin(async move {
            let answer = world.ec2.get_serial_console_access_status().send().await?;
            Ok(answer.serial_console_access_enabled() == Some(false))
        })
    },
};

/// `ec2.new-instances-require-imdsv2`
pub static METADATA_DEFAULTS: Region = Region {
    control: "ec2.new-instances-require-imdsv2",
    sample: "modify-instance-metadata-defaults.json",
    set: |world, good| {
        Box::pin(async move {
            let tokens = match good {
                true => MetadataDefaultHttpTokensState::Required,
                false => MetadataDefaultHttpTokensState::Optional,
            };
            world.ec2.modify_instance_metadata_defaults().http_tokens(tokens).send().await?;
            Ok(())
        })
    },
    is_good: |world| {
        Box::pin(async move {
            let answer = world.ec2.get_instance_metadata_defaults().send().await?;
            let tokens = answer.account_level().and_then(|level| level.http_tokens());
            Ok(tokens == Some(&HttpTokensState::Required))
        })
    },
};

#[async_trait]
impl Life for Region {
    fn control(&self) -> &'static str {
        self.control
    }

    async fn create(&self, world: &World, _: &str) -> Result<String, Fault> {
        (self.set)(world, true).await?;
        Ok(ACCOUNT.to_owned())
    }

    async fn violate(&self, world: &World, _: &str) -> Result<(), Fault> {
        (self.set)(world, false).await
    }

    async fn is_violated(&self, world: &World, _: &str) -> Result<bool, Fault> {
        Ok(!(self.is_good)(world).await?)
    }

    async fn snapshot(&self, world: &World, _: &str) -> Result<Value, Fault> {
        Ok(json!((self.is_good)(world).await?))
    }

    fn sample(&self) -> &'static str {
        self.sample
    }

    fn sample_id(&self) -> &'static str {
        ACCOUNT
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        self.violate(world, id).await
    }
}
