//! `ec2.snapshot-sharing`

use aws_sdk_ec2::{
    Client,
    types::{OperationType, PermissionGroup, Snapshot, SnapshotAttributeName},
};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::sharing::{SNAPSHOT_SHARING, Shared as State},
    },
};

use super::PAGE;

const GONE: &[&str] = &["InvalidSnapshot.NotFound", "InvalidSnapshotID.Malformed"];

/// Who may make volumes of a snapshot.
pub(crate) struct SnapshotSharing(pub Client);

impl Setting for SnapshotSharing {
    type State = State;
    const META: &'static SettingMeta = &SNAPSHOT_SHARING;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        let answer = self
            .0
            .describe_snapshots()
            .owner_ids("self")
            .max_results(PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(failed("ec2:DescribeSnapshots", "the account"))?;
        let ids = answer.snapshots().iter().filter_map(Snapshot::snapshot_id);
        Ok(Page {
            ids: ids.map(str::to_owned).collect(),
            next: answer.next_token().map(str::to_owned),
        })
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let answer = self
            .0
            .describe_snapshot_attribute()
            .snapshot_id(&resource.id)
            .attribute(SnapshotAttributeName::CreateVolumePermission)
            .send()
            .await
            .map_err(failed("ec2:DescribeSnapshotAttribute", &resource.id));
        let Found::Here(answer) = Found::sort(answer, &[], GONE)? else { return Ok(None) };
        let permissions = answer.create_volume_permissions();
        let accounts = permissions.iter().filter_map(|p| p.user_id().map(str::to_owned));
        Ok(Some(Observed::of(State {
            is_public: permissions.iter().any(|p| p.group() == Some(&PermissionGroup::All)),
            accounts: accounts.collect(),
            ..State::default()
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

impl SnapshotSharing {
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
        self.0
            .modify_snapshot_attribute()
            .snapshot_id(&resource.id)
            .attribute(SnapshotAttributeName::CreateVolumePermission)
            .operation_type(how)
            .set_group_names(everybody)
            .set_user_ids((!accounts.is_empty()).then_some(accounts))
            .send()
            .await
            .map_err(failed("ec2:ModifySnapshotAttribute", &resource.id))?;
        Ok(())
    }
}
