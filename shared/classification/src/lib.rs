//! What changed, where, by whom, and whose responsibility it is.
//!
//! This crate reads whatever reaches a function (an SQS batch, an EventBridge
//! envelope, a bare CloudTrail record, one of Demarc's own requests) into an
//! [`Input`], and places it on the map of the AWS Shared Responsibility Model
//! with [`classify`]. It is pure: no clock, no environment, no AWS call.
//!
//! ```
//! use demarc_classification::{Disposition, Identities, classify, inputs};
//!
//! let event = br#"{
//!     "source": "aws.s3", "account": "123456789012", "region": "eu-west-1",
//!     "detail": {
//!         "eventSource": "s3.amazonaws.com", "eventName": "PutBucketPolicy",
//!         "readOnly": false, "requestParameters": {"bucketName": "demarc-sample"}
//!     }
//! }"#;
//! let inputs = inputs(event);
//! let Some(Ok(input)) = inputs.first() else { panic!("one input") };
//! let classification = classify(input, &Identities::default());
//! assert_eq!(classification.disposition, Disposition::Remediate);
//! assert!(classification.writable());
//! ```
//!
//! Two rules hold everywhere. An event says *look here* and never what is true:
//! the live state decides, so nothing here is trusted as a fact about a
//! resource. And the actor's own words (user agent, tags, names) never decide.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[macro_use]
mod names;

mod actor;
mod change;
mod classify;
mod json;
mod layers;
mod other;
mod payload;
mod record;
mod rejection;
mod request;
mod resource;
mod responsibility;
mod secrets;
mod services;
mod time;

pub use actor::{Actor, ActorKind};
pub use change::{Change, ChangeKind};
pub use classify::{Identities, classify};
pub use layers::layer;
pub use other::Other;
pub use payload::{BatchMessage, Input, MAX_BYTES, MAX_INPUTS, Payload, inputs, payload};
pub use rejection::{Rejection, RejectionCode};
pub use request::{Cause, Evaluate, Request, Settle, Sweep};
pub use resource::{Resource, kinds, parse_arn, partition};
pub use responsibility::{
    Classification, Disposition, Kind, Layer, Reason, Responsibility, ServiceModel, demarcate,
};
pub use services::service_model;
pub use time::unix_seconds;
