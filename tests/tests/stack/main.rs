//! The deployed stack: rules, queues, functions and roles as CloudFormation made them of
//! `template.yaml`.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod life;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use demarc_tests::local::REGION;
use demarc_tests::local::ministack::MiniStack;
use demarc_tests::stack::{self, Stack};
use serde_json::{Value, json};
use tokio::sync::{OnceCell, RwLock};

/// Who changes a role has the stack for themselves.
static ROLES: RwLock<()> = RwLock::const_new(());

static EMULATOR: OnceCell<Arc<MiniStack>> = OnceCell::const_new();

/// Who asks the operators.
const PERSON: &str = "arn:aws:iam::123456789012:user/olivia";

/// Everything is put right, however often.
const CONFIGURATION: &str = r#"
version = 1
settle_seconds = 0

[contested]
remediations = 0

[budget]
per_hour = 10000
without_actor = 10000

[default]
mode = "enforce"
ceiling = "disruptive"
"#;

/// The stack in its home region, with clients of this test's own.
async fn stack() -> Stack {
    let emulator = EMULATOR
        .get_or_init(|| async {
            let emulator =
                tokio::task::spawn_blocking(MiniStack::start).await.unwrap().expect("MiniStack");
            let emulator = Arc::new(emulator);
            let stack = stack::deploy(&emulator, REGION, &[]).await.expect("the stack");
            enforce(&stack).await;
            emulator
        })
        .await;
    Stack::of(Arc::clone(emulator), REGION)
}

/// Puts the configuration in force, through the operator.
async fn enforce(stack: &Stack) {
    let request = json!({"configure": {"document": CONFIGURATION, "reason": "a test"}});
    let (status, answer) = stack.ask("s3", PERSON, &request).await.unwrap();
    assert_eq!(status, 200, "{answer}");
}

fn function_of(control: &str) -> &str {
    control.split('.').next().unwrap()
}

fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// A name that no other test has.
fn unique(name: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{name}-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Whether a report is about a control and a resource.
fn is_about(report: &Value, control: &str, id: &str) -> bool {
    report["control"] == control && report["resource"]["id"] == id
}
