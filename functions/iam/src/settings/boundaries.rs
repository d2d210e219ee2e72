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
        $name:ident, $meta:expr, $all:ident, $named:ident,
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
                let answer = self.0.$get().$named(&resource.id).send().await;
                let answer = answer.map_err(failed($gets, &resource.id));
                let Found::Here(answer) = Found::sort(answer, &[], NO_SUCH_ENTITY)? else {
                    return Ok(None);
                };
                let boundary = answer.$got().and_then(|whose| whose.permissions_boundary());
                Ok(Some(Observed::of(Boundary { policy: boundary.and_then(arn) })))
            }

            async fn write(
                &self,
                resource: &Resource,
                _: &Observed<Boundary>,
                to: &Boundary,
            ) -> Result<(), Error> {
                let Some(arn) = &to.policy else {
                    let answer = self.0.$delete().$named(&resource.id).send().await;
                    return answer.map(|_| ()).map_err(failed($deletes, &resource.id));
                };
                let call = self.0.$put().$named(&resource.id).permissions_boundary(arn);
                call.send().await.map(|_| ()).map_err(failed($puts, &resource.id))
            }
        }
    };
}

boundary!(
    /// The permissions boundary of a user.
    UserBoundary, &USER_BOUNDARY, users, user_name,
    get_user.user = "iam:GetUser",
    put_user_permissions_boundary = "iam:PutUserPermissionsBoundary",
    delete_user_permissions_boundary = "iam:DeleteUserPermissionsBoundary"
);

boundary!(
    /// The permissions boundary of a role.
    RoleBoundary, &ROLE_BOUNDARY, roles, role_name,
    get_role.role = "iam:GetRole",
    put_role_permissions_boundary = "iam:PutRolePermissionsBoundary",
    delete_role_permissions_boundary = "iam:DeleteRolePermissionsBoundary"
);

fn arn(boundary: &AttachedPermissionsBoundary) -> Option<String> {
    boundary.permissions_boundary_arn().map(str::to_owned)
}
