//! A bucket's access control list, with the ownership setting that can switch it off.
//!
//! Source: Amazon S3 User Guide, "Access control list (ACL) overview" and "Controlling ownership of
//! objects and disabling ACLs for your bucket".

use std::collections::BTreeSet;

use demarc_classification::{Change, kinds};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    element::{Element, Elements},
    setting::{Call, Scope, SettingMeta},
    state::{State, StateError},
};

use super::{CREATE_BUCKET, LISTS, changes, on_buckets};

/// `s3.bucket-acl`.
pub static BUCKET_ACL: SettingMeta = SettingMeta {
    id: "s3.bucket-acl",
    function: "s3",
    resource: kinds::BUCKET,
    scope: Scope::Resource,
    reads: &[
        Call { operation: "s3:GetBucketAcl", permissions: &[on_buckets("s3:GetBucketAcl")] },
        Call {
            operation: "s3:GetBucketOwnershipControls",
            permissions: &[on_buckets("s3:GetBucketOwnershipControls")],
        },
    ],
    lists: LISTS,
    // Both open as well as close: an undo writes the former grants and ownership with them.
    closes: &[
        Call { operation: "s3:PutBucketAcl", permissions: &[on_buckets("s3:PutBucketAcl")] },
        Call {
            operation: "s3:PutBucketOwnershipControls",
            permissions: &[on_buckets("s3:PutBucketOwnershipControls")],
        },
    ],
    reopens: &[Call {
        operation: "s3:DeleteBucketOwnershipControls",
        permissions: &[on_buckets("s3:PutBucketOwnershipControls")],
    }],
    triggers: &[
        changes("PutBucketAcl"),
        changes("PutBucketOwnershipControls"),
        changes("DeleteBucketOwnershipControls"),
        CREATE_BUCKET,
    ],
    undone_after: &["s3.bucket-public-access-block", "s3.account-public-access-block"],
    baseline: false,
    applies_within_seconds: 0,
};

/// Ownership under which access control lists have no effect at all.
pub const BUCKET_OWNER_ENFORCED: &str = "BucketOwnerEnforced";

/// The predefined groups that are the public: everyone, and everyone with any AWS account.
pub const PUBLIC_GROUPS: [&str; 2] = [
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
];

/// To whom a grant is made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grantee {
    /// An account, by its canonical user id.
    CanonicalUser(String),
    /// A predefined group, by its URI.
    Group(String),
    /// An account, by its address of mail.
    Email(String),
}

impl Grantee {
    /// Whether the grantee is the public.
    #[must_use]
    pub fn is_public(&self) -> bool {
        matches!(self, Self::Group(uri) if PUBLIC_GROUPS.contains(&uri.as_str()))
    }

    /// The group's last name, or the id.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Group(uri) => uri.rsplit('/').next().unwrap_or(uri),
            Self::CanonicalUser(id) | Self::Email(id) => id,
        }
    }
}

/// One grant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// To whom.
    pub grantee: Grantee,
    /// What: `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    pub permission: String,
}

/// A bucket's access control list and ownership.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BucketAcl {
    /// The owner's canonical user id.
    pub owner: Option<String>,
    /// `ObjectOwnership`; absent where the bucket has no ownership controls.
    pub ownership: Option<String>,
    /// The grants; their order has no meaning.
    pub grants: BTreeSet<Grant>,
}

impl BucketAcl {
    /// Whether the owner alone is granted anything.
    #[must_use]
    pub fn is_owners_alone(&self) -> bool {
        self.grants.iter().all(|grant| match &grant.grantee {
            Grantee::CanonicalUser(id) => Some(id) == self.owner.as_ref(),
            Grantee::Group(_) | Grantee::Email(_) => false,
        })
    }

    fn take(&mut self, element: &Element) -> Result<(), StateError> {
        let text = || element.value.as_str().map(str::to_owned);
        match element.id.as_str() {
            "owner" => self.owner = text(),
            "ownership" => self.ownership = text(),
            id if id.starts_with("grant:") => {
                let grant = serde_json::from_value(element.value.clone());
                self.grants.insert(grant.map_err(|e| StateError::new(e.to_string()))?);
            }
            other => return Err(StateError::new(format!("`{other}` is no part of an ACL"))),
        }
        Ok(())
    }
}

impl State for BucketAcl {
    fn elements(&self) -> Elements {
        let mut elements = Elements::absent();
        for (id, text) in [("owner", &self.owner), ("ownership", &self.ownership)] {
            if let Some(text) = text {
                elements.push(id, Value::String(text.clone()));
            }
        }
        for Grant { grantee, permission } in &self.grants {
            let id = match grantee {
                Grantee::CanonicalUser(id) => format!("grant:user {id} {permission}"),
                Grantee::Group(uri) => format!("grant:group {uri} {permission}"),
                Grantee::Email(address) => format!("grant:email {address} {permission}"),
            };
            elements.push(id, json!({"grantee": grantee, "permission": permission}));
        }
        elements
    }

    fn from_elements(elements: &Elements) -> Result<Self, StateError> {
        let mut acl = Self::default();
        for element in elements.iter() {
            acl.take(element)?;
        }
        Ok(acl)
    }

    /// S3 enforces ownership only where the owner's grants are the only ones
    /// (`InvalidBucketAclWithObjectOwnership`).
    fn reach(&self, wanted: Self) -> Self {
        let is_enforced = wanted.ownership.as_deref() == Some(BUCKET_OWNER_ENFORCED);
        if is_enforced && !wanted.is_owners_alone() {
            return Self { ownership: self.ownership.clone(), ..wanted };
        }
        wanted
    }

    fn shows(&self, change: &Change) -> bool {
        let path = ["requestParameters", "OwnershipControls", "Rule", "ObjectOwnership"];
        match change.name.as_str() {
            "PutBucketOwnershipControls" => {
                change.text(&path).is_none_or(|said| self.ownership.as_deref() == Some(said))
            }
            "DeleteBucketOwnershipControls" => self.ownership.is_none(),
            _ => true,
        }
    }
}
