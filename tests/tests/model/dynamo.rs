//! Two DynamoDB tables in memory, with the operations that the store uses.
//!
//! Source: Amazon DynamoDB API Reference. That they answer as an independent emulator does is a
//! test of its own: one run over both has to be the same run.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Value, json};

use crate::expression::{Item, Placeholders, holds, order, update};

/// Table, partition key, sort key.
type Key = (String, String, String);

/// The tables.
#[derive(Debug, Default)]
pub struct Tables {
    items: BTreeMap<Key, Item>,
    /// Tokens of transactions that were made.
    done: BTreeSet<String>,
}

/// An answer: the status and the body.
pub type Answer = (u16, Value);

impl Tables {
    /// Answers one request.
    pub fn answer(&mut self, operation: &str, request: &Value) -> Answer {
        match operation {
            "GetItem" => {
                let item = self.items.get(&key_of(request));
                (200, item.map_or_else(|| json!({}), |item| json!({"Item": item})))
            }
            "PutItem" | "UpdateItem" => self.single(operation, request),
            "Query" | "Scan" => (200, self.list(request)),
            "TransactWriteItems" => self.transact(request),
            other => panic!("the tables in memory have no `{other}`"),
        }
    }

    fn single(&mut self, operation: &str, request: &Value) -> Answer {
        if !self.is_met(request) {
            let message = "The conditional request failed";
            return (
                400,
                json!({"__type": error("ConditionalCheckFailedException"), "message": message}),
            );
        }
        let verb = operation.strip_suffix("Item").unwrap();
        self.write(verb, request);
        (200, json!({}))
    }

    fn transact(&mut self, request: &Value) -> Answer {
        let token = request["ClientRequestToken"].as_str().unwrap().to_owned();
        if self.done.contains(&token) {
            return (200, json!({}));
        }
        let items: Vec<(&String, &Value)> = request["TransactItems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item.as_object().unwrap().iter().next().unwrap())
            .collect();
        let met: Vec<bool> = items.iter().map(|(_, item)| self.is_met(item)).collect();
        if met.contains(&false) {
            return (400, cancelled(&met));
        }
        for (verb, item) in items {
            if verb != "ConditionCheck" {
                self.write(verb, item);
            }
        }
        self.done.insert(token);
        (200, json!({}))
    }

    fn is_met(&self, request: &Value) -> bool {
        let condition = request.get("ConditionExpression").and_then(Value::as_str);
        let item = self.items.get(&key_of(request));
        condition.is_none_or(|condition| holds(condition, Placeholders::of(request), item))
    }

    fn write(&mut self, verb: &str, request: &Value) {
        let key = key_of(request);
        match verb {
            "Put" => drop(self.items.insert(key, request["Item"].as_object().unwrap().clone())),
            "Update" => {
                let fresh = || request["Key"].as_object().unwrap().clone();
                let item = self.items.entry(key).or_insert_with(fresh);
                let expression = request["UpdateExpression"].as_str().unwrap();
                update(expression, Placeholders::of(request), item);
            }
            other => panic!("the tables in memory have no `{other}`"),
        }
    }

    /// All in one page, in the order of the table's or the index's sort key.
    fn list(&self, request: &Value) -> Value {
        let table = request["TableName"].as_str().unwrap();
        let keys = index_keys(request.get("IndexName").and_then(Value::as_str));
        let given = Placeholders::of(request);
        let text = |name: &str| request.get(name).and_then(Value::as_str);
        let condition = text("KeyConditionExpression").or(text("FilterExpression")).unwrap();
        let of_table = self.items.iter().filter(|((of, ..), _)| of == table);
        let there = of_table.map(|(_, item)| item).filter(|item| {
            keys.iter().all(|key| item.contains_key(*key)) && holds(condition, given, Some(item))
        });
        let mut found: Vec<&Item> = there.collect();
        if let (Some(range), None) = (keys.last(), text("FilterExpression")) {
            found.sort_by(|a, b| order(&a[*range], &b[*range]).unwrap_or(Ordering::Equal));
        }
        let of_index = |item: &Item| -> Item {
            let is_kept = |name: &String| {
                keys.is_empty() || ["pk", "sk"].contains(&name.as_str()) || keys.contains(&&**name)
            };
            item.iter()
                .filter(|(name, _)| is_kept(name))
                .map(|(n, v)| (n.clone(), v.clone()))
                .collect()
        };
        let items: Vec<Item> = found.into_iter().map(of_index).collect();
        json!({"Items": items, "Count": items.len(), "ScannedCount": items.len()})
    }
}

/// The keys of an index, which are all that it has besides the table's; none: the table itself,
/// which is sorted already.
fn index_keys(index: Option<&str>) -> &'static [&'static str] {
    match index {
        None => &[],
        Some("by-setting") => &["setting", "plan"],
        Some("by-incident") => &["incident", "plan"],
        Some("open") => &["open_index", "look_again_at"],
        Some(other) => panic!("the tables in memory have no index `{other}`"),
    }
}

fn key_of(request: &Value) -> Key {
    let place = request.get("Key").unwrap_or(&request["Item"]);
    let text = |name: &str| place[name]["S"].as_str().unwrap().to_owned();
    (request["TableName"].as_str().unwrap().to_owned(), text("pk"), text("sk"))
}

fn error(code: &str) -> String {
    format!("com.amazonaws.dynamodb.v20120810#{code}")
}

fn cancelled(met: &[bool]) -> Value {
    let reasons: Vec<Value> = met
        .iter()
        .map(|met| match met {
            true => json!({"Code": "None"}),
            false => json!({
                "Code": "ConditionalCheckFailed", "Message": "The conditional request failed",
            }),
        })
        .collect();
    json!({
        "__type": error("TransactionCanceledException"),
        "CancellationReasons": reasons,
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
    })
}
