//! What a condition key says about who the caller is.

/// What a key's value has to be like for the key to say who the caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A name or number that somebody owns: an account, an organization, a VPC, an endpoint.
    Name,
    /// An ARN, of which the account (or, without one, the whole) is fixed.
    Arn,
    /// A path in an organization, of which the organization's id is fixed.
    OrganizationPath,
    /// A unique id, with a session's name behind a colon.
    UserId,
    /// The address from which the request came.
    Address,
    /// A flag that says who when it is true.
    Flag,
    /// Nothing about who: what is asked for, when, how, or with words that anyone can choose.
    Nothing,
}

/// Keys that say who, or from which network. Source: the Amazon S3 User Guide, "The meaning of
/// public", and the IAM User Guide, "AWS global condition context keys" (properties of the
/// principal and of the network).
const WHO: &[(&str, Subject)] = &[
    ("aws:ec2instancesourcevpc", Subject::Name),
    ("aws:principalaccount", Subject::Name),
    ("aws:principalarn", Subject::Arn),
    ("aws:principalisawsservice", Subject::Flag),
    ("aws:principalorgid", Subject::Name),
    ("aws:principalorgpaths", Subject::OrganizationPath),
    ("aws:principalservicename", Subject::Name),
    ("aws:principalservicenameslist", Subject::Name),
    ("aws:sourceaccount", Subject::Name),
    ("aws:sourcearn", Subject::Arn),
    ("aws:sourceip", Subject::Address),
    ("aws:sourceorgid", Subject::Name),
    ("aws:sourceorgpaths", Subject::OrganizationPath),
    ("aws:sourceowner", Subject::Name),
    ("aws:sourcevpc", Subject::Name),
    ("aws:sourcevpcarn", Subject::Arn),
    ("aws:sourcevpce", Subject::Name),
    ("aws:userid", Subject::UserId),
    ("aws:vpceaccount", Subject::Name),
    ("aws:vpceorgid", Subject::Name),
    ("aws:vpceorgpaths", Subject::OrganizationPath),
    ("kms:calleraccount", Subject::Name),
    ("s3:dataaccesspointaccount", Subject::Name),
    ("s3:dataaccesspointarn", Subject::Arn),
    // S3 counts a fixed key: only who may use that key can write.
    ("s3:x-amz-server-side-encryption-aws-kms-key-id", Subject::Name),
];

/// Keys that do not say who. Names, tags and session names are here because anyone can choose
/// them in an account of their own. `sts:ExternalId` is told to others by its nature.
const NOT_WHO: &[&str] = &[
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:currenttime",
    "aws:ec2instancesourceprivateipv4",
    "aws:epochtime",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principaltype",
    "aws:referer",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
    "aws:securetransport",
    "aws:sourceidentity",
    "aws:tagkeys",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:username",
    "aws:viaawsservice",
    "aws:vpcsourceip",
    "s3:accesspointnetworkorigin",
    "s3:authtype",
    "s3:delimiter",
    "s3:if-match",
    "s3:if-none-match",
    "s3:locationconstraint",
    "s3:max-keys",
    "s3:objectcreationoperation",
    "s3:prefix",
    "s3:requestobjecttagkeys",
    "s3:resourceaccount",
    "s3:signatureage",
    "s3:signatureversion",
    "s3:tlsversion",
    "s3:versionid",
    "sts:externalid",
    "sts:rolesessionname",
];

/// Beginnings of keys that do not say who.
const NOT_WHO_STARTS: &[&str] = &[
    "aws:principaltag/",
    "aws:requesttag/",
    "aws:resourcetag/",
    "s3:existingobjecttag/",
    "s3:object-lock-",
    "s3:requestobjecttag/",
    "s3:x-amz-",
];

/// What a key says; `None` for a key that is not known. Keys are not case-sensitive.
pub(super) fn subject(key: &str) -> Option<Subject> {
    let key = key.to_ascii_lowercase();
    if let Some((_, subject)) = WHO.iter().find(|(name, _)| *name == key) {
        return Some(*subject);
    }
    let nothing = NOT_WHO.contains(&key.as_str())
        || NOT_WHO_STARTS.iter().any(|start| key.starts_with(start));
    nothing.then_some(Subject::Nothing)
}
