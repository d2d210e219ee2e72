//! Names the AWS operation of an HTTP request, as `service:Operation`.

use http::Method;
use http::request::Parts;

/// Names the operation of a request, for example `ec2:RevokeSecurityGroupIngress`.
///
/// The part before the colon is the SDK's name of the service (`s3control` apart from `s3`),
/// the part after it the SDK's operation. What is not known is named by method and path.
#[must_use]
pub fn name(request: &Parts, body: &[u8]) -> String {
    let signed_for = scope(request).unwrap_or("unknown");
    if let Some((prefix, operation)) = header(request, "x-amz-target").and_then(split_target) {
        return format!("{}:{operation}", json_service(prefix, signed_for));
    }
    let path = request.uri.path();
    if path.starts_with("/v20180820/") {
        return format!("s3control:{}", s3control(request));
    }
    if let Some(action) = form_action(body) {
        return format!("{signed_for}:{action}");
    }
    match signed_for {
        "s3" => format!("s3:{}", s3(request)),
        "rolesanywhere" => format!("rolesanywhere:{}", roles_anywhere(&request.method, path)),
        other => format!("{other}:{} {path}", request.method),
    }
}

/// The service in the credential scope of the signature.
fn scope(request: &Parts) -> Option<&str> {
    let credential = header(request, "authorization")?.split_once("Credential=")?.1;
    credential.split(',').next()?.split('/').nth(3)
}

fn header<'a>(request: &'a Parts, name: &str) -> Option<&'a str> {
    request.headers.get(name)?.to_str().ok()
}

fn split_target(target: &str) -> Option<(&str, &str)> {
    target.rsplit_once('.')
}

fn json_service<'a>(prefix: &str, signed_for: &'a str) -> &'a str {
    match prefix {
        "DynamoDB_20120810" => "dynamodb",
        "DynamoDBStreams_20120810" => "dynamodbstreams",
        "AmazonSQS" => "sqs",
        "AWSEvents" => "events",
        _ => signed_for,
    }
}

/// The `Action` of the query protocol, which is a form in the body.
fn form_action(body: &[u8]) -> Option<&str> {
    std::str::from_utf8(body)
        .ok()?
        .split('&')
        .find_map(|pair| pair.strip_prefix("Action="))
        .filter(|action| action.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn s3control(request: &Parts) -> String {
    let path = request.uri.path();
    match path {
        "/v20180820/configuration/publicAccessBlock" => {
            format!("{}PublicAccessBlock", verb(&request.method))
        }
        _ => format!("{} {path}", request.method),
    }
}

/// `POST /trustanchor/ID/disable` is `DisableTrustAnchor`.
fn roles_anywhere(method: &Method, path: &str) -> String {
    let mut parts = path.trim_matches('/').split('/');
    let (kind, verb) = (parts.next().unwrap_or_default(), parts.nth(1));
    let noun = match kind.trim_end_matches('s') {
        "trustanchor" => "TrustAnchor",
        "profile" => "Profile",
        _ => return format!("{method} {path}"),
    };
    match (kind.ends_with('s'), verb) {
        (true, _) if *method == Method::POST => format!("Create{noun}"),
        (true, _) => format!("List{noun}s"),
        (false, Some("enable")) => format!("Enable{noun}"),
        (false, Some("disable")) => format!("Disable{noun}"),
        (false, _) => format!("Get{noun}"),
    }
}

fn verb(method: &Method) -> &'static str {
    match *method {
        Method::PUT => "Put",
        Method::DELETE => "Delete",
        Method::HEAD => "Head",
        Method::POST => "Post",
        _ => "Get",
    }
}

fn s3(request: &Parts) -> String {
    let query: Vec<(&str, &str)> = request
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    // The SDK names some operations itself.
    if let Some((_, id)) = query.iter().find(|(key, _)| *key == "x-id") {
        return (*id).to_owned();
    }
    let path = request.uri.path().trim_matches('/');
    let verb = verb(&request.method);
    match (path.is_empty(), path.contains('/')) {
        (true, _) => "ListBuckets".to_owned(),
        (_, true) => object(verb, &query),
        (_, false) => bucket(verb, &query),
    }
}

/// Subresources of a bucket, and what the SDK calls them.
const BUCKET: &[(&str, &str)] = &[
    ("publicAccessBlock", "PublicAccessBlock"),
    ("policyStatus", "BucketPolicyStatus"),
    ("policy", "BucketPolicy"),
    ("acl", "BucketAcl"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("versioning", "BucketVersioning"),
    ("website", "BucketWebsite"),
    ("tagging", "BucketTagging"),
    ("location", "BucketLocation"),
    ("encryption", "BucketEncryption"),
    ("logging", "BucketLogging"),
    ("lifecycle", "BucketLifecycleConfiguration"),
    ("cors", "BucketCors"),
    ("notification", "BucketNotificationConfiguration"),
    ("replication", "BucketReplication"),
    ("requestPayment", "BucketRequestPayment"),
    ("accelerate", "BucketAccelerateConfiguration"),
    ("object-lock", "ObjectLockConfiguration"),
];

fn bucket(verb: &str, query: &[(&str, &str)]) -> String {
    let has = |name: &str| query.iter().any(|(key, _)| *key == name);
    if let Some((_, noun)) = BUCKET.iter().find(|(key, _)| has(key)) {
        return match (verb, *noun) {
            ("Delete", "BucketLifecycleConfiguration") => "DeleteBucketLifecycle".to_owned(),
            _ => format!("{verb}{noun}"),
        };
    }
    let operation = match verb {
        "Put" => "CreateBucket",
        "Delete" => "DeleteBucket",
        "Head" => "HeadBucket",
        "Post" => "DeleteObjects",
        _ if has("list-type") => "ListObjectsV2",
        _ if has("versions") => "ListObjectVersions",
        _ => "ListObjects",
    };
    operation.to_owned()
}

fn object(verb: &str, query: &[(&str, &str)]) -> String {
    let noun = query.iter().find_map(|(key, _)| match *key {
        "acl" => Some("ObjectAcl"),
        "tagging" => Some("ObjectTagging"),
        "retention" => Some("ObjectRetention"),
        "legal-hold" => Some("ObjectLegalHold"),
        _ => None,
    });
    format!("{verb}{}", noun.unwrap_or("Object"))
}
