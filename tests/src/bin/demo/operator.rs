//! What a person asks of an operator, signed, through its URL.

use demarc_tests::Fault;
use demarc_tests::local::callers::Caller;
use hyper::Method;
use serde_json::{Value, json};

use crate::failure::expect;
use crate::running::Running;

/// Why the person undoes.
pub const REASON: &str = "it was meant";

impl Running {
    /// Sets a control to enforce, up to disruptive.
    pub async fn set_mode(&self, control: &str, person: &Caller) -> Result<(), Fault> {
        let request = json!({"mode": {
            "control": control, "mode": "enforce", "ceiling": "disruptive", "reason": "the demo",
        }});
        self.call(person, &request).await.map(drop)
    }

    /// Puts a configuration document in force.
    pub async fn configure(&self, document: &str, person: &Caller) -> Result<(), Fault> {
        let request = json!({"configure": {"document": document, "reason": "the demo"}});
        self.call(person, &request).await.map(drop)
    }

    /// Takes a plan back, and gives what was done.
    pub async fn undo(&self, plan: &str, person: &Caller) -> Result<Value, Fault> {
        let request = json!({"undo": {"plan": plan, "reason": REASON}});
        let answer = self.call(person, &request).await?;
        let undone = answer.pointer("/undone/0").cloned();
        undone.ok_or_else(|| format!("nothing was undone: {answer}").into())
    }

    async fn call(&self, person: &Caller, request: &Value) -> Result<Value, Fault> {
        let reply = self.gateway.call(Some(person), Method::POST, "/", request.to_string()).await?;
        let answer: Value = serde_json::from_slice(reply.body())?;
        expect(reply.status().is_success(), "the operator does as it is asked", &answer)?;
        Ok(answer)
    }
}
