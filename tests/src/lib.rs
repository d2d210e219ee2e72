//! What the end-to-end tests, the demo and the benchmark are made of.
#![forbid(unsafe_code)]

pub mod lives;
pub mod local;
pub mod processes;
pub mod stack;
pub mod stage;

/// Any failure of a test's own doing.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;
