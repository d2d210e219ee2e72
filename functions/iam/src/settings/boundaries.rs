//! `iam.user-boundary` and `iam.role-boundary`

use aws_sdk_iam::{Client, types::AttachedPermissionsBoundary};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::iam::boundaries::{Boundary, ROLE_BOUNDARY, USER_BOUNDARY},
    },
};

use super::{NO_SUCH_ENTITY, roles, users};

/// The SDK has the same calls for users and roles under names of their own.
macro_rules! boundary {
    (
        $(#[$doc:meta])*
        $name:ident, $meta:expr, $all:ident, $read:ident, $write:ident, $named:ident,
        $get:ident.$got:ident = $gets:literal, $put:ident = $puts:literal,
        $delete:ident = $deletes:literal
    ) => {
        $(#[$doc])*
        pub(crate) struct $name(pub Client);

        impl Setting for $name {
            type State = Boundary;
            const META: &'static SettingMeta = $meta;

            async fn list(&self, token: Option<String>) -> Result<Page, Error> {
                $all(&self.0, token).await
            }

            async fn read(
                &self,
                resource: &Resource,
            ) -> Result<Option<Observed<Boundary>>, Error> {
                Ok($read(&self.0, resource).await?.map(Observed::of))
            }

            async fn write(
                &self,
                resource: &Resource,
                _: &Observed<Boundary>,
                to: &Boundary,
            ) -> Result<(), Error> {
                $write(&self.0, resource, to.policy.as_deref()).await
            }
        }

        /// The boundary; `None` where there is nobody of that name.
        pub(super) async fn $read(
            client: &Client,
            resource: &Resource,
        ) -> Result<Option<Boundary>, Error> {
            let answer = client.$get().$named(&resource.id).send().await;
            let answer = answer.map_err(failed($gets, &resource.id));
            let Found::Here(answer) = Found::sort(answer, &[], NO_SUCH_ENTITY)? else {
                return Ok(None);
            };
            let boundary = answer.$got().and_then(|whose| whose.permissions_boundary());
            Ok(Some(Boundary { policy: boundary.and_then(arn) }))
        }

        /// Makes a policy the boundary, or takes the boundary away.
        pub(super) async fn $write(
            client: &Client,
            resource: &Resource,
            policy: Option<&str>,
        ) -> Result<(), Error> {
            let Some(arn) = policy else {
                let answer = client.$delete().$named(&resource.id).send().await;
                let answer = answer.map_err(failed($deletes, &resource.id));
                // Gone already: what was sent again after an answer that was lost, say.
                return Found::sort(answer, NO_SUCH_ENTITY, &[]).map(|_| ());
            };
            let call = client.$put().$named(&resource.id).permissions_boundary(arn);
            call.send().await.map(|_| ()).map_err(failed($puts, &resource.id))
        }
    };
}

boundary!(
    /// The permissions boundary of a user.
    UserBoundary, &USER_BOUNDARY, users, of_user, bound_user, user_name,
    get_user.user = "iam:GetUser",
    put_user_permissions_boundary = "iam:PutUserPermissionsBoundary",
    delete_user_permissions_boundary = "iam:DeleteUserPermissionsBoundary"
);

boundary!(
    /// The permissions boundary of a role.
    RoleBoundary, &ROLE_BOUNDARY, roles, of_role, bound_role, role_name,
    get_role.role = "iam:GetRole",
    put_role_permissions_boundary = "iam:PutRolePermissionsBoundary",
    delete_role_permissions_boundary = "iam:DeleteRolePermissionsBoundary"
);

fn arn(boundary: &AttachedPermissionsBoundary) -> Option<String> {
    boundary.permissions_boundary_arn().map(str::to_owned)
}
