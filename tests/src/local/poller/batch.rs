//! The event of a batch, and what a function's response to it means.

use aws_sdk_sqs::types::{Message, MessageAttributeValue};
use serde_json::{Map, Value, json};

use super::super::runtime_api::FunctionError;
use super::Polled;

/// The event that Lambda makes of messages.
pub(super) fn event(messages: &[Message], queue_arn: &str, region: &str) -> Value {
    let records: Vec<Value> =
        messages.iter().map(|message| record(message, queue_arn, region)).collect();
    json!({ "Records": records })
}

fn record(message: &Message, queue_arn: &str, region: &str) -> Value {
    let system: Map<String, Value> = message
        .attributes()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str().to_owned(), json!(value)))
        .collect();
    let own: Map<String, Value> = message
        .message_attributes()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), attribute(value)))
        .collect();
    json!({
        "messageId": message.message_id(),
        "receiptHandle": message.receipt_handle(),
        "body": message.body(),
        "attributes": system,
        "messageAttributes": own,
        "md5OfBody": message.md5_of_body(),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": region,
    })
}

fn attribute(value: &MessageAttributeValue) -> Value {
    let mut attribute = json!({
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value.data_type(),
    });
    if let (Some(text), Some(fields)) = (value.string_value(), attribute.as_object_mut()) {
        fields.insert("stringValue".to_owned(), json!(text));
    }
    if let (Some(blob), Some(fields)) = (value.binary_value(), attribute.as_object_mut()) {
        let text = aws_smithy_types::base64::encode(blob.as_ref());
        fields.insert("binaryValue".to_owned(), json!(text));
    }
    attribute
}

/// Divides a batch into what succeeded and what failed, as Lambda's pollers do.
pub(super) fn judge(
    ids: &[&str],
    response: &Result<Vec<u8>, FunctionError>,
    reports_items: bool,
) -> Polled {
    let outcome = match response {
        Err(error) => Err(format!("{}: {}", error.kind, error.message)),
        Ok(_) if !reports_items => Ok(Vec::new()),
        Ok(body) => failures(ids, body),
    };
    let owned = |id: &&str| (*id).to_owned();
    match outcome {
        Err(why) => Polled {
            failed: ids.iter().map(owned).collect(),
            batch_failure: Some(why),
            ..Polled::default()
        },
        Ok(failed) => Polled {
            succeeded: ids
                .iter()
                .filter(|id| !failed.iter().any(|failed| failed == **id))
                .map(owned)
                .collect(),
            failed,
            batch_failure: None,
        },
    }
}

/// The ids that a response lists; an error where the whole batch counts as failed.
fn failures(ids: &[&str], body: &[u8]) -> Result<Vec<String>, String> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Vec::new());
    }
    let response: Value = serde_json::from_slice(body)
        .map_err(|error| format!("the response is no JSON: {error}"))?;
    let list = match &response {
        Value::Null => return Ok(Vec::new()),
        Value::Object(fields) => fields.get("batchItemFailures").unwrap_or(&Value::Null),
        _ => return Err("the response is no object".to_owned()),
    };
    let list = match list {
        Value::Null => return Ok(Vec::new()),
        Value::Array(list) => list,
        _ => return Err("`batchItemFailures` is no list".to_owned()),
    };
    list.iter().map(|item| identifier(ids, item)).collect()
}

fn identifier(ids: &[&str], item: &Value) -> Result<String, String> {
    match item.get("itemIdentifier").and_then(Value::as_str) {
        None | Some("") => Err(format!("an entry has no `itemIdentifier`: {item}")),
        Some(id) if !ids.contains(&id) => Err(format!("`{id}` is not of this batch")),
        Some(id) => Ok(id.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lambda's rules, from "Reporting batch item failures" of its developer guide.
    #[test]
    fn responses_are_judged_as_lambda_does() {
        let cases: [(&str, Option<&[&str]>); 14] = [
            ("null", Some(&[])),
            ("", Some(&[])),
            ("{}", Some(&[])),
            (r#"{"batchItemFailures": null}"#, Some(&[])),
            (r#"{"batchItemFailures": []}"#, Some(&[])),
            (r#"{"batchItemFailures": [{"itemIdentifier": "b"}]}"#, Some(&["b"])),
            (r#"{"batchItemFailures": [{"itemIdentifier": ""}]}"#, None),
            (r#"{"batchItemFailures": [{"itemIdentifier": null}]}"#, None),
            (r#"{"batchItemFailures": [{"itemIdentifier": "x"}]}"#, None),
            (r#"{"batchItemFailures": [{"wrong": "b"}]}"#, None),
            (r#"{"batchItemFailures": [{}]}"#, None),
            (r#"{"batchItemFailures": {"itemIdentifier": "b"}}"#, None),
            (r#"{"batchItemFailures": [{"#, None),
            (r#""done""#, None),
        ];
        for (body, failed) in cases {
            let polled = judge(&["a", "b"], &Ok(body.as_bytes().to_vec()), true);
            match failed {
                None => {
                    assert_eq!(polled.failed, ["a", "b"], "{body}");
                    assert!(polled.batch_failure.is_some(), "{body}");
                }
                Some(failed) => {
                    assert_eq!(polled.failed, failed, "{body}");
                    assert_eq!(polled.succeeded.len(), 2 - failed.len(), "{body}");
                    assert_eq!(polled.batch_failure, None, "{body}");
                }
            }
        }
    }

    #[test]
    fn without_item_reports_only_an_error_fails() {
        let junk = judge(&["a"], &Ok(b"junk".to_vec()), false);
        assert_eq!(junk.succeeded, ["a"]);
        let error = FunctionError { kind: "Oops".to_owned(), message: "no".to_owned() };
        let failed = judge(&["a"], &Err(error), false);
        assert_eq!(failed.failed, ["a"]);
        assert_eq!(failed.batch_failure.as_deref(), Some("Oops: no"));
    }
}
