//! The payload (version 2.0) of a function URL, and what it makes of a response.

use std::time::SystemTime;

use aws_smithy_types::base64;
use aws_smithy_types::date_time::{DateTime, Format};
use http::request::Parts;
use serde_json::{Map, Value, json};

use super::super::callers::Identity;
use super::super::http::{self as local, Reply};

/// The event for a request whose caller is known.
pub(super) fn request(parts: &Parts, body: &[u8], access_key: &str, caller: &Identity) -> Value {
    let headers = headers(parts);
    let header = |name: &str| headers.get(name).and_then(Value::as_str).unwrap_or_default();
    let is_text = is_text(header("content-type"));
    let host = header("host").to_owned();
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or_default();
    let now = DateTime::from(SystemTime::now());
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": caller.account,
            "apiId": "local",
            "authentication": null,
            "authorizer": {"iam": {
                "accessKey": access_key,
                "accountId": caller.account,
                "callerId": caller.user_id,
                "cognitoIdentity": null,
                "principalOrgId": null,
                "userArn": caller.arn,
                "userId": caller.user_id,
            }},
            "domainName": host,
            "domainPrefix": "local",
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": header("user-agent"),
            },
            "requestId": "local-request",
            "routeKey": "$default",
            "stage": "$default",
            "time": clock(&now),
            "timeEpoch": now.to_millis().unwrap_or_default(),
        },
        "isBase64Encoded": !body.is_empty() && !is_text,
    });
    if let Some(fields) = event.as_object_mut() {
        if !query.is_empty() {
            fields.insert("queryStringParameters".to_owned(), parameters(query));
        }
        if !body.is_empty() {
            let text = match is_text {
                true => String::from_utf8_lossy(body).into_owned(),
                false => base64::encode(body),
            };
            fields.insert("body".to_owned(), json!(text));
        }
    }
    event
}

/// The HTTP response of a function's response; one without `statusCode` is the body itself.
pub(super) fn response(payload: &[u8]) -> Reply {
    let response: Value = serde_json::from_slice(payload).unwrap_or_default();
    let Some(status) = response.get("statusCode").and_then(Value::as_u64) else {
        return local::reply(200, "application/json", payload.to_vec());
    };
    let is_encoded = response.get("isBase64Encoded") == Some(&Value::Bool(true));
    let text = response.get("body").and_then(Value::as_str);
    let text = text.unwrap_or_default();
    let body = match is_encoded {
        true => base64::decode(text).unwrap_or_default(),
        false => text.as_bytes().to_vec(),
    };
    let status = u16::try_from(status).unwrap_or(502);
    let mut reply = local::reply(status, "application/json", body);
    let headers = response.get("headers").and_then(Value::as_object);
    for (name, value) in headers.into_iter().flatten() {
        let name = name.parse::<http::HeaderName>();
        let value = value.as_str().unwrap_or_default().parse();
        if let (Ok(name), Ok(value)) = (name, value) {
            reply.headers_mut().insert(name, value);
        }
    }
    reply
}

/// All headers but the signature, which Lambda has used up; several of a name are joined.
fn headers(parts: &Parts) -> Map<String, Value> {
    let mut headers = Map::new();
    for name in parts.headers.keys() {
        let values: Vec<_> = parts.headers.get_all(name).iter().collect();
        let texts: Vec<&str> = values.iter().filter_map(|v| v.to_str().ok()).collect();
        if name != http::header::AUTHORIZATION {
            headers.insert(name.as_str().to_owned(), json!(texts.join(",")));
        }
    }
    headers
}

fn parameters(query: &str) -> Value {
    let mut parameters = Map::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = decoded(value);
        match parameters.get_mut(&decoded(name)) {
            Some(Value::String(text)) => *text = format!("{text},{value}"),
            _ => {
                parameters.insert(decoded(name), json!(value));
            }
        }
    }
    Value::Object(parameters)
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let code = rest.get(1..3).filter(|_| first == '%');
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            bytes.push(byte);
            rest = rest.get(3..).unwrap_or_default();
            continue;
        }
        let plain = if first == '+' { ' ' } else { first };
        bytes.extend(plain.to_string().bytes());
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What Lambda hands over as it is; everything else is encoded.
fn is_text(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.starts_with("text/")
        || ["application/json", "application/xml", "application/javascript"].contains(&kind)
}

/// `22/Nov/2026:01:13:00 +0000`.
fn clock(time: &DateTime) -> String {
    // `Sun, 22 Nov 2026 01:13:00 GMT`.
    let text = time.fmt(Format::HttpDate).unwrap_or_default();
    match text.split([' ', '.']).collect::<Vec<_>>().as_slice() {
        [_, day, month, year, clock, ..] => format!("{day}/{month}/{year}:{clock} +0000"),
        _ => text,
    }
}
