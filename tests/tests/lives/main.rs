//! Whole lives: the shipped pipeline with real SDK clients over HTTP against an emulator.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod applying;
mod approvals;
mod attacks;
mod budgets;
mod calls;
mod cancelled;
mod contested;
mod corpus;
mod crashes;
mod every_call;
mod evidence;
mod exemptions;
mod faults;
mod findings;
mod folding;
mod incident;
mod lifetime;
mod modes;
mod operator;
mod own;
mod plans;
mod races;
mod scene;
mod schema;
mod settling;
mod support;
mod transitions;
mod who;
