//! One operator, asked by signed requests.

use std::{
    cell::RefCell,
    time::{Duration, SystemTime},
};

use aws_config::SdkConfig;
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider},
};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::{
    Connector,
    proxy::ProxyConfig,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorSettings},
    orchestrator::HttpRequest,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{answer::Refusal, endpoint::Endpoint, error::Error, function::Function};

/// A function runs for 15 minutes at most.
const ANSWER_WITHIN: Duration = Duration::from_secs(900);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Credentials that end sooner are asked for again.
const STILL_VALID: Duration = Duration::from_secs(60);
/// Pauses after a throttled request, which no operator has seen.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(250), Duration::from_secs(1), Duration::from_secs(4)];

/// What signs and sends.
#[derive(Debug)]
pub(crate) struct Signer {
    connector: Connector,
    provider: Option<SharedCredentialsProvider>,
    credentials: RefCell<Option<Credentials>>,
    region: Option<String>,
}

impl Signer {
    /// Signs as whom the AWS configuration names.
    pub(crate) fn new(config: &SdkConfig, region: Option<String>) -> Self {
        let settings = HttpConnectorSettings::builder()
            .connect_timeout(CONNECT_WITHIN)
            .read_timeout(ANSWER_WITHIN)
            .build();
        let connector = Connector::builder()
            .connector_settings(settings)
            .sleep_impl(TokioSleep::new())
            .proxy_config(ProxyConfig::from_env())
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build();
        let provider = config.credentials_provider();
        Self { connector, provider, credentials: RefCell::default(), region }
    }

    async fn credentials(&self) -> Result<Credentials, Error> {
        let soon = SystemTime::now() + STILL_VALID;
        let kept = self.credentials.borrow().clone();
        if let Some(kept) = kept.filter(|c| c.expiry().is_none_or(|end| end > soon)) {
            return Ok(kept);
        }
        let provider = self.provider.as_ref().ok_or_else(|| {
            Error::Credentials("the AWS configuration names no source".to_owned())
        })?;
        let fresh =
            provider.provide_credentials().await.map_err(|e| Error::Credentials(causes(&e)))?;
        *self.credentials.borrow_mut() = Some(fresh.clone());
        Ok(fresh)
    }

    async fn signed(&self, call: &Call<'_>) -> Result<HttpRequest, Error> {
        let credentials = self.credentials().await?;
        let bad = |e: &dyn std::fmt::Display| {
            Error::Message(format!("`{}` cannot be asked: {e}", call.url))
        };
        let mut request = HttpRequest::new(SdkBody::from(call.body));
        request.set_method(call.method).map_err(|e| bad(&e))?;
        request.set_uri(call.url).map_err(|e| bad(&e))?;
        for (name, value) in call.headers {
            request.headers_mut().insert(*name, (*value).to_owned());
        }
        for (name, value) in signature(credentials, call).map_err(|e| bad(&e))? {
            request.headers_mut().insert(name, value);
        }
        Ok(request)
    }

    /// Asks an operator.
    async fn send(&self, endpoint: &Endpoint, body: &str) -> Result<(u16, Vec<u8>), Error> {
        let region = endpoint.region().or(self.region.as_deref()).ok_or_else(|| {
            Error::Message(format!(
                "the region of `{}` is not known: say `--region REGION`, or set `AWS_REGION`",
                endpoint.url()
            ))
        })?;
        let headers = &[("content-type", "application/json")];
        let url = endpoint.url();
        self.call(&Call { method: "POST", url, service: "lambda", region, headers, body }).await
    }

    /// Status and body of the answer.
    pub(crate) async fn call(&self, call: &Call<'_>) -> Result<(u16, Vec<u8>), Error> {
        let request = self.signed(call).await?;
        let lost = |cause: String| Error::Network { url: call.url.to_owned(), cause };
        let answer = self.connector.call(request).await.map_err(|e| lost(causes(&e)))?;
        let status = answer.status().as_u16();
        let body = ByteStream::new(answer.into_body());
        let body = body.collect().await.map_err(|e| lost(causes(&e)))?;
        Ok((status, body.to_vec()))
    }
}

/// A call of an AWS service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    /// The name that it is signed for.
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) headers: &'a [(&'static str, &'a str)],
    pub(crate) body: &'a str,
}

/// The headers that a signature adds.
fn signature(credentials: Credentials, call: &Call<'_>) -> Result<Vec<(String, String)>, String> {
    let identity = credentials.into();
    let parameters = SigningParams::builder()
        .identity(&identity)
        .region(call.region)
        .name(call.service)
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .map_err(|e| e.to_string())?;
    let body = SignableBody::Bytes(call.body.as_bytes());
    let request = SignableRequest::new(call.method, call.url, call.headers.iter().copied(), body)
        .map_err(|e| e.to_string())?;
    let (instructions, _) =
        sign(request, &parameters.into()).map_err(|e| e.to_string())?.into_parts();
    Ok(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// An error with its causes, each once.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let next = cause.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        source = cause.source();
    }
    text
}

/// One function's operator.
#[derive(Debug)]
pub(crate) struct Operator<'a> {
    function: Function,
    endpoint: Endpoint,
    signer: &'a Signer,
}

impl<'a> Operator<'a> {
    /// The operator at an endpoint.
    pub(crate) fn new(function: Function, endpoint: Endpoint, signer: &'a Signer) -> Self {
        Self { function, endpoint, signer }
    }

    /// Whose it is.
    pub(crate) fn function(&self) -> Function {
        self.function
    }

    /// The region that it works in, where that is known.
    pub(crate) fn region(&self) -> Option<&str> {
        self.endpoint.region().or(self.signer.region.as_deref())
    }

    /// Asks, and gives the answer as it came. Only what was throttled is asked again.
    pub(crate) async fn ask(&self, request: &Value) -> Result<String, Error> {
        let body = request.to_string();
        let mut pauses = PAUSES.into_iter();
        loop {
            let (status, answer) = self.signer.send(&self.endpoint, &body).await?;
            if status == 200 {
                return String::from_utf8(answer).map_err(|e| self.puzzling(&e));
            }
            let refusal = Refusal::read(status, &answer);
            match pauses.next().filter(|_| refusal.is_throttled()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(Error::Refused { function: self.function, refusal }),
            }
        }
    }

    /// It did not answer in time.
    pub(crate) fn silent(&self, within: Duration) -> Error {
        let cause = format!("no answer within {} seconds", within.as_secs());
        Error::Network { url: self.endpoint.url().to_owned(), cause }
    }

    /// Reads an answer of this operator.
    pub(crate) fn read<T: DeserializeOwned>(&self, answer: &str) -> Result<T, Error> {
        serde_json::from_str(answer).map_err(|e| self.puzzling(&e))
    }

    /// An answer that is not understood.
    pub(crate) fn puzzling(&self, cause: &dyn std::fmt::Display) -> Error {
        Error::Answer { url: self.endpoint.url().to_owned(), cause: cause.to_string() }
    }
}
