//! The local cloud: moto behind a proxy, and real SDK clients of it.

use std::sync::Arc;

use aws_types::SdkConfig;

use super::moto::Moto;
use super::proxy::Proxy;
use super::{Error, REGION, callers, clients};

/// moto and one proxy before it.
#[derive(Debug)]
pub struct Cloud {
    moto: Arc<Moto>,
    proxy: Proxy,
}

impl Cloud {
    /// Starts a moto and a proxy.
    ///
    /// # Errors
    ///
    /// As [`Moto::start`].
    pub fn start() -> Result<Self, Error> {
        Self::before(Arc::new(Moto::start()?))
    }

    /// Starts a proxy before a moto that others use too. Calls and faults are this cloud's
    /// own, resources are shared: give them unique names.
    ///
    /// # Errors
    ///
    /// When no port can be opened.
    pub fn before(moto: Arc<Moto>) -> Result<Self, Error> {
        let proxy = Proxy::start(&moto)?;
        Ok(Self { moto, proxy })
    }

    /// Another proxy before the same emulator, with calls and faults of its own.
    ///
    /// # Errors
    ///
    /// When no port can be opened.
    pub fn beside(&self) -> Result<Self, Error> {
        Self::before(Arc::clone(&self.moto))
    }

    /// The emulator, to ask it without leaving a trace in the proxy.
    #[must_use]
    pub fn moto(&self) -> &Moto {
        &self.moto
    }

    /// The proxy, to read calls and inject faults.
    #[must_use]
    pub fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    /// Where functions and clients send their requests.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.proxy.endpoint()
    }

    /// The environment that points a function at this cloud.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        vec![("AWS_ENDPOINT_URL".to_owned(), self.endpoint())]
    }

    /// The configuration of an SDK client in the default region.
    #[must_use]
    pub fn sdk_config(&self) -> SdkConfig {
        self.sdk_config_in(REGION)
    }

    /// The configuration of an SDK client: through the proxy, with test credentials and
    /// without anything from the environment.
    ///
    /// Each call makes a connection pool of its own, because a pool ends with the runtime of
    /// the test that used it first.
    #[must_use]
    pub fn sdk_config_in(&self, region: &str) -> SdkConfig {
        clients::config(&self.endpoint(), region, callers::test_credentials())
    }

    /// A client of S3.
    #[must_use]
    pub fn s3(&self) -> aws_sdk_s3::Client {
        clients::s3(&self.sdk_config())
    }

    /// A client of S3 Control.
    #[must_use]
    pub fn s3control(&self) -> aws_sdk_s3control::Client {
        clients::s3control(&self.sdk_config())
    }

    /// A client of EC2.
    #[must_use]
    pub fn ec2(&self) -> aws_sdk_ec2::Client {
        aws_sdk_ec2::Client::new(&self.sdk_config())
    }

    /// A client of RDS.
    #[must_use]
    pub fn rds(&self) -> aws_sdk_rds::Client {
        aws_sdk_rds::Client::new(&self.sdk_config())
    }

    /// A client of DynamoDB.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.sdk_config())
    }

    /// A client of SQS.
    #[must_use]
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.sdk_config())
    }
}
