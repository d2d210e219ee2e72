//! `iam.user-console`

use aws_sdk_iam::Client;
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::iam::user_console::{Console, USER_CONSOLE},
    },
};

use super::{NO_SUCH_ENTITY, boundaries, users};

/// A user's way into the console.
pub(crate) struct UserConsole(pub Client);

impl Setting for UserConsole {
    type State = Console;
    const META: &'static SettingMeta = &USER_CONSOLE;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        users(&self.0, token).await
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Console>>, Error> {
        let user = boundaries::of_user(&self.0, resource).await?;
        let Some(boundary) = user else { return Ok(None) };
        let password = has_password(&self.0, resource).await?;
        Ok(Some(Observed::of(Console { password, boundary: boundary.policy })))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<Console>,
        to: &Console,
    ) -> Result<(), Error> {
        boundaries::bound_user(&self.0, resource, to.boundary.as_deref()).await
    }
}

/// Whether a user has a console password. The same error says that there is no such user.
pub(super) async fn has_password(client: &Client, resource: &Resource) -> Result<bool, Error> {
    let answer = client.get_login_profile().user_name(&resource.id).send().await;
    let answer = answer.map_err(failed("iam:GetLoginProfile", &resource.id));
    let profile = Found::sort(answer, NO_SUCH_ENTITY, &[])?;
    Ok(matches!(profile, Found::Here(_)))
}
