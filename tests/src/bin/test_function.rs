//! A function that does what its event says, to test the local runtime with.

use std::io::Write;
use std::time::{Duration, Instant};

use lambda_runtime::{Diagnostic, Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    match std::env::var("TEST_INIT").as_deref() {
        Ok("exit") => std::process::exit(7),
        Ok("hang") => std::future::pending().await,
        _ => {}
    }
    run(service_fn(handle)).await
}

async fn handle(event: LambdaEvent<Value>) -> Result<Value, Diagnostic> {
    match event.payload.get("Records").and_then(Value::as_array) {
        Some(records) => {
            let _ = writeln!(std::io::stdout(), "batch {}", event.payload);
            batch(records)
        }
        None => single(&event).await,
    }
}

async fn single(event: &LambdaEvent<Value>) -> Result<Value, Diagnostic> {
    let payload = &event.payload;
    let time = Duration::from_millis(payload.get("ms").and_then(Value::as_u64).unwrap_or(0));
    let order = payload.get("do").or_else(|| payload.pointer("/queryStringParameters/do"));
    match order.and_then(Value::as_str) {
        Some("fail") => return Err(failure()),
        Some("exit") => std::process::exit(3),
        Some("sleep") => tokio::time::sleep(time).await,
        Some("burn") => {
            let started = Instant::now();
            while started.elapsed() < time {}
        }
        Some("print") => {
            let _ = writeln!(std::io::stdout(), "to stdout");
            let _ = writeln!(std::io::stderr(), "to stderr");
        }
        // A response as a function URL takes it.
        Some("teapot") => {
            return Ok(json!({
                "statusCode": 418, "body": "short", "headers": {"x-spout": "left"},
            }));
        }
        _ => {}
    }
    Ok(json!({
        "event": payload,
        "environment": std::env::vars().collect::<std::collections::BTreeMap<_, _>>(),
        "arn": event.context.invoked_function_arn,
        "deadline": event.context.deadline,
        "process": std::process::id(),
    }))
}

/// Each record's body says what becomes of it.
fn batch(records: &[Value]) -> Result<Value, Diagnostic> {
    let mut failed = Vec::new();
    for record in records {
        match record.get("body").and_then(Value::as_str) {
            Some("fail-alone") => failed.push(json!({"itemIdentifier": record.get("messageId")})),
            Some("fail-unknown") => failed.push(json!({"itemIdentifier": "nobody"})),
            Some("fail-all") => return Err(failure()),
            Some("junk") => return Ok(json!("junk")),
            Some("exit") => std::process::exit(3),
            _ => {}
        }
    }
    Ok(json!({"batchItemFailures": failed, "seen": records}))
}

fn failure() -> Diagnostic {
    Diagnostic { error_type: "Told".to_owned(), error_message: "failed as told".to_owned() }
}
