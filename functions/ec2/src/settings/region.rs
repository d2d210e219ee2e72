//! Settings of the whole region: each is read and written by calls without a resource.

use aws_sdk_ec2::{
    Client,
    types::{
        HttpTokensState, ImageBlockPublicAccessEnabledState, ManagedBy,
        MetadataDefaultHttpTokensState, SnapshotBlockPublicAccessState,
    },
};
use demarc_harness::{
    Error, Observed, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::{
            ebs_encryption::{EBS_ENCRYPTION, EbsEncryption as Encryption},
            metadata_defaults::{METADATA_DEFAULTS, MetadataDefaults as Defaults, Tokens},
            serial_console::{SERIAL_CONSOLE, SerialConsole as Console},
            sharing_block::{IMAGE_BLOCK, SNAPSHOT_BLOCK, Sharing, SharingBlock},
        },
    },
};

fn by_policy(managed_by: Option<&ManagedBy>) -> bool {
    managed_by == Some(&ManagedBy::DeclarativePolicy)
}

fn sharing(operation: &str, state: Option<&str>) -> Result<Sharing, Error> {
    match state {
        Some("unblocked") => Ok(Sharing::Unblocked),
        Some("block-new-sharing") => Ok(Sharing::BlockNewSharing),
        Some("block-all-sharing") => Ok(Sharing::BlockAllSharing),
        other => Err(Error::Internal(format!(
            "`{operation}` answered the state {other:?}, which this release does not know"
        ))),
    }
}

/// Whether snapshots can be public.
pub(crate) struct SnapshotBlock(pub Client);

impl Setting for SnapshotBlock {
    type State = SharingBlock;
    const META: &'static SettingMeta = &SNAPSHOT_BLOCK;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<SharingBlock>>, Error> {
        const GET: &str = "ec2:GetSnapshotBlockPublicAccessState";
        let answer = self.0.get_snapshot_block_public_access_state().send().await;
        let answer = answer.map_err(failed(GET, &resource.region))?;
        Ok(Some(Observed::of(SharingBlock {
            state: sharing(GET, answer.state().map(SnapshotBlockPublicAccessState::as_str))?,
            managed_by_policy: by_policy(answer.managed_by()),
        })))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<SharingBlock>,
        to: &SharingBlock,
    ) -> Result<(), Error> {
        let state = match to.state {
            Sharing::BlockAllSharing => SnapshotBlockPublicAccessState::BlockAllSharing,
            Sharing::BlockNewSharing => SnapshotBlockPublicAccessState::BlockNewSharing,
            Sharing::Unblocked => {
                let answer = self.0.disable_snapshot_block_public_access().send().await;
                answer.map_err(failed("ec2:DisableSnapshotBlockPublicAccess", &resource.region))?;
                return Ok(());
            }
        };
        let answer = self.0.enable_snapshot_block_public_access().state(state).send().await;
        answer.map_err(failed("ec2:EnableSnapshotBlockPublicAccess", &resource.region))?;
        Ok(())
    }
}

/// Whether images can become public.
pub(crate) struct ImageBlock(pub Client);

impl Setting for ImageBlock {
    type State = SharingBlock;
    const META: &'static SettingMeta = &IMAGE_BLOCK;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<SharingBlock>>, Error> {
        const GET: &str = "ec2:GetImageBlockPublicAccessState";
        let answer = self.0.get_image_block_public_access_state().send().await;
        let answer = answer.map_err(failed(GET, &resource.region))?;
        Ok(Some(Observed::of(SharingBlock {
            state: sharing(GET, answer.image_block_public_access_state())?,
            managed_by_policy: by_policy(answer.managed_by()),
        })))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<SharingBlock>,
        to: &SharingBlock,
    ) -> Result<(), Error> {
        if to.state == Sharing::Unblocked {
            let answer = self.0.disable_image_block_public_access().send().await;
            answer.map_err(failed("ec2:DisableImageBlockPublicAccess", &resource.region))?;
            return Ok(());
        }
        // Of images there is no other block.
        let state = ImageBlockPublicAccessEnabledState::BlockNewSharing;
        let call = self.0.enable_image_block_public_access();
        let answer = call.image_block_public_access_state(state).send().await;
        answer.map_err(failed("ec2:EnableImageBlockPublicAccess", &resource.region))?;
        Ok(())
    }
}

