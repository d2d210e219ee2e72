//! The calls that change a setting (`data/calls.csv`): at which layer each stands, and how its
//! CloudTrail record names the resource.
//!
//! Names are CloudTrail's, which are not IAM's action names (`PutBucketLifecycle` against
//! `s3:PutLifecycleConfiguration`). The same name in two services is two things (`AddPermission` of
//! Lambda, SQS and SNS), so the service always counts. Creating a resource stands at the layer at
//! which its defaults can hurt most.

use super::services::short;
use super::table::{Row, Table};
use crate::responsibility::Layer;

const TABLE: Table = Table::new(include_str!("../../data/calls.csv"));

named! {
    /// What a call leaves behind.
    pub enum Effect {
        /// A setting or a resource that can be looked at.
        Setting = "setting",
        /// Nothing that a setting holds: a session, a command, a restart, an object's data.
        Act = "act",
    }
}

/// One call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The first label of its event source, `s3`.
    pub source: &'static str,
    /// Its name in CloudTrail, `PutBucketPolicy`; Lambda's without the API's date.
    pub name: &'static str,
    /// The layer that it changes.
    pub layer: Layer,
    /// CloudFormation type of the resource that it is about; may be empty.
    pub resource: &'static str,
    /// Where the record names that resource: dotted paths separated by spaces, tried in order.
    /// Empty for a setting of the whole account.
    pub names: &'static str,
    /// What it leaves behind.
    pub effect: Effect,
}

impl Call {
    fn of_row(row: Row) -> Option<Self> {
        Some(Self {
            source: row.field(0),
            name: row.field(1),
            layer: Layer::parse(row.field(2))?,
            resource: row.field(3),
            names: row.field(4),
            effect: Effect::parse(row.field(5))?,
        })
    }

    /// Every call, by source and name.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.rows().filter_map(Self::of_row)
    }

    /// The call of that name in an event source (`s3.amazonaws.com`).
    #[must_use]
    pub fn find(event_source: &str, name: &str) -> Option<Self> {
        let source = short(event_source)?;
        TABLE.find(&format!("{source},{name}")).and_then(Self::of_row)
    }
}

/// The layer of a call, from its event source (`s3.amazonaws.com`) and its name without API date
/// (`AddPermission`). `None` for one that is not in the table.
#[must_use]
pub fn layer(event_source: &str, event_name: &str) -> Option<Layer> {
    Call::find(event_source, event_name).map(|call| call.layer)
}
