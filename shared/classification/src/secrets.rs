//! Removes what must never be kept: CloudTrail hides most secrets, not all.
//! `GetFederationToken` and `AssumeRole` answer with a live session token.

use serde_json::Value;

/// Names, in lower case and without separators, whose value is never kept.
const SECRET: &[&str] = &[
    "accesstoken",
    "authtoken",
    "clientsecret",
    "credentials",
    "idtoken",
    "keymaterial",
    "plaintext",
    "privatekey",
    "privatekeyplaintext",
    "refreshtoken",
    "secretaccesskey",
    "secretbinary",
    "secretkey",
    "secretstring",
    "securitytoken",
    "sessiontoken",
    "userdata",
    "xamzcredential",
    "xamzsecuritytoken",
    "xamzsignature",
];

/// The value without secrets, at any depth.
pub(crate) fn without_secrets(mut value: Value) -> Value {
    strip(&mut value);
    value
}

fn strip(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(strip),
        Value::Object(object) => {
            // Taking out members costs a map its order: most have none to take.
            if object.iter().any(|(key, value)| secret(key, value)) {
                object.retain(|key, value| !secret(key, value));
            }
            object.values_mut().for_each(strip);
        }
        _ => {}
    }
}

fn secret(key: &str, value: &Value) -> bool {
    // `manageMasterUserPassword: true` is a setting, not a password.
    if matches!(value, Value::Bool(_) | Value::Null) {
        return false;
    }
    let password = plain(key).rev().take(8).eq("password".bytes().rev());
    password || SECRET.iter().any(|secret| plain(key).eq(secret.bytes()))
}

/// A name in lower case and without separators.
fn plain(key: &str) -> impl DoubleEndedIterator<Item = u8> {
    key.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase())
}
