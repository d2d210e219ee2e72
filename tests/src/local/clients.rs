//! Real SDK clients of a local endpoint.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3control::config::endpoint::{Endpoint, EndpointFuture, Params, ResolveEndpoint};
use aws_types::SdkConfig;
use aws_types::region::Region;

/// The configuration of clients, without anything from the environment.
///
/// Each call makes a connection pool of its own, because a pool ends with the runtime of the test
/// that used it first.
#[must_use]
pub fn config(endpoint: &str, region: &str, credentials: Credentials) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new(region.to_owned()))
        .build()
}

/// A client of S3, with path-style addresses: no host of a bucket resolves locally.
#[must_use]
pub fn s3(config: &SdkConfig) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(config).force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}

/// A client of S3 Control that leaves the account out of the host's name, which would not resolve
/// locally.
#[must_use]
pub fn s3control(config: &SdkConfig) -> aws_sdk_s3control::Client {
    let endpoint = config.endpoint_url().unwrap_or_default().to_owned();
    let config =
        aws_sdk_s3control::config::Builder::from(config).endpoint_resolver(Fixed(endpoint));
    aws_sdk_s3control::Client::from_conf(config.build())
}

/// The same endpoint for every request.
#[derive(Debug)]
struct Fixed(String);

impl ResolveEndpoint for Fixed {
    fn resolve_endpoint<'a>(&'a self, _: &'a Params) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(Endpoint::builder().url(self.0.clone()).build()))
    }
}
