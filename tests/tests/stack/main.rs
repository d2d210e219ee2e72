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
mod doctor;
mod life;
mod permissions;
mod regions;

use std::sync::Arc;

use demarc_tests::local::REGION;
use demarc_tests::local::ministack::MiniStack;
use demarc_tests::stack::{self, Stack};
use tokio::sync::OnceCell;

static EMULATOR: OnceCell<Arc<MiniStack>> = OnceCell::const_new();

/// The stack that tests share which leave it as it is, with clients of each test's own.
async fn shared() -> Stack {
    let emulator = EMULATOR.get_or_init(|| async { own(stack::EVERYTHING).await.emulator }).await;
    Stack::of(Arc::clone(emulator), REGION)
}

/// A stack of a test's own, in the home region, with a configuration in force.
async fn own(configuration: &str) -> Stack {
    let emulator = tokio::task::spawn_blocking(MiniStack::start).await.unwrap().unwrap();
    let stack = stack::deploy(&Arc::new(emulator), REGION, &[]).await.unwrap();
    stack.configure(configuration).await.unwrap();
    stack
}
