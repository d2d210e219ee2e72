//! The parts of AWS that a local run must supply itself.
//!
//! An emulator (moto) keeps the state of the services. Between it and a function stands what
//! AWS adds and no emulator does faithfully: the Lambda Runtime API, the mapping from a queue
//! to a function, EventBridge's patterns, the function URL that knows its caller, and, for
//! the tests, a proxy that records calls and injects faults.
//!
//! Every server here runs on a thread of its own, so that one can be shared by tests that
//! each have their own runtime.

pub mod api;
pub mod bus;
pub mod callers;
pub mod clients;
pub mod cloud;
pub mod deploy;
mod emulator;
mod error;
pub mod fault;
pub mod gateway;
mod http;
pub mod ministack;
pub mod moto;
pub mod operation;
pub mod package;
pub mod pattern;
pub mod poller;
mod process;
pub mod proxy;
pub mod runtime_api;
mod signature;
pub mod simulator;
pub mod template;
mod transactions;
pub mod venv;

pub use error::Error;

/// The account that moto keeps everything in.
pub const ACCOUNT: &str = "123456789012";

/// The region of a local run, unless a test asks for another.
pub const REGION: &str = "us-east-1";
