//! The clients of S3 and S3 Control.

use aws_sdk_s3::Client as S3;
use aws_sdk_s3control::{
    Client as S3Control,
    config::endpoint::{Endpoint, EndpointFuture, Params, ResolveEndpoint},
};
use demarc_harness::{BoxFuture, Error, Sdk, failed};

/// Addresses buckets by path: one host, so that the warmed connection serves every bucket.
pub(crate) fn s3(sdk: &Sdk) -> S3 {
    let config = aws_sdk_s3::config::Builder::from(&sdk.config)
        .interceptor(sdk.calls.clone())
        .force_path_style(true);
    S3::from_conf(config.build())
}

pub(crate) fn s3control(sdk: &Sdk) -> S3Control {
    let config =
        aws_sdk_s3control::config::Builder::from(&sdk.config).interceptor(sdk.calls.clone());
    let config = match sdk.local_endpoint() {
        Some(url) => config.endpoint_resolver(Local(url.to_owned())),
        None => config,
    };
    S3Control::from_conf(config.build())
}

/// A local AWS as it is: the SDK would put the account before its host, which does not resolve.
#[derive(Debug)]
struct Local(String);

impl ResolveEndpoint for Local {
    fn resolve_endpoint<'a>(&'a self, _: &'a Params) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(Endpoint::builder().url(self.0.clone()).build()))
    }
}

/// One cheap read through each client.
pub(crate) fn warm(
    s3: S3,
    control: S3Control,
    account: String,
) -> impl Fn() -> BoxFuture<'static, Result<(), Error>> + Send + Sync {
    move || {
        let (s3, control, account) = (s3.clone(), control.clone(), account.clone());
        Box::pin(async move {
            let buckets = async {
                let listed = s3.list_buckets().max_buckets(1).send().await;
                listed.map(|_| ()).map_err(failed("s3:ListBuckets", &account))
            };
            let block = crate::settings::account_block(&control, &account);
            let (buckets, block) = tokio::join!(buckets, block);
            buckets.and(block.map(|_| ()))
        })
    }
}
