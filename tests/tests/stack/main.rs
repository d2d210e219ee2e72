//! The deployed stack: rules, queues, functions and roles as CloudFormation made them of
//! `template.yaml`.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod dead_letters;
mod life;
mod permissions;
mod regions;
mod scene;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use demarc_harness::remediation::controls;
use demarc_harness::remediation::setting::SettingMeta;
use demarc_tests::local::REGION;
use demarc_tests::local::ministack::MiniStack;
use demarc_tests::stack::{self, Stack};
use serde_json::json;
use tokio::sync::OnceCell;

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

/// The stack that tests share which leave it as it is, with clients of each test's own.
async fn shared() -> Stack {
    let emulator = EMULATOR.get_or_init(|| async { own(CONFIGURATION).await.emulator }).await;
    Stack::of(Arc::clone(emulator), REGION)
}

/// A stack of a test's own, in the home region, with a configuration in force.
async fn own(configuration: &str) -> Stack {
    let emulator = tokio::task::spawn_blocking(MiniStack::start).await.unwrap().unwrap();
    let stack = stack::deploy(&Arc::new(emulator), REGION, &[]).await.unwrap();
    let request = json!({"configure": {"document": configuration, "reason": "a test"}});
    let (status, answer) = stack.ask("s3", PERSON, &request).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    stack
}

fn setting_of(control: &str) -> &'static SettingMeta {
    controls::find(control).unwrap().meta().setting
}

fn function_of(control: &str) -> &'static str {
    setting_of(control).function
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
