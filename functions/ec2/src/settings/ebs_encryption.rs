//! `ec2.ebs-encryption`

use aws_sdk_ec2::Client;
use demarc_harness::{
    Error, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::ebs_encryption::{EBS_ENCRYPTION, EbsEncryption as State},
    },
};

/// Whether new volumes of the region are encrypted by default.
pub(crate) struct EbsEncryption(pub Client);

impl Setting for EbsEncryption {
    type State = State;
    const META: &'static SettingMeta = &EBS_ENCRYPTION;

    /// There is one: the account itself, whose id the pipeline knows.
    async fn list(&self, _: Option<String>) -> Result<Page, Error> {
        Ok(Page { ids: vec!["account".to_owned()], next: None })
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let answer = self
            .0
            .get_ebs_encryption_by_default()
            .send()
            .await
            .map_err(failed("ec2:GetEbsEncryptionByDefault", &resource.region))?;
        let by_default = answer.ebs_encryption_by_default().unwrap_or_default();
        Ok(Some(Observed::of(State { by_default })))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<State>,
        to: &State,
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
