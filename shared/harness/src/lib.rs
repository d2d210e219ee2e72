//! The one pipeline: read, judge, claim, read again, write, verify, journal, report.
//!
//! Everything that is difficult about remediating stands here, once. A function crate adds only
//! `list`, `read` and `write` of its settings.
#![forbid(unsafe_code)]

use std::{future::Future, pin::Pin};

pub mod clock;
pub mod environment;
pub mod error;
pub mod found;
pub mod function;
pub mod handler;
pub mod operator;
pub mod pipeline;
pub mod queue;
pub mod report;
pub mod sdk;
pub mod setting;
pub mod store;

pub use clock::Clock;
pub use demarc_remediation as remediation;
pub use environment::{Deployment, Environment};
pub use error::{ApiError, Error, Fault, failed};
pub use found::Found;
pub use function::Function;
pub use handler::{Handler, run};
pub use pipeline::Pipeline;
pub use queue::Queue;
pub use report::{Outcome, Report};
pub use sdk::Sdk;
pub use setting::{AnySetting, Handle, Observed, Page, Setting};
pub use store::Store;

/// A boxed future, for what stands behind a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
