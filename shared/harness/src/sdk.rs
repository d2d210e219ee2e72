//! The SDK's configuration, made by hand: no look-ups, no second TLS stack, no entropy gathered
//! by timing jitter (30 to 50 ms of CPU at the first handshake with the SDK's default provider).

use std::sync::{Arc, Mutex, PoisonError};

use aws_config::{
    AppName, BehaviorVersion, Region, SdkConfig,
    environment::EnvironmentVariableCredentialsProvider, retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        http::SharedHttpClient,
        interceptors::{Intercept, context::BeforeSerializationInterceptorContextRef},
        orchestrator::Metadata,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use std::time::Duration;

/// The names of the AWS calls that were made, in their order: every report lists its own.
#[derive(Clone, Debug, Default)]
pub struct CallLog(Arc<Mutex<Vec<String>>>);

impl CallLog {
    /// The calls since the last time, which are forgotten here.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Intercept for CallLog {
    fn name(&self) -> &'static str {
        "CallLog"
    }

    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(metadata) = config.load::<Metadata>() {
            let service = metadata.service().replace(' ', "").to_lowercase();
            let call = format!("{service}:{}", metadata.name());
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call);
        }
        Ok(())
    }
}

/// What every client is made from.
#[derive(Clone, Debug)]
pub struct Sdk {
    /// The configuration that all services share.
    pub config: SdkConfig,
    /// Put into every client as an interceptor.
    pub calls: CallLog,
}

impl Sdk {
    /// From Lambda's own environment variables. An endpoint in `AWS_ENDPOINT_URL` (a local AWS) is
    /// taken as the SDKs take it.
    #[must_use]
    pub fn from_environment(region: &str) -> Self {
        let mut config = base(region)
            .http_client(https())
            .credentials_provider(SharedCredentialsProvider::new(
                EnvironmentVariableCredentialsProvider::new(),
            ))
            .build();
        if let Ok(endpoint) = std::env::var("AWS_ENDPOINT_URL") {
            config = config.into_builder().endpoint_url(endpoint).build();
        }
        Self { config, calls: CallLog::default() }
    }

    /// Around a given configuration.
    #[must_use]
    pub fn new(config: SdkConfig) -> Self {
        Self { config, calls: CallLog::default() }
    }

    /// The endpoint of a local AWS, where there is one.
    #[must_use]
    pub fn local_endpoint(&self) -> Option<&str> {
        self.config.endpoint_url()
    }
}

/// What the functions share with everything that stands in for them: retries and time-outs.
#[must_use]
pub fn base(region: &str) -> aws_types::sdk_config::Builder {
    let retries = RetryConfig::standard()
        .with_max_attempts(4)
        .with_initial_backoff(Duration::from_millis(200));
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(5))
        .operation_timeout(Duration::from_secs(12))
        .build();
    let builder = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .retry_config(retries)
        .timeout_config(timeouts)
        .sleep_impl(aws_smithy_async::rt::sleep::SharedAsyncSleep::new(
            aws_smithy_async::rt::sleep::TokioSleep::new(),
        ))
        .time_source(aws_smithy_async::time::SharedTimeSource::new(
            aws_smithy_async::time::SystemTimeSource::new(),
        ));
    match AppName::new("demarc") {
        Ok(name) => builder.app_name(name),
        Err(_) => builder,
    }
}

fn https() -> SharedHttpClient {
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
}
