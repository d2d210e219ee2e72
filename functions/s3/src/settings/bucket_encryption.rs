//! `s3.bucket-encryption`

use aws_sdk_s3::{
    Client,
    error::BuildError,
    types::{
        BlockedEncryptionTypes, EncryptionType, ServerSideEncryption,
        ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
    },
};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::s3::bucket_encryption::{BUCKET_ENCRYPTION, Encryption},
    },
};

use super::{GONE, buckets};

/// S3 itself answers so no longer: every bucket has a default encryption.
const NONE: &[&str] = &["ServerSideEncryptionConfigurationNotFoundError"];

/// How a bucket encrypts new objects.
pub(crate) struct BucketEncryption(pub Client);

impl Setting for BucketEncryption {
    type State = Encryption;
    const META: &'static SettingMeta = &BUCKET_ENCRYPTION;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        buckets(&self.0, token).await
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Encryption>>, Error> {
        let answer = self
            .0
            .get_bucket_encryption()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .send()
            .await
            .map_err(failed("s3:GetBucketEncryption", &resource.id));
        let found = Found::sort(answer, NONE, GONE)?;
        let state = found.map(|answer| {
            let configuration = answer.server_side_encryption_configuration;
            let rule = configuration.and_then(|c| c.rules.into_iter().next());
            rule.map(observed).unwrap_or_default()
        });
        Ok(state.or(Encryption::default).map(Observed::of))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<Encryption>,
        to: &Encryption,
    ) -> Result<(), Error> {
        let configuration = configuration(to).map_err(|e| Error::Internal(e.to_string()))?;
        self.0
            .put_bucket_encryption()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .server_side_encryption_configuration(configuration)
            .send()
            .await
            .map_err(failed("s3:PutBucketEncryption", &resource.id))?;
        Ok(())
    }
}

fn observed(rule: ServerSideEncryptionRule) -> Encryption {
    let default = rule.apply_server_side_encryption_by_default;
    let blocked = rule.blocked_encryption_types.and_then(|blocked| blocked.encryption_type);
    Encryption {
        algorithm: default.as_ref().map(|d| d.sse_algorithm.as_str().to_owned()),
        key: default.and_then(|d| d.kms_master_key_id),
        bucket_key: rule.bucket_key_enabled,
        blocked: blocked.map(|types| types.iter().map(|t| t.as_str().to_owned()).collect()),
    }
}

/// Where nothing is configured, S3 encrypts as with `AES256`.
fn configuration(to: &Encryption) -> Result<ServerSideEncryptionConfiguration, BuildError> {
    let algorithm = to.algorithm.as_deref().unwrap_or(ServerSideEncryption::Aes256.as_str());
    let default = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(ServerSideEncryption::from(algorithm))
        .set_kms_master_key_id(to.key.clone())
        .build()?;
    let types = |types: &Vec<String>| {
        let types = types.iter().map(|name| EncryptionType::from(name.as_str()));
        BlockedEncryptionTypes::builder().set_encryption_type(Some(types.collect())).build()
    };
    let rule = ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(default)
        .set_bucket_key_enabled(to.bucket_key)
        .set_blocked_encryption_types(to.blocked.as_ref().map(types))
        .build();
    ServerSideEncryptionConfiguration::builder().rules(rule).build()
}
