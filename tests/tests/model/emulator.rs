//! An independent emulator of DynamoDB beside the tables in memory: over HTTP it gets every request
//! that they get, and has to give their answer.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, SharedHttpConnector},
    orchestrator::HttpRequest,
};
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};

use crate::dynamo::Answer;

/// How the emulator is reached, by everybody at one endpoint.
#[derive(Clone, Debug)]
pub struct Emulator {
    connector: SharedHttpConnector,
    pub endpoint: String,
    turn: Arc<Mutex<()>>,
    compared: Arc<AtomicUsize>,
}

impl Emulator {
    pub fn new(endpoint: String) -> Self {
        Self {
            connector: SharedHttpConnector::new(Connector::builder().build_http()),
            endpoint,
            turn: Arc::default(),
            compared: Arc::default(),
        }
    }

    /// Both have to get the requests in one order.
    pub async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// How many answers were the same.
    pub fn compared(&self) -> usize {
        self.compared.load(Ordering::SeqCst)
    }

    /// Ends the test where the emulator answers otherwise.
    pub async fn compare(&self, request: &HttpRequest, operation: &str, (status, body): &Answer) {
        let response = self.connector.call(request.try_clone().unwrap()).await.unwrap();
        let theirs = response.status().as_u16();
        let bytes = ByteStream::new(response.into_body()).collect().await.unwrap().into_bytes();
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        let ours = (*status, essence(operation, body));
        assert_eq!(ours, (theirs, essence(operation, &answer)), "{operation}: {request:?}");
        self.compared.fetch_add(1, Ordering::SeqCst);
    }
}

/// What the store reads of an answer.
fn essence(operation: &str, body: &Value) -> Value {
    let code = body["__type"].as_str().map(|code| code.rsplit('#').next().unwrap().to_owned());
    let reasons = body["CancellationReasons"].as_array().into_iter().flatten();
    let reasons: Vec<&Value> = reasons.map(|reason| &reason["Code"]).collect();
    let mut items: Vec<&Value> = body["Items"].as_array().into_iter().flatten().collect();
    if operation == "Scan" {
        // A scan's order is nobody's.
        items.sort_by_key(|item| (item["pk"].to_string(), item["sk"].to_string()));
    }
    serde_json::json!({"code": code, "reasons": reasons, "item": body["Item"], "items": items})
}
