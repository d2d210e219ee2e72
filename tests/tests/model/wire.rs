//! What the SDK's clients of a sandbox speak with instead of the network.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use crate::{
    dynamo::{Answer, Tables},
    emulator::Emulator,
    flaw::Flaw,
    trouble::{Trouble, Troubles, crash},
};

/// A message that was sent to a queue.
#[derive(Clone, Debug)]
pub struct Sent {
    pub body: String,
    /// Seconds until it arrives.
    pub delay: u64,
}

/// The account's tables and queues.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    tables: Arc<Mutex<Tables>>,
    sent: Arc<Mutex<Vec<Sent>>>,
    /// What goes wrong; `None` for who only looks.
    troubles: Option<Arc<Troubles>>,
    flaw: Option<Flaw>,
    /// Has to answer every call of the tables as they do.
    emulator: Option<Emulator>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Wire {
    /// Empty tables and queues, beside an emulator where one is given.
    pub fn new(flaw: Option<Flaw>, emulator: Option<Emulator>) -> Self {
        Self { flaw, emulator, ..Self::default() }
    }

    /// The same tables and queues, where calls may fail.
    pub fn with(&self, troubles: &Arc<Troubles>) -> Self {
        Self { troubles: Some(Arc::clone(troubles)), ..self.clone() }
    }

    /// The messages that were sent since the last time.
    pub fn take_sent(&self) -> Vec<Sent> {
        std::mem::take(&mut *lock(&self.sent))
    }

    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        // Others get their turn.
        tokio::task::yield_now().await;
        let trouble = self.troubles.as_ref().and_then(|troubles| troubles.of_next_call());
        match trouble {
            Some(Trouble::Crash) => crash().await,
            Some(Trouble::Refused) => return Ok(response((400, refused()))),
            _ => {}
        }
        let answer = self.obey(&request).await;
        let lost = "the answer is lost on purpose".into();
        match trouble {
            Some(Trouble::CrashAfter) => crash().await,
            Some(Trouble::Unanswered) => Err(ConnectorError::other(lost, None)),
            Some(Trouble::Repeated) => Err(ConnectorError::io(lost)),
            _ => Ok(response(answer)),
        }
    }

    async fn obey(&self, request: &HttpRequest) -> Answer {
        let target = request.headers().get("x-amz-target").unwrap();
        let (service, operation) = target.split_once('.').unwrap();
        let mut body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        if service == "AmazonSQS" {
            return (200, self.send(operation, &body));
        }
        if let Some(flaw) = self.flaw {
            flaw.spoil(&mut body);
        }
        let Some(emulator) = &self.emulator else {
            return lock(&self.tables).answer(operation, &body);
        };
        let _turn = emulator.turn().await;
        let answer = lock(&self.tables).answer(operation, &body);
        emulator.compare(request, operation, &answer).await;
        answer
    }

    fn send(&self, operation: &str, body: &Value) -> Value {
        let text = |message: &Value| message["MessageBody"].as_str().unwrap().to_owned();
        let messages: Vec<Sent> = match operation {
            "SendMessage" => {
                let delay = body["DelaySeconds"].as_u64().unwrap_or_default();
                vec![Sent { body: text(body), delay }]
            }
            "SendMessageBatch" => {
                let entries = body["Entries"].as_array().unwrap().iter();
                entries.map(|entry| Sent { body: text(entry), delay: 0 }).collect()
            }
            other => panic!("the queues in memory have no `{other}`"),
        };
        let taken = messages.iter().enumerate().map(|(at, _)| {
            json!({
                "Id": at.to_string(), "MessageId": at.to_string(), "MD5OfMessageBody": "",
            })
        });
        let answer = json!({
            "MessageId": "0", "MD5OfMessageBody": "",
            "Successful": taken.collect::<Vec<_>>(), "Failed": [],
        });
        if self.flaw != Some(Flaw::DeafQueue) {
            lock(&self.sent).extend(messages);
        }
        answer
    }
}

fn refused() -> Value {
    let code = "com.amazon.coral.service#AccessDeniedException";
    json!({"__type": code, "Message": "on purpose"})
}

fn response((status, body): Answer) -> HttpResponse {
    HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body.to_string()))
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().answer(request))
    }
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
