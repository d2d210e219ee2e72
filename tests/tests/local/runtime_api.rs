use std::time::{Duration, SystemTime, UNIX_EPOCH};

use demarc_tests::local::runtime_api::{Function, Invocation, Options};
use serde_json::{Value, json};

use super::{binary, function, function_with};

async fn invoke(function: &Function, event: Value) -> Invocation {
    function.invoke(event.to_string().into_bytes()).await.unwrap()
}

fn value(invocation: &Invocation) -> Value {
    serde_json::from_slice(invocation.response.as_ref().unwrap()).unwrap()
}

#[tokio::test]
async fn an_event_reaches_the_function_and_its_response_comes_back() {
    let function = function().await;
    assert!(function.init() > Duration::ZERO);
    let response = value(&invoke(&function, json!({"a": 1})).await);
    assert_eq!(response["event"], json!({"a": 1}));
    assert_eq!(response["arn"], json!(function.arn()));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
    let left = response["deadline"].as_u64().unwrap() - now;
    assert!((20_000..=30_000).contains(&left), "{left}");
}

#[tokio::test]
async fn the_environment_is_lambdas_own() {
    let own = [("DEMARC_OWN".to_owned(), "x".to_owned())];
    let function = Function::start(binary(), "tested", &own, Options::default());
    let response = value(&invoke(&function.await.unwrap(), json!({})).await);
    let environment = &response["environment"];
    assert_eq!(environment["DEMARC_OWN"], "x");
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_NAME"], "tested");
    assert_eq!(environment["AWS_REGION"], "us-east-1");
    // Cargo sets this for the test itself.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    assert!(environment.get("CARGO_MANIFEST_DIR").is_none());
    assert!(environment.get("HOME").is_none());
}

#[tokio::test]
async fn a_functions_error_keeps_its_type() {
    let function = function().await;
    let error = invoke(&function, json!({"do": "fail"})).await.response.unwrap_err();
    assert_eq!((error.kind.as_str(), error.message.as_str()), ("Told", "failed as told"));
    assert!(invoke(&function, json!({})).await.response.is_ok());
}

#[tokio::test]
async fn an_exit_ends_the_invocation_and_the_next_has_a_new_process() {
    let function = function().await;
    let first = value(&invoke(&function, json!({})).await)["process"].clone();
    let error = invoke(&function, json!({"do": "exit"})).await.response.unwrap_err();
    assert_eq!(error.kind, "Runtime.ExitError");
    assert!(error.message.contains("exit status: 3"), "{}", error.message);
    let second = value(&invoke(&function, json!({})).await)["process"].clone();
    assert_ne!(first, second);
    assert_eq!(second, value(&invoke(&function, json!({})).await)["process"]);
}

#[tokio::test]
async fn a_killed_process_ends_its_invocation() {
    let function = function().await;
    let event = json!({"do": "sleep", "ms": 20_000});
    let (invocation, ()) = tokio::join!(invoke(&function, event), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        function.kill().unwrap();
    });
    assert_eq!(invocation.response.unwrap_err().kind, "Runtime.ExitError");
    assert!(invocation.wall < Duration::from_secs(10));
}

#[tokio::test]
async fn restart_gives_a_new_process() {
    let function = function().await;
    let first = value(&invoke(&function, json!({})).await)["process"].clone();
    function.restart().await.unwrap();
    assert_ne!(first, value(&invoke(&function, json!({})).await)["process"]);
}

#[tokio::test]
async fn an_invocation_over_its_time_is_ended() {
    let timeout = Duration::from_millis(300);
    let function = function_with(Options { timeout, ..Options::default() }).await;
    let event = json!({"do": "sleep", "ms": 20_000});
    let late = invoke(&function, event).await;
    assert!(late.wall >= timeout && late.wall < Duration::from_secs(10));
    let error = late.response.unwrap_err();
    assert_eq!(error.kind, "Sandbox.Timedout");
    assert!(error.message.contains("timed out after 0.30 seconds"), "{}", error.message);
    assert!(invoke(&function, json!({})).await.response.is_ok());
}

#[tokio::test]
async fn one_sandbox_takes_one_event_at_a_time() {
    let function = function().await;
    let event = || json!({"do": "sleep", "ms": 200});
    let started = std::time::Instant::now();
    let (left, right) = tokio::join!(invoke(&function, event()), invoke(&function, event()));
    assert!(left.response.is_ok() && right.response.is_ok());
    assert!(started.elapsed() >= Duration::from_millis(400));
    assert!(left.wall < Duration::from_millis(390), "{:?}", left.wall);
}

#[tokio::test]
async fn both_outputs_are_read() {
    let function = function().await;
    invoke(&function, json!({"do": "print"})).await;
    let found = |lines: &[String]| {
        ["to stdout", "to stderr"].iter().all(|line| lines.iter().any(|l| l == line))
    };
    for _ in 0..100 {
        if found(&function.lines()) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(found(&function.take_lines()));
    assert!(function.lines().is_empty());
}

#[tokio::test]
async fn usage_is_that_of_the_process() {
    let function = function().await;
    let before = function.usage().unwrap();
    assert!(before.peak_kib > 500, "{before:?}");
    invoke(&function, json!({"do": "burn", "ms": 400})).await;
    let burnt = function.usage().unwrap().cpu - before.cpu;
    // A busy machine may give less than the wall time.
    assert!(burnt >= Duration::from_millis(80), "{burnt:?}");
    assert!(burnt < Duration::from_millis(800), "{burnt:?}");
    function.kill().unwrap();
    for _ in 0..100 {
        if function.usage().is_none() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("an ended process still has a usage: {:?}", function.usage());
}

#[tokio::test]
async fn a_failed_initialization_is_an_error() {
    for (init, why) in [("exit", "exited before"), ("hang", "within 300ms")] {
        let own = [("TEST_INIT".to_owned(), init.to_owned())];
        let options = Options { init_timeout: Duration::from_millis(300), ..Options::default() };
        let error = Function::start(binary(), "tested", &own, options).await.unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
    let missing = std::path::Path::new("/no/such/binary");
    let error = Function::start(missing, "tested", &[], Options::default()).await.unwrap_err();
    assert!(error.to_string().contains("/no/such/binary"), "{error}");
}
