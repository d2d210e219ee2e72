//! Tests of the local parts themselves, against a real moto.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod deploy;
mod gateway;
mod pattern;
mod poller;
mod proxy;
mod runtime_api;
mod template;
mod venv;

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

use demarc_tests::local::cloud::Cloud;
use demarc_tests::local::moto::Moto;
use demarc_tests::local::runtime_api::{Function, Options};

static MOTO: LazyLock<Arc<Moto>> = LazyLock::new(|| Arc::new(Moto::start().unwrap()));

/// A cloud with calls and faults of its own, before the moto that all tests share.
fn cloud() -> Cloud {
    Cloud::before(Arc::clone(&MOTO)).unwrap()
}

/// A name that no other test has.
fn unique(name: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{name}-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

async fn function() -> Function {
    function_with(Options::default()).await
}

async fn function_with(options: Options) -> Function {
    Function::start(binary(), "tested", &[], options).await.unwrap()
}

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_test_function"))
}
