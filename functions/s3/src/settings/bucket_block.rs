//! `s3.bucket-public-access-block`

use aws_sdk_s3::{Client, types::PublicAccessBlockConfiguration};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::s3::public_access_block::{OF_BUCKET, PublicAccessBlock},
    },
};

use super::{GONE, buckets};

/// A bucket's public access block.
pub(crate) struct BucketBlock(pub Client);

impl Setting for BucketBlock {
    type State = PublicAccessBlock;
    const META: &'static SettingMeta = &OF_BUCKET;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        buckets(&self.0, token).await
    }

    async fn read(
        &self,
        resource: &Resource,
    ) -> Result<Option<Observed<PublicAccessBlock>>, Error> {
        let answer = self
            .0
            .get_public_access_block()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .send()
            .await
            .map_err(failed("s3:GetPublicAccessBlock", &resource.id));
        let found = Found::sort(answer, &["NoSuchPublicAccessBlockConfiguration"], GONE)?;
        let state = found.map(|answer| {
            answer.public_access_block_configuration().map(state).unwrap_or_default()
        });
        Ok(state.or(PublicAccessBlock::default).map(Observed::of))
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
                .bucket(&resource.id)
                .expected_bucket_owner(&resource.account)
                .send()
                .await
                .map_err(failed("s3:DeletePublicAccessBlock", &resource.id))?;
            return Ok(());
        }
        self.0
            .put_public_access_block()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .public_access_block_configuration(configuration(to))
            .send()
            .await
            .map_err(failed("s3:PutPublicAccessBlock", &resource.id))?;
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
