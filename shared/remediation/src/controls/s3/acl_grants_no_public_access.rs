//! `s3.acl-grants-no-public-access`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::s3::{
        bucket_acl::{BUCKET_ACL, BUCKET_OWNER_ENFORCED, BucketAcl},
        bucket_website::{BUCKET_WEBSITE, BucketWebsite, of_website},
        public_access_block::{OF_ACCOUNT, OF_BUCKET, PublicAccessBlock},
    },
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Removes from a bucket's access control list every grant to everyone (`AllUsers`) and to
    /// everyone with any AWS account (`AuthenticatedUsers`). Grants to the owner, to named
    /// accounts and to S3's log delivery stay.
    ///
    /// Where public lists are not ignored and only the owner's grants are left, ownership becomes
    /// `BucketOwnerEnforced` as well, so that no object's own list is public either.
    ///
    /// # Why it is yours
    ///
    /// A list is written by you or by your uploaders, and enforced by AWS as it stands.
    ///
    /// # Safety
    ///
    /// Safe where `IgnorePublicAcls` is effective through the bucket's or the account's block: the
    /// grants have no effect then. Disruptive otherwise: whoever uses them is cut off, and with
    /// enforced ownership uploads that state a list of their own fail.
    ///
    /// # What undo restores
    ///
    /// Exactly the removed grants and the former ownership; the lists of objects come into effect
    /// again with it. S3 refuses public grants while `BlockPublicAcls` is on: undo the whole
    /// incident, or the block first.
    pub struct AclGrantsNoPublicAccess(BucketAcl);
    id: "s3.acl-grants-no-public-access",
    title: "S3 access control lists grant nothing to the public",
    setting: &BUCKET_ACL,
    context: &[&OF_ACCOUNT, &OF_BUCKET, &BUCKET_WEBSITE],
    covered_by: &[],
    severity: Severity::Critical,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Abstracted,
    safety: Safety::Disruptive,
    security_hub: &["S3.2", "S3.3", "S3.12"],
    frameworks: &["FSBP", "NIST-800-53-r5", "PCI-3.2.1"],
    exposure: true,
    outlives: "what was read or written through the grant before; the objects' own access control lists",
}

impl Control for AclGrantsNoPublicAccess {
    type State = BucketAcl;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &BucketAcl,
        context: &Context<'_>,
    ) -> Result<Verdict<BucketAcl>, StateError> {
        let account: PublicAccessBlock = context.setting(&OF_ACCOUNT)?;
        let bucket: PublicAccessBlock = context.setting(&OF_BUCKET)?;
        let ignored = bucket.or(&account).ignore_public_acls == Some(true);
        if observed.ownership.as_deref() == Some(BUCKET_OWNER_ENFORCED) {
            let because = "access control lists are switched off by the bucket's ownership";
            return Ok(Verdict::Compliant { because: because.to_owned() });
        }
        let public = public_grants(observed);
        if public.is_empty() {
            let because = "the access control list grants nothing to the public".to_owned();
            return Ok(Verdict::Compliant { because });
        }
        let mut desired = observed.clone();
        desired.grants.retain(|grant| !grant.grantee.is_public());
        if !ignored && desired.is_owners_alone() {
            desired.ownership = Some(BUCKET_OWNER_ENFORCED.to_owned());
        }
        Ok(Verdict::Violation {
            desired,
            detail: format!("the access control list grants {}", public.join(", ")),
            safety: if ignored { Safety::Safe } else { Safety::Disruptive },
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        let website: BucketWebsite = context.setting(&BUCKET_WEBSITE)?;
        Ok(of_website(website.configured))
    }
}

fn public_grants(acl: &BucketAcl) -> Vec<String> {
    let public = acl.grants.iter().filter(|grant| grant.grantee.is_public());
    public.map(|grant| format!("{} to {}", grant.permission, grant.grantee.name())).collect()
}
