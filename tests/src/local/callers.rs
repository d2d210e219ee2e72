//! Callers with names of their own, so that the operator knows who asks.
//!
//! moto tells callers apart by their access key; any key that it did not issue is the same
//! `user/moto`.

use aws_credential_types::Credentials;
use hyper::Request;
use hyper::body::Bytes;

use super::signature::{self, Scope};
use super::{ACCOUNT, Error, REGION, http};

/// Someone who can sign requests.
#[derive(Clone, Debug)]
pub struct Caller {
    /// What they sign with.
    pub credentials: Credentials,
    /// Their ARN, as STS tells it.
    pub arn: String,
}

/// What STS says about the holder of credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The ARN of the user, or of the role's session.
    pub arn: String,
    /// The unique id.
    pub user_id: String,
    /// The account.
    pub account: String,
}

/// The credentials that everything local is called with unless a test asks for others.
#[must_use]
pub fn test_credentials() -> Credentials {
    Credentials::new("test", "test", None, None, "demarc-tests")
}

/// Creates an IAM user with an access key.
///
/// # Errors
///
/// When the emulator refuses it, for example because the user exists.
pub async fn create_user(emulator: &str, name: &str) -> Result<Caller, Error> {
    let user = [("UserName", name)];
    iam(emulator, "CreateUser", &user).await?;
    let reply = iam(emulator, "CreateAccessKey", &user).await?;
    let credentials = Credentials::new(
        element(&reply, "AccessKeyId")?,
        element(&reply, "SecretAccessKey")?,
        None,
        None,
        "demarc-tests",
    );
    caller(emulator, credentials).await
}

/// Creates an IAM role and a session of it.
///
/// # Errors
///
/// When the emulator refuses it, for example because the role exists.
pub async fn create_session(emulator: &str, role: &str, session: &str) -> Result<Caller, Error> {
    let trust = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let parameters = [("RoleName", role), ("AssumeRolePolicyDocument", trust)];
    iam(emulator, "CreateRole", &parameters).await?;
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/{role}");
    let parameters = [("RoleArn", arn.as_str()), ("RoleSessionName", session)];
    let own = test_credentials();
    let reply = query(emulator, &own, "sts", "AssumeRole", &parameters).await?;
    let credentials = Credentials::new(
        element(&reply, "AccessKeyId")?,
        element(&reply, "SecretAccessKey")?,
        Some(element(&reply, "SessionToken")?),
        None,
        "demarc-tests",
    );
    caller(emulator, credentials).await
}

/// Asks STS who holds these credentials.
///
/// # Errors
///
/// When the emulator refuses the call.
pub async fn identity(emulator: &str, credentials: &Credentials) -> Result<Identity, Error> {
    let reply = query(emulator, credentials, "sts", "GetCallerIdentity", &[]).await?;
    Ok(Identity {
        arn: element(&reply, "Arn")?,
        user_id: element(&reply, "UserId")?,
        account: element(&reply, "Account")?,
    })
}

async fn caller(emulator: &str, credentials: Credentials) -> Result<Caller, Error> {
    let arn = identity(emulator, &credentials).await?.arn;
    Ok(Caller { credentials, arn })
}

async fn iam(emulator: &str, action: &str, parameters: &[(&str, &str)]) -> Result<String, Error> {
    query(emulator, &test_credentials(), "iam", action, parameters).await
}

/// One call of the query protocol; IAM and STS need no SDK for the few that are used here.
async fn query(
    emulator: &str,
    credentials: &Credentials,
    service: &str,
    action: &str,
    parameters: &[(&str, &str)],
) -> Result<String, Error> {
    let version = if service == "sts" { "2011-06-15" } else { "2010-05-08" };
    let mut form = format!("Action={action}&Version={version}");
    for (name, value) in parameters {
        form.push_str(&format!("&{name}={}", encoded(value)));
    }
    let request = Request::post(format!("{emulator}/"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(form))
        .map_err(|error| Error::Request(error.to_string()))?;
    let scope = Scope { region: REGION, service };
    let request = signature::signed(credentials, scope, request)?;
    let reply = http::send(http::authority(emulator), request).await?;
    let body = String::from_utf8_lossy(reply.body()).into_owned();
    match reply.status().is_success() {
        true => Ok(body),
        false => Err(Error::Request(format!("{service}:{action}: {body}"))),
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// The text of the first element with this name.
fn element(xml: &str, name: &str) -> Result<String, Error> {
    xml.split_once(&format!("<{name}>"))
        .and_then(|(_, rest)| rest.split_once('<'))
        .map(|(text, _)| text.to_owned())
        .ok_or_else(|| Error::Request(format!("the reply has no `{name}`: {xml}")))
}
