//! AWS Signature Version 4: signs requests to local endpoints, and checks those that come in.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_types::date_time::{DateTime, Format};
use http::request::Parts;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;

use super::Error;

/// How far a client's clock may be off, as AWS has it.
const SKEW: Duration = Duration::from_secs(300);

/// What a request is signed for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
}

/// Signs a request, whose URI has to be whole, and makes it fit for a connection.
pub(crate) fn signed(
    credentials: &Credentials,
    scope: Scope<'_>,
    request: Request<Bytes>,
) -> Result<Request<Full<Bytes>>, Error> {
    signed_at(SystemTime::now(), credentials, scope, request).map(local)
}

fn signed_at(
    time: SystemTime,
    credentials: &Credentials,
    scope: Scope<'_>,
    request: Request<Bytes>,
) -> Result<Request<Bytes>, Error> {
    let (mut parts, body) = request.into_parts();
    let headers: Vec<(&str, &str)> = texts(&parts).collect();
    let (added, _) = compute(
        credentials,
        scope,
        time,
        &parts.method,
        &parts.uri.to_string(),
        headers,
        SignableBody::Bytes(&body),
    )?;
    for (name, value) in added {
        let (Ok(key), Ok(value)) = (name.parse::<http::HeaderName>(), value.parse()) else {
            return Err(Error::Request(format!("`{name}` cannot be a header")));
        };
        parts.headers.insert(key, value);
    }
    Ok(Request::from_parts(parts, body))
}

/// Turns a request with a whole URI into one with a path and a `Host`.
pub(crate) fn local(request: Request<Bytes>) -> Request<Full<Bytes>> {
    let mut request = request.map(Full::new);
    let host = request.uri().authority().and_then(|authority| authority.as_str().parse().ok());
    if let Some(host) = host {
        request.headers_mut().insert(http::header::HOST, host);
    }
    let path = request.uri().path_and_query().cloned();
    if let Some(path) = path {
        *request.uri_mut() = path.into();
    }
    request
}

/// The access key that a request claims to be signed with.
pub(crate) fn access_key(request: &Parts) -> Option<&str> {
    Some(Claim::read(request)?.access_key)
}

/// Whether a request was signed for the service with these credentials, a moment ago.
pub(crate) fn is_signed_by(
    credentials: &Credentials,
    service: &str,
    request: &Parts,
    body: &[u8],
) -> bool {
    verify(credentials, service, request, body).unwrap_or(false)
}

/// Signs what the client says it signed, and compares; nothing where the request is not whole.
fn verify(credentials: &Credentials, service: &str, request: &Parts, body: &[u8]) -> Option<bool> {
    let claim = Claim::read(request)?;
    let time = time(text(request, "x-amz-date")?)?;
    let now = SystemTime::now();
    let skew = now.duration_since(time).or_else(|error| Ok::<_, ()>(error.duration())).ok()?;
    let has_token = text(request, "x-amz-security-token") == credentials.session_token();
    let names: Vec<&str> = claim.signed_headers.split(';').collect();
    let is_whole = names.contains(&"host") && names.contains(&"x-amz-date");
    if skew > SKEW || claim.service != service || !has_token || !is_whole {
        return Some(false);
    }
    let headers = names
        .iter()
        // The signer adds these itself.
        .filter(|name| !["x-amz-date", "x-amz-security-token"].contains(name))
        .map(|name| Some((*name, text(request, name)?)))
        .collect::<Option<Vec<_>>>()?;
    let url = format!("http://{}{}", text(request, "host")?, request.uri);
    let scope = Scope { region: claim.region, service };
    let body = SignableBody::Bytes(body);
    let (_, signature) =
        compute(credentials, scope, time, &request.method, &url, headers, body).ok()?;
    Some(signature == claim.signature)
}

/// What the `Authorization` header says.
struct Claim<'a> {
    access_key: &'a str,
    region: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    fn read(request: &'a Parts) -> Option<Self> {
        let fields = text(request, "authorization")?.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let field = |name: &str| {
            fields.split(',').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
        };
        let mut scope = field("Credential")?.split('/');
        let access_key = scope.next()?;
        let (region, service) = (scope.nth(1)?, scope.next()?);
        Some(Self {
            access_key,
            region,
            service,
            signed_headers: field("SignedHeaders")?,
            signature: field("Signature")?,
        })
    }
}

/// The headers that a signature adds, and the signature.
fn compute<'a>(
    credentials: &Credentials,
    scope: Scope<'_>,
    time: SystemTime,
    method: &http::Method,
    url: &str,
    headers: Vec<(&'a str, &'a str)>,
    body: SignableBody<'a>,
) -> Result<(Vec<(String, String)>, String), Error> {
    let failed = |error: &dyn std::fmt::Display| Error::Request(format!("cannot sign: {error}"));
    let identity = credentials.clone().into();
    let parameters = SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(time)
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| failed(&error))?;
    let request = SignableRequest::new(method.as_str(), url, headers.into_iter(), body)
        .map_err(|error| failed(&error))?;
    let (instructions, signature) =
        sign(request, &parameters.into()).map_err(|error| failed(&error))?.into_parts();
    let added =
        instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Ok((added, signature))
}

/// `20261122T011300Z`.
fn time(text: &str) -> Option<SystemTime> {
    let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
    let (year, month, day) = (date.get(..4)?, date.get(4..6)?, date.get(6..8)?);
    let (hour, minute, second) = (clock.get(..2)?, clock.get(2..4)?, clock.get(4..6)?);
    let text = format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z");
    DateTime::from_str(&text, Format::DateTime).ok()?.try_into().ok()
}

fn text<'a>(request: &'a Parts, name: &str) -> Option<&'a str> {
    request.headers.get(name)?.to_str().ok()
}

fn texts(request: &Parts) -> impl Iterator<Item = (&str, &str)> {
    request.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCOPE: Scope<'_> = Scope { region: "us-east-1", service: "lambda" };

    /// Signs so long ago, and checks now for a service.
    fn holds(age: u64, token: Option<&str>, service: &str) -> bool {
        let token = token.map(str::to_owned);
        let signer = Credentials::new("key", "secret", token, None, "test");
        let known = Credentials::new("key", "secret", Some("token".to_owned()), None, "test");
        let request = Request::get("http://here/a?b=c").body(Bytes::new()).unwrap();
        let time = SystemTime::now() - Duration::from_secs(age);
        let signed = signed_at(time, &signer, SCOPE, request).unwrap();
        let (parts, _) = local(signed).into_parts();
        is_signed_by(&known, service, &parts, b"")
    }

    #[test]
    fn a_signature_holds_for_five_minutes_with_its_token_and_service() {
        assert!(holds(0, Some("token"), "lambda"));
        assert!(holds(290, Some("token"), "lambda"));
        assert!(!holds(310, Some("token"), "lambda"));
        assert!(!holds(0, Some("token"), "s3"));
        assert!(!holds(0, Some("other"), "lambda"));
        assert!(!holds(0, None, "lambda"));
    }
}
