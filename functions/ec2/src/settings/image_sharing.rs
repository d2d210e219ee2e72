//! `ec2.image-sharing`

use aws_sdk_ec2::{
    Client,
    types::{Image, ImageAttributeName, LaunchPermission, OperationType, PermissionGroup},
};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::sharing::{IMAGE_SHARING, Shared as State},
    },
};

use super::PAGE;

const GONE: &[&str] =
    &["InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidAMIID.Malformed"];

/// Who may launch instances of an image.
pub(crate) struct ImageSharing(pub Client);

impl Setting for ImageSharing {
    type State = State;
    const META: &'static SettingMeta = &IMAGE_SHARING;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        let answer = self
            .0
            .describe_images()
            .owners("self")
            .max_results(PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(failed("ec2:DescribeImages", "the account"))?;
        let ids = answer.images().iter().filter_map(Image::image_id);
        Ok(Page {
            ids: ids.map(str::to_owned).collect(),
            next: answer.next_token().map(str::to_owned),
        })
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let answer = self
            .0
            .describe_image_attribute()
            .image_id(&resource.id)
            .attribute(ImageAttributeName::LaunchPermission)
            .send()
            .await
            .map_err(failed("ec2:DescribeImageAttribute", &resource.id));
        let Found::Here(answer) = Found::sort(answer, &[], GONE)? else { return Ok(None) };
        let permissions = answer.launch_permissions();
        let organization = |permission: &LaunchPermission| {
            let arn = permission.organization_arn().or(permission.organizational_unit_arn());
            arn.map(str::to_owned)
        };
        Ok(Some(Observed::of(State {
            is_public: permissions.iter().any(|p| p.group() == Some(&PermissionGroup::All)),
            accounts: permissions.iter().filter_map(|p| p.user_id().map(str::to_owned)).collect(),
            organizations: permissions.iter().filter_map(organization).collect(),
        })))
    }

    /// Taken before given: every prefix is at least as safe as before.
    async fn write(
        &self,
        resource: &Resource,
        from: &Observed<State>,
        to: &State,
    ) -> Result<(), Error> {
        self.modify(resource, OperationType::Remove, &from.state.beyond(to)).await?;
        self.modify(resource, OperationType::Add, &to.beyond(&from.state)).await
    }
}

impl ImageSharing {
    async fn modify(
        &self,
        resource: &Resource,
        how: OperationType,
        what: &State,
    ) -> Result<(), Error> {
        if *what == State::default() {
            return Ok(());
        }
        let everybody = what.is_public.then(|| vec![PermissionGroup::All.as_str().to_owned()]);
        let accounts: Vec<String> = what.accounts.iter().cloned().collect();
        let (units, organizations): (Vec<String>, Vec<String>) =
            what.organizations.iter().cloned().partition(|arn| arn.contains(":ou/"));
        let some = |list: Vec<String>| (!list.is_empty()).then_some(list);
        self.0
            .modify_image_attribute()
            .image_id(&resource.id)
            .attribute("launchPermission")
            .operation_type(how)
            .set_user_groups(everybody)
            .set_user_ids(some(accounts))
            .set_organization_arns(some(organizations))
            .set_organizational_unit_arns(some(units))
            .send()
            .await
            .map_err(failed("ec2:ModifyImageAttribute", &resource.id))?;
        Ok(())
    }
}
