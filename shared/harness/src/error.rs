//! What can go wrong, always with the operation, the resource and the service's own error code.

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use demarc_remediation::{
    classification::Rejection, configuration::ConfigurationError, state::StateError,
};

/// Which kind of fault an API call ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The role lacks a permission.
    Denied,
    /// Too many requests.
    Throttled,
    /// The service's own fault, a timeout or a broken connection: the call may have had effect.
    Unknown,
    /// The service refused the request, and nothing was changed.
    Refused,
}

/// An AWS API call that failed.
#[derive(Clone, Debug)]
pub struct ApiError {
    /// Service and operation: `s3:PutBucketPolicy`.
    pub operation: &'static str,
    /// The resource that the call was about.
    pub resource: String,
    /// The service's error code, `Timeout` or `ConnectionFailed` where there was no answer.
    pub code: String,
    /// The service's message.
    pub message: String,
    /// Which kind of fault it is.
    pub fault: Fault,
    /// The region in which S3 says that the bucket is.
    pub bucket_region: Option<String>,
}

const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthFailure",
    "UnauthorizedOperation",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
];

const THROTTLED: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "SlowDown",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "OperationAborted",
    "ConcurrentModification",
];

impl ApiError {
    fn fault_of(code: &str, status: Option<u16>) -> Fault {
        if DENIED.contains(&code) {
            Fault::Denied
        } else if THROTTLED.contains(&code) {
            Fault::Throttled
        } else if status.is_some_and(|s| (300..500).contains(&s)) {
            Fault::Refused
        } else {
            Fault::Unknown
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { operation, resource, code, message, fault, .. } = self;
        write!(f, "`{operation}` on `{resource}` failed with {code}: {message}")?;
        f.write_str(match fault {
            Fault::Denied => "; the function's role lacks a permission: compare it with the permissions table, and look for a denying boundary or service control policy",
            Fault::Throttled => "; the queue delivers the message again",
            Fault::Unknown => "; it may have had effect: the queue delivers the message again, and the state is read anew",
            Fault::Refused => "",
        })
    }
}

/// Why a message is not done.
#[derive(Debug)]
pub enum Error {
    /// An AWS API call failed.
    Api(Box<ApiError>),
    /// What reached the function is no event and no request.
    Rejected(Rejection),
    /// Elements that do not make up a state.
    State(StateError),
    /// The configuration is not valid.
    Configuration(ConfigurationError),
    /// The before-image does not fit into the journal, so nothing was written.
    TooLargeToJournal {
        /// The setting's key.
        key: String,
        /// The entry's size when compressed, in bytes.
        bytes: usize,
    },
    /// The lease ran out while the setting was being written; another run has taken over.
    LeaseLost {
        /// The setting's key.
        key: String,
    },
    /// Written, and it does not show in the readings that followed.
    Unverified {
        /// The setting's key.
        key: String,
    },
    /// The journal has no such plan that this function could act on.
    NoSuchPlan(String),
    /// IAM does not say who asks.
    UnknownCaller(String),
    /// The operator may not do this; the text says why.
    Refused(String),
    /// Something that must not be; the text says what, and what to look at.
    Internal(String),
}

impl Error {
    /// A stable name for the kind of error, as Lambda's error type.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Api(api) => match api.fault {
                Fault::Denied => "Demarc.AccessDenied",
                Fault::Throttled => "Demarc.Throttled",
                Fault::Unknown => "Demarc.ServiceFault",
                Fault::Refused => "Demarc.ApiRefused",
            },
            Self::Rejected(_) => "Demarc.Rejected",
            Self::State(_) => "Demarc.State",
            Self::Configuration(_) => "Demarc.Configuration",
            Self::TooLargeToJournal { .. } => "Demarc.TooLargeToJournal",
            Self::LeaseLost { .. } => "Demarc.LeaseLost",
            Self::Unverified { .. } => "Demarc.Unverified",
            Self::NoSuchPlan(_) => "Demarc.NoSuchPlan",
            Self::UnknownCaller(_) => "Demarc.UnknownCaller",
            Self::Refused(_) => "Demarc.Refused",
            Self::Internal(_) => "Demarc.Internal",
        }
    }

    /// The API error, where it is one.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(api) => Some(api),
            _ => None,
        }
    }

    /// Whether the service answered with this error code.
    #[must_use]
    pub fn has_code(&self, code: &str) -> bool {
        self.api().is_some_and(|api| api.code == code)
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Api(e) => e.fmt(f),
            Self::Rejected(e) => e.fmt(f),
            Self::State(e) => e.fmt(f),
            Self::Configuration(e) => e.fmt(f),
            Self::TooLargeToJournal { key, bytes } => write!(
                f,
                "the before-image of `{key}` takes {bytes} bytes in the journal, more than fits: nothing was written, put it right by hand"
            ),
            Self::LeaseLost { key } => write!(
                f,
                "the lease on `{key}` ran out during the write: another run finishes the plan"
            ),
            Self::Unverified { key } => write!(
                f,
                "`{key}` was written, and the change does not show: it is evaluated again, see the journal"
            ),
            Self::NoSuchPlan(why)
            | Self::UnknownCaller(why)
            | Self::Refused(why)
            | Self::Internal(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Error {}

impl From<StateError> for Error {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}

impl From<Rejection> for Error {
    fn from(error: Rejection) -> Self {
        Self::Rejected(error)
    }
}

/// Turns an SDK's error into ours: `.map_err(failed("s3:GetBucketPolicy", &resource.id))`.
pub fn failed<E: ProvideErrorMetadata>(
    operation: &'static str,
    resource: &str,
) -> impl FnOnce(SdkError<E, HttpResponse>) -> Error {
    let resource = resource.to_owned();
    move |error| Error::Api(Box::new(convert(operation, resource, &error)))
}

fn convert<E: ProvideErrorMetadata>(
    operation: &'static str,
    resource: String,
    error: &SdkError<E, HttpResponse>,
) -> ApiError {
    let response = error.raw_response();
    let status = response.map(|r| r.status().as_u16());
    let bucket_region =
        response.and_then(|r| r.headers().get("x-amz-bucket-region")).map(str::to_owned);
    let (code, message) = match error {
        SdkError::ServiceError(service) => {
            let meta = service.err().meta();
            let code =
                meta.code().map_or_else(|| format!("Http{}", status.unwrap_or(0)), Into::into);
            (code, meta.message().unwrap_or("no message").to_owned())
        }
        SdkError::TimeoutError(_) => ("Timeout".into(), "no answer in time".into()),
        SdkError::DispatchFailure(failure) => {
            let cause =
                failure.as_connector_error().map_or_else(String::new, |error| describe(error));
            ("ConnectionFailed".into(), cause)
        }
        SdkError::ResponseError(_) => {
            ("InvalidResponse".into(), "the answer was not readable".into())
        }
        _ => ("InvalidRequest".into(), "the request could not be built".into()),
    };
    let fault = match error {
        SdkError::ServiceError(_) => ApiError::fault_of(&code, status),
        SdkError::ConstructionFailure(_) => Fault::Refused,
        _ => Fault::Unknown,
    };
    ApiError { operation, resource, code, message, fault, bucket_region }
}

fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
