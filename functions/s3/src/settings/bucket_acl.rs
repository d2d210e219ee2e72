//! `s3.bucket-acl`: two calls, in an order that depends on the direction.

use aws_sdk_s3::{
    Client,
    operation::get_bucket_acl::GetBucketAclOutput,
    types::{
        AccessControlPolicy, Grant as S3Grant, Grantee as S3Grantee, ObjectOwnership, Owner,
        OwnershipControls, OwnershipControlsRule, Permission, Type,
    },
};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::s3::bucket_acl::{
            BUCKET_ACL, BUCKET_OWNER_ENFORCED, BucketAcl as State, Grant, Grantee,
        },
    },
};

use super::{GONE, buckets};

/// A bucket's access control list and ownership.
pub(crate) struct BucketAcl(pub Client);

impl Setting for BucketAcl {
    type State = State;
    const META: &'static SettingMeta = &BUCKET_ACL;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        buckets(&self.0, token).await
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let (acl, ownership) = tokio::join!(read_acl(&self.0, resource), self.ownership(resource));
        let (Some(acl), Some(ownership)) = (acl?, ownership?) else { return Ok(None) };
        let owner = acl.owner().and_then(|owner| owner.id()).map(str::to_owned);
        let grants = grants(&acl).into_iter().collect();
        Ok(Some(Observed::of(State { owner, ownership, grants })))
    }

    /// The list is made private before ownership is enforced, and the other way round on the way
    /// back: S3 takes a list with other grants only while ownership does not forbid lists.
    async fn write(
        &self,
        resource: &Resource,
        from: &Observed<State>,
        to: &State,
    ) -> Result<(), Error> {
        let enforces = to.ownership.as_deref() == Some(BUCKET_OWNER_ENFORCED);
        let (acl, ownership) =
            (from.state.grants != to.grants, from.state.ownership != to.ownership);
        if ownership && !enforces {
            self.write_ownership(resource, to).await?;
        }
        if acl {
            self.write_acl(resource, to).await?;
        }
        if ownership && enforces {
            self.write_ownership(resource, to).await?;
        }
        Ok(())
    }
}

impl BucketAcl {
    async fn ownership(&self, resource: &Resource) -> Result<Option<Option<String>>, Error> {
        let answer = self
            .0
            .get_bucket_ownership_controls()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .send()
            .await
            .map_err(failed("s3:GetBucketOwnershipControls", &resource.id));
        let found = Found::sort(answer, &["OwnershipControlsNotFoundError"], GONE)?;
        let ownership = found.map(|answer| {
            let rule = answer.ownership_controls().and_then(|c| c.rules().first().cloned());
            rule.map(|rule| rule.object_ownership().as_str().to_owned())
        });
        Ok(ownership.or(|| None))
    }

    async fn write_ownership(&self, resource: &Resource, to: &State) -> Result<(), Error> {
        let Some(ownership) = &to.ownership else {
            self.0
                .delete_bucket_ownership_controls()
                .bucket(&resource.id)
                .expected_bucket_owner(&resource.account)
                .send()
                .await
                .map_err(failed("s3:DeleteBucketOwnershipControls", &resource.id))?;
            return Ok(());
        };
        let rule = OwnershipControlsRule::builder()
            .object_ownership(ObjectOwnership::from(ownership.as_str()))
            .build()
            .map_err(unbuildable)?;
        let controls = OwnershipControls::builder().rules(rule).build().map_err(unbuildable)?;
        self.0
            .put_bucket_ownership_controls()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .ownership_controls(controls)
            .send()
            .await
            .map_err(failed("s3:PutBucketOwnershipControls", &resource.id))?;
        Ok(())
    }

    async fn write_acl(&self, resource: &Resource, to: &State) -> Result<(), Error> {
        let grants = to.grants.iter().map(grant).collect::<Result<Vec<_>, _>>()?;
        let policy = AccessControlPolicy::builder()
            .owner(Owner::builder().set_id(to.owner.clone()).build())
            .set_grants(Some(grants))
            .build();
        self.0
            .put_bucket_acl()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .access_control_policy(policy)
            .send()
            .await
            .map_err(failed("s3:PutBucketAcl", &resource.id))?;
        Ok(())
    }
}

/// The access control list; `None` where there is no such bucket.
pub(super) async fn read_acl(
    s3: &Client,
    resource: &Resource,
) -> Result<Option<GetBucketAclOutput>, Error> {
    let answer = s3
        .get_bucket_acl()
        .bucket(&resource.id)
        .expected_bucket_owner(&resource.account)
        .send()
        .await
        .map_err(failed("s3:GetBucketAcl", &resource.id));
    let found = Found::sort(answer, &[], GONE)?;
    Ok(match found {
        Found::Here(acl) => Some(acl),
        Found::Absent | Found::Gone => None,
    })
}

/// The list's grants in their normal form.
pub(super) fn grants(acl: &GetBucketAclOutput) -> Vec<Grant> {
    acl.grants().iter().filter_map(normal).collect()
}

fn normal(grant: &S3Grant) -> Option<Grant> {
    let grantee = grant.grantee()?;
    let grantee = match grantee.r#type() {
        Type::Group => Grantee::Group(grantee.uri()?.to_owned()),
        Type::AmazonCustomerByEmail => Grantee::Email(grantee.email_address()?.to_owned()),
        _ => Grantee::CanonicalUser(grantee.id()?.to_owned()),
    };
    Some(Grant { grantee, permission: grant.permission()?.as_str().to_owned() })
}

fn grant(grant: &Grant) -> Result<S3Grant, Error> {
    let grantee = match &grant.grantee {
        Grantee::Group(uri) => S3Grantee::builder().r#type(Type::Group).uri(uri),
        Grantee::Email(address) => {
            S3Grantee::builder().r#type(Type::AmazonCustomerByEmail).email_address(address)
        }
        Grantee::CanonicalUser(id) => S3Grantee::builder().r#type(Type::CanonicalUser).id(id),
    };
    let permission = Permission::from(grant.permission.as_str());
    let grantee = grantee.build().map_err(unbuildable)?;
    Ok(S3Grant::builder().grantee(grantee).permission(permission).build())
}

fn unbuildable(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("a journaled access control list cannot be written back: {error}"))
}
