//! Who made a change.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json::{account, str_of, text};
use crate::rejection::printable;

named! {
    /// The kind of identity behind a call (CloudTrail's `userIdentity.type`).
    pub enum ActorKind {
        /// The account's root user.
        Root = "root",
        /// An IAM user.
        User = "user",
        /// A role, or a session of one.
        Role = "role",
        /// A federated user: SAML, web identity or `GetFederationToken`.
        FederatedUser = "federated-user",
        /// Another AWS account.
        Account = "account",
        /// An AWS service.
        Service = "service",
        /// A user of IAM Identity Center.
        IdentityCenter = "identity-center",
        /// None of these, or not said.
        Unknown = "unknown",
    }
}

/// Who made a change, by what CloudTrail itself says (`userIdentity`), never by
/// what the caller chose (user agent, session name, tags).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The kind of identity.
    pub kind: ActorKind,
    /// The identity's ARN; of a role session, the session's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The identity's own account, which need not be the resource's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The ARN of the role behind a session (`sessionContext.sessionIssuer.arn`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The AWS service that called on the identity's behalf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoked_by: Option<String>,
    /// The identity's unique id (`AIDA...`, `AROA...:session`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
}

impl Default for Actor {
    fn default() -> Self {
        Self {
            kind: ActorKind::Unknown,
            arn: None,
            account: None,
            role: None,
            invoked_by: None,
            principal: None,
        }
    }
}

impl Actor {
    /// Reads CloudTrail's `userIdentity`. The type is missing in 42 of 2,900
    /// recorded events, which then hold only `accountId` and `invokedBy`.
    pub(crate) fn from_identity(identity: &Value) -> Self {
        let session =
            identity.get("sessionContext").and_then(|context| context.get("sessionIssuer"));
        let invoked_by = text(identity, "invokedBy");
        let stated = str_of(identity, "type").unwrap_or_default();
        let by_service = invoked_by.as_deref().is_some_and(service_principal);
        let person = identity.get("onBehalfOf").and_then(|person| text(person, "userId"));
        Self {
            kind: kind(stated, by_service),
            arn: text(identity, "arn"),
            account: account(identity, "accountId"),
            // The issuer of a federated user's session is an IAM user, not a role.
            role: session
                .and_then(|issuer| text(issuer, "arn"))
                .filter(|arn| arn.contains(":role/")),
            invoked_by,
            principal: text(identity, "principalId").or(person),
        }
    }

    /// Whether an AWS service made the call: a service's own identity, a
    /// service-linked role (path `/aws-service-role/`), or a service on someone's
    /// behalf, as CloudFormation does.
    #[must_use]
    pub fn is_service(&self) -> bool {
        let linked = |arn: &Option<String>| {
            arn.as_deref().is_some_and(|arn| arn.contains(":role/aws-service-role/"))
        };
        self.kind == ActorKind::Service
            || linked(&self.role)
            || linked(&self.arn)
            || self.invoked_by.as_deref().is_some_and(service_principal)
    }

    /// A short name for a person to read, safe to print: `user/alice`,
    /// `assumed-role/deploy/ci via cloudformation.amazonaws.com`, `root`.
    #[must_use]
    pub fn name(&self) -> String {
        let identity = self
            .arn
            .as_deref()
            .and_then(|arn| arn.splitn(6, ':').nth(5))
            .or(self.principal.as_deref())
            .map(str::to_owned)
            .or_else(|| self.account.as_ref().map(|id| format!("account {id}")));
        let name = match (identity, self.invoked_by.as_deref()) {
            (Some(identity), Some(service)) => format!("{identity} via {service}"),
            (Some(identity), None) => identity,
            (None, Some(service)) => service.to_owned(),
            (None, None) => "unknown".to_owned(),
        };
        printable(&name, 200)
    }

    /// Whether this is the role with that ARN, or a session of it.
    #[must_use]
    pub fn is_role(&self, role: &str) -> bool {
        if role.is_empty() {
            return false;
        }
        if self.role.is_some() || self.arn.as_deref() == Some(role) {
            return self.role.as_deref() == Some(role) || self.arn.as_deref() == Some(role);
        }
        // Without an issuer only the session's ARN is left. It lacks the role's
        // path, but a role's name is unique in its account.
        // Two names that cannot be read are not the same name.
        self.session_of().is_some_and(|session| role_of(role) == Some(session))
    }

    /// Whether this is the IAM user of that name in that account, or a session of it.
    #[must_use]
    pub fn is_user(&self, account: &str, name: &str) -> bool {
        let arn = self.arn.as_deref().and_then(|arn| parts(arn, "iam"));
        let user = arn.filter(|(_, of, _)| *of == account);
        let user = user.and_then(|(_, _, rest)| rest.strip_prefix("user/"));
        self.kind == ActorKind::User && user.and_then(|path| path.rsplit('/').next()) == Some(name)
    }

    /// Whether this is the role of that name in that account, or a session of it.
    #[must_use]
    pub fn is_role_named(&self, account: &str, name: &str) -> bool {
        let role = match &self.role {
            Some(arn) => role_of(arn),
            None => self.session_of(),
        };
        role.is_some_and(|(_, of, role)| of == account && role == name)
    }

    /// Partition, account and role name of `arn:aws:sts::1:assumed-role/NAME/session`.
    fn session_of(&self) -> Option<(&str, &str, &str)> {
        let (partition, account, rest) = parts(self.arn.as_deref()?, "sts")?;
        let name = rest.strip_prefix("assumed-role/")?.split('/').next()?;
        Some((partition, account, name))
    }
}

/// Partition, account and name of `arn:aws:iam::1:role/path/NAME`.
fn role_of(arn: &str) -> Option<(&str, &str, &str)> {
    let (partition, account, rest) = parts(arn, "iam")?;
    Some((partition, account, rest.strip_prefix("role/")?.rsplit('/').next()?))
}

fn parts<'a>(arn: &'a str, service: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let arn = crate::resource::parse_arn(arn)?;
    (arn.service == service).then_some((arn.partition, arn.account, arn.resource))
}

fn kind(stated: &str, by_service: bool) -> ActorKind {
    match stated {
        "Root" => ActorKind::Root,
        "IAMUser" => ActorKind::User,
        "AssumedRole" | "Role" => ActorKind::Role,
        "FederatedUser" | "SAMLUser" | "WebIdentityUser" => ActorKind::FederatedUser,
        "AWSAccount" => ActorKind::Account,
        "AWSService" => ActorKind::Service,
        "IdentityCenterUser" => ActorKind::IdentityCenter,
        "" if by_service => ActorKind::Service,
        _ => ActorKind::Unknown,
    }
}

/// `cloudformation.amazonaws.com`, also of other partitions, and the literal
/// `AWS Internal` that some services write instead.
fn service_principal(name: &str) -> bool {
    name.ends_with(".amazonaws.com")
        || name.ends_with(".amazonaws.com.cn")
        || name == "AWS Internal"
}