/// Whether serial consoles can be reached.
pub(crate) struct SerialConsole(pub Client);

impl Setting for SerialConsole {
    type State = Console;
    const META: &'static SettingMeta = &SERIAL_CONSOLE;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Console>>, Error> {
        let answer = self.0.get_serial_console_access_status().send().await;
        let answer =
            answer.map_err(failed("ec2:GetSerialConsoleAccessStatus", &resource.region))?;
        Ok(Some(Observed::of(Console {
            access: answer.serial_console_access_enabled().unwrap_or_default(),
            managed_by_policy: by_policy(answer.managed_by()),
        })))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<Console>,
        to: &Console,
    ) -> Result<(), Error> {
        if to.access {
            let answer = self.0.enable_serial_console_access().send().await;
            answer.map_err(failed("ec2:EnableSerialConsoleAccess", &resource.region))?;
        } else {
            let answer = self.0.disable_serial_console_access().send().await;
            answer.map_err(failed("ec2:DisableSerialConsoleAccess", &resource.region))?;
        }
        Ok(())
    }
}

/// The metadata service of new instances.
pub(crate) struct MetadataDefaults(pub Client);

impl Setting for MetadataDefaults {
    type State = Defaults;
    const META: &'static SettingMeta = &METADATA_DEFAULTS;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Defaults>>, Error> {
        let answer = self.0.get_instance_metadata_defaults().send().await;
        let answer = answer.map_err(failed("ec2:GetInstanceMetadataDefaults", &resource.region))?;
        let level = answer.account_level();
        let tokens = |state: &HttpTokensState| match state {
            HttpTokensState::Required => Tokens::Required,
            _ => Tokens::Optional,
        };
        Ok(Some(Observed::of(Defaults {
            http_tokens: level.and_then(|level| level.http_tokens()).map(tokens),
            managed_by_policy: by_policy(level.and_then(|level| level.managed_by())),
        })))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<Defaults>,
        to: &Defaults,
    ) -> Result<(), Error> {
        let tokens = match to.http_tokens {
            Some(Tokens::Required) => MetadataDefaultHttpTokensState::Required,
            Some(Tokens::Optional) => MetadataDefaultHttpTokensState::Optional,
            None => MetadataDefaultHttpTokensState::NoPreference,
        };
        let answer = self.0.modify_instance_metadata_defaults().http_tokens(tokens).send().await;
        answer.map_err(failed("ec2:ModifyInstanceMetadataDefaults", &resource.region))?;
        Ok(())
    }
}

/// Whether new volumes of the region are encrypted by default.
pub(crate) struct EbsEncryption(pub Client);

impl Setting for EbsEncryption {
    type State = Encryption;
    const META: &'static SettingMeta = &EBS_ENCRYPTION;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Encryption>>, Error> {
        let answer = self
            .0
            .get_ebs_encryption_by_default()
            .send()
            .await
            .map_err(failed("ec2:GetEbsEncryptionByDefault", &resource.region))?;
        let by_default = answer.ebs_encryption_by_default().unwrap_or_default();
        Ok(Some(Observed::of(Encryption { by_default })))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<Encryption>,
        to: &Encryption,
    ) -> Result<(), Error> {
        if to.by_default {
            let answer = self.0.enable_ebs_encryption_by_default().send().await;
            answer.map_err(failed("ec2:EnableEbsEncryptionByDefault", &resource.region))?;
        } else {
            let answer = self.0.disable_ebs_encryption_by_default().send().await;
            answer.map_err(failed("ec2:DisableEbsEncryptionByDefault", &resource.region))?;
        }
        Ok(())
    }
}
