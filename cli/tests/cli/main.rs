//! The real binary against a local server that answers as an operator does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails here has failed"
)]

mod answers;
mod approve;
mod classify;
mod config;
mod configuration;
mod exempt;
mod explain;
mod mode;
mod operator;
mod plans;
mod run;
mod scan;
mod stop;
mod undo;
