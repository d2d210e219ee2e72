//! What Demarc knows: controls, the settings that they judge, verdicts, deltas, plans.
//!
//! Pure: no SDK, no clock, no environment, no input or output. The pipeline that reads and writes
//! is in `demarc-harness`.
#![forbid(unsafe_code)]

pub mod budget;
pub mod configuration;
pub mod contest;
pub mod context;
pub mod control;
pub mod controls;
pub mod element;
pub mod journal;
pub mod own;
pub mod plan;
pub mod policy;
pub mod setting;
pub mod settings;
pub mod state;
pub mod verdict;

pub use demarc_classification as classification;
