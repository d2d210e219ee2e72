//! What changed, where, by whom, and whose responsibility it is.
//!
//! This crate reads whatever reaches a function (an SQS batch, an EventBridge
//! envelope, a bare CloudTrail record, another service's findings, one of
//! Demarc's own requests) into an [`Input`], and places it on the map of the AWS
//! Shared Responsibility Model with [`classify`]. It is pure: no clock, no
//! environment, no AWS call.
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
//! # The model
//!
//! AWS answers for security *of* the cloud, the customer for security *in* it.
//! Where the line runs depends on two things: the [`Layer`] that a setting
//! belongs to, from the building up to what people know, and the
//! [`ServiceModel`], from virtual machines down to an interface to data.
//! [`demarcate`] is that table. It answers with a [`Responsibility`] and its
//! [`Kind`]: inherited from AWS, shared (patches, configuration, training), or
//! the customer's alone. [`explain`] says it in words, [`scenarios`] in stories.
//!
//! # From an event to an answer
//!
//! 1. [`inputs`] takes wrappers apart, and reads a [`Change`] (CloudTrail) or a
//!    [`Finding`] (every other [`Source`]). Fields are copied one by one; secrets
//!    are left behind. What is no event is a [`Rejection`] with the place and the
//!    reason, and spoils nothing beside it.
//! 2. A change is placed by its call ([`catalogue::calls`]) and its service
//!    ([`catalogue::services`]); a finding by its Security Hub control
//!    ([`catalogue::controls`]), else by what its source calls it and by its
//!    resource ([`catalogue::types`]).
//! 3. [`classify`] goes through the order of decision, first match wins, and
//!    gives a [`Disposition`] with [`Reason`]s: a code, the place in the event, a
//!    sentence.
//!
//! # Rules that hold everywhere
//!
//! - An event says *look here* and never what is true: the live state decides, so
//!   nothing here is trusted as a fact about a resource.
//! - The actor's own words (user agent, tags, names) never decide.
//! - What is in no table is undetermined, and never acted upon.
//! - A finding counts only when AWS's own product made it, and belongs to the
//!   account that it is about, never to the hub that it was delivered to.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[macro_use]
mod names;

mod actor;
pub mod catalogue;
mod change;
mod classify;
pub mod explain;
mod finding;
mod json;
mod other;
mod payload;
mod place;
mod reader;
mod record;
mod rejection;
mod request;
mod resource;
mod responsibility;
pub mod scenarios;
mod secrets;
mod sources;
mod time;

pub use actor::{Actor, ActorKind};
pub use catalogue::{calls::layer, services::service_model};
pub use change::{Change, ChangeKind};
pub use classify::{Identities, classify};
pub use finding::{Fact, Finding, Source, State, Topic};
pub use other::Other;
pub use payload::{
    BatchMessage, Input, Located, MAX_BYTES, MAX_INPUTS, Payload, inputs, located, payload,
};
pub use rejection::{Rejection, RejectionCode};
pub use request::{Cause, Evaluate, Heartbeat, Request, Settle, Sweep};
pub use resource::{Resource, kinds, parse_arn, partition};
pub use responsibility::{
    Classification, Disposition, Kind, Layer, Reason, Responsibility, ServiceModel, demarcate,
};
pub use time::unix_seconds;
