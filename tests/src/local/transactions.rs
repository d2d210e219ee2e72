//! A transaction that is sent again is the same one: moto 5.2.5 does not know its token.
//!
//! Source: API_TransactWriteItems of the DynamoDB API reference, `ClientRequestToken`.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use hyper::body::Bytes;
use serde_json::Value;

use super::http::Reply;

/// What the transactions that were done were answered with, by their tokens.
#[derive(Debug, Default)]
pub(super) struct Transactions(Mutex<BTreeMap<String, Reply>>);

impl Transactions {
    /// The answer to a transaction that was done before.
    pub(super) fn answer(&self, token: &str) -> Option<Reply> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    pub(super) fn keep(&self, token: String, reply: &Reply) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(token, reply.clone());
    }
}

/// The token of a request that is a transaction.
pub(super) fn token(operation: &str, body: &Bytes) -> Option<String> {
    if operation != "dynamodb:TransactWriteItems" {
        return None;
    }
    let request: Value = serde_json::from_slice(body).ok()?;
    Some(request.get("ClientRequestToken")?.as_str()?.to_owned())
}
