use std::sync::Arc;

use aws_credential_types::Credentials;
use demarc_tests::local::callers::{self, Caller};
use demarc_tests::local::gateway::Gateway;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use super::{MOTO, function, unique};

async fn gateway() -> Gateway {
    Gateway::start(Arc::new(function().await), &MOTO.endpoint()).unwrap()
}

async fn user() -> Caller {
    callers::create_user(&MOTO.endpoint(), &unique("alice")).await.unwrap()
}

/// The test function answers with the event that it got.
async fn event(gateway: &Gateway, caller: &Caller, path: &str, body: &'static str) -> Value {
    let reply = gateway.call(Some(caller), Method::POST, path, body).await.unwrap();
    assert_eq!(reply.status(), StatusCode::OK, "{:?}", reply.body());
    serde_json::from_slice::<Value>(reply.body()).unwrap()["event"].clone()
}

#[tokio::test]
async fn callers_have_names_of_their_own() {
    let name = unique("bob");
    let user = callers::create_user(&MOTO.endpoint(), &name).await.unwrap();
    assert_eq!(user.arn, format!("arn:aws:iam::123456789012:user/{name}"));
    let role = unique("operators");
    let session = callers::create_session(&MOTO.endpoint(), &role, "carol").await.unwrap();
    let arn = format!("arn:aws:sts::123456789012:assumed-role/{role}/carol");
    assert_eq!(session.arn, arn);
    callers::create_user(&MOTO.endpoint(), &name).await.unwrap_err();
}

#[tokio::test]
async fn the_function_learns_who_signed() {
    let gateway = gateway().await;
    let user = user().await;
    gateway.admit(&user);
    let body = r#"{"plan": "p"}"#;
    let event = event(&gateway, &user, "/undo/a%20b?dry=1&x=a%2Fb&x=c", body).await;
    let iam = &event["requestContext"]["authorizer"]["iam"];
    assert_eq!(iam["userArn"], json!(user.arn));
    assert_eq!(iam["accessKey"], json!(user.credentials.access_key_id()));
    assert_eq!(iam["accountId"], "123456789012");
    assert_eq!(iam["callerId"], iam["userId"]);
    assert!(iam["userId"].as_str().is_some_and(|id| !id.is_empty()));
    assert_eq!(iam["principalOrgId"], Value::Null);
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["rawPath"], "/undo/a%20b");
    assert_eq!(event["rawQueryString"], "dry=1&x=a%2Fb&x=c");
    assert_eq!(event["queryStringParameters"], json!({"dry": "1", "x": "a/b,c"}));
    assert_eq!(event["requestContext"]["http"]["method"], "POST");
    assert_eq!(event["body"], body);
    assert_eq!(event["isBase64Encoded"], false);
    assert!(event["headers"].get("authorization").is_none());
    let time = event["requestContext"]["time"].as_str().unwrap();
    assert!(time.ends_with(" +0000") && time.len() == 26, "{time}");
}

#[tokio::test]
async fn a_session_of_a_role_is_known_by_its_token() {
    let gateway = gateway().await;
    let session = callers::create_session(&MOTO.endpoint(), &unique("role"), "dave").await.unwrap();
    gateway.admit(&session);
    let event = event(&gateway, &session, "/", "{}").await;
    assert_eq!(event["requestContext"]["authorizer"]["iam"]["userArn"], json!(session.arn));
}

#[tokio::test]
async fn who_did_not_sign_rightly_is_refused() {
    let gateway = gateway().await;
    let (known, unknown) = (user().await, user().await);
    gateway.admit(&known);
    let key = known.credentials.access_key_id();
    let forged = Caller {
        credentials: Credentials::new(key, "guessed", None, None, "forged"),
        ..known.clone()
    };
    for caller in [None, Some(&unknown), Some(&forged)] {
        let reply = gateway.call(caller, Method::POST, "/", "{}").await.unwrap();
        assert_eq!(reply.status(), StatusCode::FORBIDDEN);
        assert_eq!(&reply.body()[..], br#"{"Message":"Forbidden"}"#);
    }
    event(&gateway, &known, "/", "{}").await;
}

#[tokio::test]
async fn a_changed_request_is_refused() {
    let gateway = gateway().await;
    let known = user().await;
    gateway.admit(&known);
    let signed = || gateway.signed(&known, Method::POST, "/undo?plan=a", "{}").unwrap();
    let mut requests = [(); 6].map(|()| signed());
    *requests[1].uri_mut() = "/approve?plan=a".parse().unwrap();
    *requests[2].uri_mut() = "/undo?plan=b".parse().unwrap();
    *requests[3].method_mut() = Method::PUT;
    *requests[4].body_mut() = "{ }".into();
    // A request that was recorded long ago.
    requests[5].headers_mut().insert("x-amz-date", "20200101T000000Z".parse().unwrap());
    let mut statuses = Vec::new();
    for request in requests {
        statuses.push(gateway.send(request).await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 403, 403, 403, 403, 403]);
}

#[tokio::test]
async fn responses_are_unwrapped() {
    let gateway = gateway().await;
    let user = user().await;
    gateway.admit(&user);
    let reply = gateway.call(Some(&user), Method::POST, "/?do=teapot", "{}").await.unwrap();
    assert_eq!(reply.status(), StatusCode::IM_A_TEAPOT);
    assert_eq!(reply.headers()["x-spout"], "left");
    assert_eq!(&reply.body()[..], b"short");
    let reply = gateway.call(Some(&user), Method::POST, "/?do=fail", "{}").await.unwrap();
    assert_eq!(reply.status(), StatusCode::BAD_GATEWAY);
}
