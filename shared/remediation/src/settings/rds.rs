//! Settings of RDS instances.
//!
//! Source: Amazon RDS API Reference, `ModifyDBInstance`; Amazon RDS User Guide, "Hiding a DB
//! instance in a VPC from the internet".

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};

use crate::{
    element::Elements,
    setting::{Call, Effect, Scope, SettingMeta, Trigger, allow},
    state::{State, StateError, fields, from_fields},
};

const INSTANCES: &str = "arn:${Partition}:rds:${Region}:${Account}:db:*";

const DESCRIBE: &[Call] = &[Call {
    operation: "rds:DescribeDBInstances",
    permissions: &[allow("rds:DescribeDBInstances", INSTANCES)],
}];

/// `rds.instance-public-access`.
pub static INSTANCE_PUBLIC_ACCESS: SettingMeta = SettingMeta {
    id: "rds.instance-public-access",
    function: "rds",
    resource: kinds::DB_INSTANCE,
    scope: Scope::Resource,
    reads: DESCRIBE,
    lists: DESCRIBE,
    // ModifyDBInstance closes and opens alike. The key `rds:PubliclyAccessible` is documented for
    // calls that create an instance, not for this one ("Actions, resources, and condition keys for
    // Amazon RDS"): a statement with it would never match, so there is none.
    closes: &[Call {
        operation: "rds:ModifyDBInstance",
        permissions: &[allow("rds:ModifyDBInstance", INSTANCES)],
    }],
    reopens: &[],
    triggers: &[
        event("CreateDBInstance", Effect::Creates),
        event("CreateDBInstanceReadReplica", Effect::Creates),
        event("ModifyDBInstance", Effect::Changes),
        event("RestoreDBInstanceFromDBSnapshot", Effect::Creates),
        event("RestoreDBInstanceFromS3", Effect::Creates),
        event("RestoreDBInstanceToPointInTime", Effect::Creates),
    ],
    undone_after: &[],
    baseline: false,
    applies_within_seconds: 1_800,
};

const fn event(event: &'static str, effect: Effect) -> Trigger {
    Trigger {
        source: "rds.amazonaws.com",
        event,
        names: &[
            &["responseElements", "dBInstanceIdentifier"],
            &["requestParameters", "dBInstanceIdentifier"],
            &["requestParameters", "targetDBInstanceIdentifier"],
        ],
        effect,
    }
}

/// Whether an instance has a public address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicAccess {
    /// `PubliclyAccessible`: outside its VPC the instance's name resolves to a public address.
    pub publicly_accessible: bool,
}

impl State for PublicAccess {
    fn elements(&self) -> Elements {
        fields(self)
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        from_fields(elements)
    }

    fn shows(&self, change: &Change) -> bool {
        let said = change.texts(&["requestParameters", "publiclyAccessible"]);
        said.first()
            .is_none_or(|text| text.eq_ignore_ascii_case("true") == self.publicly_accessible)
    }
}
