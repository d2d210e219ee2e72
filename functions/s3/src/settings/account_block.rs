//! `s3.account-public-access-block`

use aws_sdk_s3control::{Client, types::PublicAccessBlockConfiguration};
use demarc_harness::{
    Error, Found, Observed, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::s3::public_access_block::{OF_ACCOUNT, PublicAccessBlock},
    },
};

/// The account's public access block.
pub(crate) struct AccountBlock(pub Client);

/// The account's block as it is.
pub(crate) async fn account_block(
    control: &Client,
    account: &str,
) -> Result<PublicAccessBlock, Error> {
    let answer = control
        .get_public_access_block()
        .account_id(account)
        .send()
        .await
        .map_err(failed("s3control:GetPublicAccessBlock", account));
    let found = Found::sort(answer, &["NoSuchPublicAccessBlockConfiguration"], &[])?;
    let state = found
        .map(|answer| answer.public_access_block_configuration().map(state).unwrap_or_default());
    Ok(state.or(PublicAccessBlock::default).unwrap_or_default())
}

impl Setting for AccountBlock {
    type State = PublicAccessBlock;
    const META: &'static SettingMeta = &OF_ACCOUNT;

    async fn read(
        &self,
        resource: &Resource,
    ) -> Result<Option<Observed<PublicAccessBlock>>, Error> {
        account_block(&self.0, &resource.account).await.map(|state| Some(Observed::of(state)))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<PublicAccessBlock>,
        to: &PublicAccessBlock,
    ) -> Result<(), Error> {
        if *to == PublicAccessBlock::default() {
            self.0
                .delete_public_access_block()
                .account_id(&resource.account)
                .send()
                .await
                .map_err(failed("s3control:DeletePublicAccessBlock", &resource.account))?;
            return Ok(());
        }
        self.0
            .put_public_access_block()
            .account_id(&resource.account)
            .public_access_block_configuration(configuration(to))
            .send()
            .await
            .map_err(failed("s3control:PutPublicAccessBlock", &resource.account))?;
        Ok(())
    }
}

fn state(configuration: &PublicAccessBlockConfiguration) -> PublicAccessBlock {
    PublicAccessBlock {
        block_public_acls: configuration.block_public_acls(),
        ignore_public_acls: configuration.ignore_public_acls(),
        block_public_policy: configuration.block_public_policy(),
        restrict_public_buckets: configuration.restrict_public_buckets(),
    }
}

fn configuration(state: &PublicAccessBlock) -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration::builder()
        .set_block_public_acls(state.block_public_acls)
        .set_ignore_public_acls(state.ignore_public_acls)
        .set_block_public_policy(state.block_public_policy)
        .set_restrict_public_buckets(state.restrict_public_buckets)
        .build()
}
