//! Stories by which people learn the model: what happened, and whose it was to prevent.

use crate::explain::Parts;
use crate::responsibility::{Kind, Layer, Responsibility, ServiceModel, demarcate};

/// One story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Its short name, `public-bucket`.
    pub id: &'static str,
    /// What happened, in one sentence.
    pub title: &'static str,
    /// Short name of the service, as in the table of services.
    pub service: &'static str,
    /// The kind of service.
    pub model: ServiceModel,
    /// The layer at which it went wrong, or was kept from going wrong.
    pub layer: Layer,
    /// Who does what about it.
    pub parts: Parts,
}

impl Scenario {
    /// Whose it was, and of which kind.
    #[must_use]
    pub const fn responsibility(&self) -> (Responsibility, Kind) {
        demarcate(self.model, self.layer)
    }

    /// The story with that short name.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        SCENARIOS.iter().find(|scenario| scenario.id == id)
    }
}

/// Every story.
pub const SCENARIOS: &[Scenario] = &[
    story(
        "data-centre-break-in",
        "Somebody breaks into a data centre",
        "ec2",
        ServiceModel::Infrastructure,
        Layer::Facility,
        "guards the buildings, detects the intruder, and lets auditors see how",
        "has no way to act; AWS's reports are the evidence",
    ),
    story(
        "failed-disk",
        "A disk fails, or is taken out to be destroyed",
        "ec2",
        ServiceModel::Infrastructure,
        Layer::Hardware,
        "replaces the machine and destroys what held data",
        "has no way to act; copies elsewhere are a matter of resilience",
    ),
    story(
        "hypervisor-escape",
        "A fault in the hypervisor could let one guest read another",
        "ec2",
        ServiceModel::Infrastructure,
        Layer::Hypervisor,
        "patches the hosts and moves guests meanwhile",
        "has no way to act",
    ),
    story(
        "unpatched-instance",
        "An instance is taken over through a known fault in its software",
        "ec2",
        ServiceModel::Infrastructure,
        Layer::GuestOs,
        "publishes newer images and offers Patch Manager and Inspector",
        "patches the guest: nobody else can log in",
    ),
    story(
        "open-ssh",
        "A security group lets the whole internet in on port 22",
        "ec2",
        ServiceModel::Infrastructure,
        Layer::NetworkExposure,
        "enforces the rule exactly as it stands",
        "closes the port, or opens it to known addresses only",
    ),
    story(
        "stolen-instance-credentials",
        "Credentials are read from an instance's metadata by a forged request",
        "ec2",
        ServiceModel::Infrastructure,
        Layer::IdentityAndAccess,
        "offers IMDSv2, which such requests do not pass",
        "requires IMDSv2 and gives the role no more than it needs",
    ),
    story(
        "public-snapshot",
        "A snapshot of a volume is shared with everybody",
        "ec2",
        ServiceModel::Infrastructure,
        Layer::DataProtection,
        "offers a block for the region, and copies as it is told",
        "unshares it, and counts its data as published",
    ),
    story(
        "public-bucket",
        "A bucket is left public",
        "s3",
        ServiceModel::Abstracted,
        Layer::IdentityAndAccess,
        "blocks public access on new buckets, and serves whom the policy names",
        "keeps the block on, and the policy and the lists closed",
    ),
    story(
        "unencrypted-bucket",
        "A bucket's objects can be read in transit without TLS",
        "s3",
        ServiceModel::Abstracted,
        Layer::DataProtection,
        "offers TLS and encrypts what it stores",
        "refuses requests without TLS, and chooses the key",
    ),
    story(
        "s3-durability",
        "S3 loses no object though machines fail, and keeps tenants apart",
        "s3",
        ServiceModel::Abstracted,
        Layer::ManagedControlPlane,
        "stores each object several times and separates tenants",
        "has no way to act",
    ),
    story(
        "overwritten-objects",
        "Somebody overwrites or deletes objects, and there is no older version",
        "s3",
        ServiceModel::Abstracted,
        Layer::Resilience,
        "keeps versions where it is told to",
        "switches versioning on, and protects versions from deletion",
    ),
    story(
        "stolen-iam-user",
        "Somebody uses an IAM user's password or key who is not that user",
        "iam",
        ServiceModel::Governance,
        Layer::IdentityAndAccess,
        "checks the password, the key and the policies as they are set",
        "requires MFA and strong passwords, rotates or avoids keys, and keeps rights small",
    ),
    story(
        "root-key",
        "The root user has an access key",
        "iam",
        ServiceModel::Governance,
        Layer::IdentityAndAccess,
        "asks for MFA on the root user, and offers to remove its credentials centrally",
        "deletes the key and never uses root for work",
    ),
    story(
        "rds-exfiltration",
        "Data is copied out of an RDS database",
        "rds",
        ServiceModel::ManagedPlatform,
        Layer::DataProtection,
        "encrypts as it is told, and runs the host",
        "encrypts, closes access, and watches who reads",
    ),
    story(
        "rds-os-patch",
        "The operating system below an RDS database has a fault",
        "rds",
        ServiceModel::ManagedPlatform,
        Layer::GuestOs,
        "patches it; nobody else can log in to the host",
        "has no way to act, but for choosing the maintenance window",
    ),
    story(
        "rds-engine-patch",
        "A database engine's version has a fault, or its support ends",
        "rds",
        ServiceModel::ManagedPlatform,
        Layer::EngineOrRuntime,
        "publishes the newer version, and applies it when told",
        "takes minor versions in time, and moves to the next major version",
    ),
    story(
        "rds-open-security-group",
        "A database can be reached from the internet",
        "rds",
        ServiceModel::ManagedPlatform,
        Layer::NetworkExposure,
        "enforces the security group and the public switch as they stand",
        "keeps the database in private subnets, behind a closed group",
    ),
    story(
        "rds-without-tls",
        "Clients talk to a database without TLS",
        "rds",
        ServiceModel::ManagedPlatform,
        Layer::DataProtection,
        "offers certificates and rotates its authority",
        "makes the engine refuse plain connections",
    ),
    story(
        "database-users",
        "A user inside a database may read what is none of their business",
        "rds",
        ServiceModel::ManagedPlatform,
        Layer::DataContent,
        "never logs in to the database",
        "grants and revokes inside the database",
    ),
    story(
        "retired-runtime",
        "A function runs on a runtime that is no longer patched",
        "lambda",
        ServiceModel::ServerlessCompute,
        Layer::EngineOrRuntime,
        "patches runtimes until their end, and says when that is",
        "moves the function to a supported runtime",
    ),
    story(
        "vulnerable-package",
        "A function carries a package with a known fault",
        "lambda",
        ServiceModel::ServerlessCompute,
        Layer::ApplicationCode,
        "runs what it is given; Inspector finds such packages",
        "updates the package and deploys anew",
    ),
    story(
        "stopped-trail",
        "Somebody stops the trail before doing something else",
        "cloudtrail",
        ServiceModel::Governance,
        Layer::LoggingAndMonitoring,
        "records that it was stopped, and keeps 90 days of history besides",
        "keeps a trail in all regions, out of the reach of those whom it watches",
    ),
    story(
        "lost-backup",
        "A table is deleted, and there is no backup of it",
        "dynamodb",
        ServiceModel::Abstracted,
        Layer::Resilience,
        "takes and keeps backups where it is told to",
        "switches point-in-time recovery and deletion protection on",
    ),
    story(
        "left-organization",
        "An account leaves its organization, and with it the organization's limits",
        "organizations",
        ServiceModel::Governance,
        Layer::AccountGovernance,
        "carries out what an authorised principal asks",
        "forbids it by policy, and keeps the account's contacts current",
    ),
    story(
        "phished-administrator",
        "An administrator gives a code to somebody who calls",
        "iam",
        ServiceModel::Governance,
        Layer::PeopleAndTraining,
        "trains its own people",
        "trains its people, and uses MFA that cannot be read out",
    ),
];

const fn story(
    id: &'static str,
    title: &'static str,
    service: &'static str,
    model: ServiceModel,
    layer: Layer,
    aws: &'static str,
    customer: &'static str,
) -> Scenario {
    Scenario { id, title, service, model, layer, parts: Parts { aws, customer } }
}
