//! Where in a document a reason rests, and what stands there.

use demarc_classification::Located;
use serde_json::Value;

/// The longest value that is quoted, in characters.
const QUOTED: usize = 80;

/// A reason's pointer, as it is in the document. Reasons speak of an event in EventBridge's
/// envelope; without one, `/detail` is the record itself.
pub(super) fn absolute(located: &Located, pointer: &str) -> String {
    let inner = match pointer.strip_prefix("/detail") {
        Some(rest) if !located.enveloped && (rest.is_empty() || rest.starts_with('/')) => rest,
        _ => pointer,
    };
    format!("{}{inner}", located.pointer)
}

/// What stands at a pointer, short enough to be quoted. A text that holds JSON, as an SQS message's
/// body does, is looked into. `None` where nothing is.
pub(super) fn value(document: &Value, pointer: &str) -> Option<String> {
    let steps = pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    let mut current = document.clone();
    for step in steps {
        if let Value::String(text) = &current {
            current = serde_json::from_str(text).ok()?;
        }
        current = match current {
            Value::Object(mut members) => members.remove(&step)?,
            Value::Array(mut items) => {
                let at: usize = step.parse().ok()?;
                if at < items.len() { items.swap_remove(at) } else { return None }
            }
            _ => return None,
        };
    }
    Some(short(&current))
}

fn short(value: &Value) -> String {
    let text = match value {
        Value::Object(_) => return "{..}".to_owned(),
        Value::Array(_) => return "[..]".to_owned(),
        other => other.to_string(),
    };
    match text.char_indices().nth(QUOTED) {
        Some((at, _)) => format!("{}..", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use demarc_classification::located;
    use serde_json::json;

    #[test]
    fn texts_that_hold_json_are_looked_into() {
        let inner = json!({"detail": {"eventName": "X", "list": [1, {"a/b": true}]}});
        let document = json!({"Records": [{"body": inner.to_string()}]});
        let at = |pointer: &str| value(&document, pointer);
        assert_eq!(at("/Records/0/body/detail/eventName").as_deref(), Some("\"X\""));
        assert_eq!(at("/Records/0/body/detail/list/1/a~1b").as_deref(), Some("true"));
        assert_eq!(at("/Records/0/body/detail").as_deref(), Some("{..}"));
        assert_eq!(at("/Records/1"), None);
        assert_eq!(at("/Records/0/body/nothing/there"), None);
    }

    #[test]
    fn a_long_value_is_cut() {
        let cut = value(&json!({"a": "ä".repeat(200)}), "/a").unwrap();
        assert_eq!(cut.chars().count(), QUOTED + 2);
    }

    #[test]
    fn without_an_envelope_the_record_is_the_detail() {
        let record = json!({"eventSource": "s3.amazonaws.com", "eventName": "PutBucketPolicy",
            "recipientAccountId": "123456789012"});
        let bare = located(json!([record]).to_string().as_bytes());
        assert_eq!(absolute(&bare[0], "/detail/eventName"), "/0/eventName");
        let event = json!({"source": "aws.s3", "account": "123456789012", "detail": record});
        let wrapped = located(event.to_string().as_bytes());
        assert_eq!(absolute(&wrapped[0], "/detail/eventName"), "/detail/eventName");
    }
}
