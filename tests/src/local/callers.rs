//! Callers with names of their own, so that the operator knows who asks.
//!
//! moto tells callers apart by their access key; any key that it did not issue is the same
//! `user/moto`.

use aws_credential_types::Credentials;

use super::api::{Api, element};
use super::{ACCOUNT, Error};

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
    let api = Api::of(emulator);
    api.query("iam", "CreateUser", &user).await?;
    let reply = api.query("iam", "CreateAccessKey", &user).await?;
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
    let api = Api::of(emulator);
    api.query("iam", "CreateRole", &parameters).await?;
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/{role}");
    let parameters = [("RoleArn", arn.as_str()), ("RoleSessionName", session)];
    let reply = api.query("sts", "AssumeRole", &parameters).await?;
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
    let api = Api { credentials: credentials.clone(), ..Api::of(emulator) };
    let reply = api.query("sts", "GetCallerIdentity", &[]).await?;
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
