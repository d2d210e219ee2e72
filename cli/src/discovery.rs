//! Who signs, in which region, and where the operators are.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

use crate::{
    arguments::Global,
    aws::Aws,
    endpoint::Endpoint,
    error::Error,
    file::File,
    function::Function,
    operator::{Operator, Signer},
};

/// What all requests of a command share.
#[derive(Debug)]
pub(crate) struct Session {
    region: Option<String>,
    /// Where AWS is, where it is not AWS: `AWS_ENDPOINT_URL`.
    local: Option<String>,
    signer: Signer,
}

impl Session {
    /// Reads the AWS configuration; credentials are asked for with the first request only.
    pub(crate) async fn load(global: &Global) -> Self {
        let tls = Provider::Rustls(CryptoMode::Ring);
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(Builder::new().tls_provider(tls).build_https());
        if let Some(profile) = &global.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = &global.region {
            loader = loader.region(Region::new(region.clone()));
        }
        Self::of(&loader.load().await)
    }

    fn of(config: &SdkConfig) -> Self {
        let region = config.region().map(ToString::to_string).filter(|name| !name.is_empty());
        let local = config.endpoint_url().map(str::to_owned);
        Self { signer: Signer::new(config, region.clone()), region, local }
    }

    /// AWS itself, in the stack's region, with the caller's own credentials.
    pub(crate) fn aws(&self) -> Result<Aws<'_>, Error> {
        let region = self.region.as_deref().ok_or_else(|| {
            let next = "the region is not known: say `--region REGION`, or set `AWS_REGION`";
            Error::Message(next.to_owned())
        })?;
        Ok(Aws { signer: &self.signer, region, local: self.local.as_deref() })
    }

    /// The operators of the functions, those that are configured; at least one.
    pub(crate) fn operators(
        &self,
        global: &Global,
        functions: &[Function],
    ) -> Result<Vec<Operator<'_>>, Error> {
        let mut operators = Vec::new();
        for function in functions {
            if let Some(endpoint) = self.find(global, *function)? {
                operators.push(Operator::new(*function, endpoint, &self.signer));
            }
        }
        match operators.is_empty() {
            true => Err(self.unknown(global, functions)),
            false => Ok(operators),
        }
    }

    /// The operator of one function.
    pub(crate) fn operator(
        &self,
        global: &Global,
        function: Function,
    ) -> Result<Operator<'_>, Error> {
        let found = self.operators(global, &[function])?.into_iter().next();
        found.ok_or_else(|| self.unknown(global, &[function]))
    }

    /// Option, then environment, then file.
    fn find(&self, global: &Global, function: Function) -> Result<Option<Endpoint>, Error> {
        let given = global.endpoints.iter().rev().find(|given| given.function == function);
        if let Some(given) = given {
            return Ok(Some(given.endpoint.clone()));
        }
        let name = function.variable();
        if let Some(url) = std::env::var(name).ok().filter(|url| !url.is_empty()) {
            let wrong = |e| Error::Message(format!("`{name}`: {e}"));
            return url.parse().map(Some).map_err(wrong);
        }
        let Some(region) = &self.region else { return Ok(None) };
        File::load(&File::path()?)?.endpoint(&global.stack, region, function)
    }

    fn unknown(&self, global: &Global, functions: &[Function]) -> Error {
        let Some(region) = &self.region else {
            return Error::Message(
                "the region is not known: say `--region REGION`, or set `AWS_REGION`".to_owned(),
            );
        };
        let stack = &global.stack;
        let names: Vec<String> = functions.iter().map(|f| format!("`{}`", f.as_str())).collect();
        let profile =
            global.profile.as_ref().map_or_else(String::new, |p| format!(" --profile {p}"));
        Error::Message(format!(
            "where stack `{stack}` in `{region}` has its operators of {} is not known; say it once with\n  \
             aws cloudformation describe-stacks --stack-name {stack} --region {region}{profile} --output json | demarc connect --stack {stack} --from -",
            names.join(", ")
        ))
    }
}
