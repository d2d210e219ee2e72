//! `rds.instances-not-public`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::rds::{INSTANCE_PUBLIC_ACCESS, PublicAccess},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Takes the public address from a database instance (`PubliclyAccessible` off, at once and
    /// not in the maintenance window). Its name then resolves to a private address everywhere.
    ///
    /// # Why it is yours
    ///
    /// AWS runs and patches the database. From which networks it can be reached is your setting,
    /// together with the subnets and security groups that you give it.
    ///
    /// # Safety
    ///
    /// Disruptive: clients outside the VPC lose the database, and open connections from there
    /// break. Clients inside the VPC are not affected. The instance does not restart.
    ///
    /// # What undo restores
    ///
    /// Exactly the former setting. The public address itself may be another one; clients use the
    /// name. Both directions take RDS some minutes.
    pub struct InstancesNotPublic(PublicAccess);
    id: "rds.instances-not-public",
    title: "RDS instances have no public address",
    setting: &INSTANCE_PUBLIC_ACCESS,
    context: &[],
    covered_by: &[],
    severity: Severity::Critical,
    layer: Layer::NetworkExposure,
    model: ServiceModel::ManagedPlatform,
    safety: Safety::Disruptive,
    security_hub: &["RDS.2"],
    frameworks: &[
        "CIS-3.0.0", "CIS-5.0.0", "FSBP", "NIST-800-53-r5", "PCI-3.2.1", "PCI-4.0.1",
    ],
    exposure: true,
    outlives: "sessions that were open before, until they end; what was read through them",
}

impl Control for InstancesNotPublic {
    type State = PublicAccess;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &PublicAccess,
        _: &Context<'_>,
    ) -> Result<Verdict<PublicAccess>, StateError> {
        if !observed.publicly_accessible {
            return Ok(Verdict::Compliant {
                because: "the instance has no public address".to_owned(),
            });
        }
        Ok(Verdict::Violation {
            desired: PublicAccess { publicly_accessible: false },
            detail: "the instance has a public address".to_owned(),
            safety: Safety::Disruptive,
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
