//! `rds.instance-public-access`

use aws_sdk_rds::{Client, types::DbInstance};
use demarc_harness::{
    Error, Found, Handle, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::rds::{INSTANCE_PUBLIC_ACCESS, PublicAccess},
    },
};

pub(crate) const GONE: &[&str] = &["DBInstanceNotFound", "DBInstanceNotFoundFault"];
const PAGE: i32 = 100;

/// Whether an instance has a public address.
pub(crate) struct InstancePublicAccess(pub Client);

impl Setting for InstancePublicAccess {
    type State = PublicAccess;
    const META: &'static SettingMeta = &INSTANCE_PUBLIC_ACCESS;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        let answer = self
            .0
            .describe_db_instances()
            .max_records(PAGE)
            .set_marker(token)
            .send()
            .await
            .map_err(failed("rds:DescribeDBInstances", "the account"))?;
        let ids = answer.db_instances().iter();
        Ok(Page {
            ids: ids.filter_map(|i| i.db_instance_identifier().map(str::to_owned)).collect(),
            next: answer.marker().map(str::to_owned),
        })
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<PublicAccess>>, Error> {
        let answer = self
            .0
            .describe_db_instances()
            .db_instance_identifier(&resource.id)
            .send()
            .await
            .map_err(failed("rds:DescribeDBInstances", &resource.id));
        let Found::Here(answer) = Found::sort(answer, &[], GONE)? else { return Ok(None) };
        Ok(answer.db_instances().first().map(observed))
    }

    /// `ApplyImmediately` stays false: this attribute is applied at once regardless, and what else
    /// is pending keeps its maintenance window (Amazon RDS API Reference, `ModifyDBInstance`).
    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<PublicAccess>,
        to: &PublicAccess,
    ) -> Result<(), Error> {
        self.0
            .modify_db_instance()
            .db_instance_identifier(&resource.id)
            .publicly_accessible(to.publicly_accessible)
            .apply_immediately(false)
            .send()
            .await
            .map_err(failed("rds:ModifyDBInstance", &resource.id))?;
        Ok(())
    }
}

fn observed(instance: &DbInstance) -> Observed<PublicAccess> {
    let status = instance.db_instance_status().unwrap_or("unknown");
    let busy = (status != "available")
        .then(|| format!("the instance is `{status}`: it can be modified when it is `available`"));
    let publicly_accessible = instance.publicly_accessible() == Some(true);
    Observed { state: PublicAccess { publicly_accessible }, handle: Handle::new(), busy }
}
