//! The AWS Shared Responsibility Model as data: who answers for which layer of
//! which kind of service, and what may therefore be done.

use serde::{Deserialize, Serialize};

named! {
    /// Whose responsibility something is.
    pub enum Responsibility {
        /// Security of the cloud.
        Aws = "aws",
        /// Security in the cloud.
        Customer = "customer",
        /// Both have a part, each in its own context.
        Shared = "shared",
        /// Not known; never acted upon.
        Undetermined = "undetermined",
    }
}

named! {
    /// The kind of responsibility, after AWS's own division into inherited,
    /// shared (patch, configuration, training) and customer-specific.
    pub enum Kind {
        /// Wholly AWS's; the customer inherits it.
        Inherited = "inherited",
        /// Patch management: AWS patches its part, the customer theirs.
        SharedPatch = "shared-patch",
        /// Configuration management: AWS gives the switch, the customer sets it.
        SharedConfiguration = "shared-configuration",
        /// Awareness and training: each trains their own people.
        SharedTraining = "shared-training",
        /// The customer's alone.
        CustomerSpecific = "customer-specific",
        /// Not known.
        Undetermined = "undetermined",
    }
}

named! {
    /// The kind of service; the line between AWS and customer moves with it.
    pub enum ServiceModel {
        /// EC2, VPC: the customer runs what is inside.
        Infrastructure = "infrastructure",
        /// RDS, Elastic Beanstalk: AWS runs the platform, the customer chooses versions.
        ManagedPlatform = "managed-platform",
        /// Lambda, Fargate: AWS runs everything below the code.
        ServerlessCompute = "serverless-compute",
        /// S3, DynamoDB, SQS, KMS: an API over data.
        Abstracted = "abstracted",
        /// IAM, CloudTrail, Organizations: the account's own rules and records.
        Governance = "governance",
    }
}

named! {
    /// The layer that a setting belongs to, from the ground up.
    pub enum Layer {
        /// Buildings, power, physical access.
        Facility = "facility",
        /// Machines, disks, the network between them.
        Hardware = "hardware",
        /// The hypervisor and the host's operating system.
        Hypervisor = "hypervisor",
        /// The software that makes up a managed service, durability and the
        /// separation of tenants included.
        ManagedControlPlane = "managed-control-plane",
        /// The guest's operating system and its patches.
        GuestOs = "guest-os",
        /// A database engine or a language runtime.
        EngineOrRuntime = "engine-or-runtime",
        /// The version of a managed platform.
        PlatformVersion = "platform-version",
        /// Who can reach it over a network.
        NetworkExposure = "network-exposure",
        /// Who may do what.
        IdentityAndAccess = "identity-and-access",
        /// Encryption at rest and in transit, keys.
        DataProtection = "data-protection",
        /// Records of what happens.
        LoggingAndMonitoring = "logging-and-monitoring",
        /// Backups, versions, replicas.
        Resilience = "resilience",
        /// The customer's own code.
        ApplicationCode = "application-code",
        /// The data itself, and the users inside a database.
        DataContent = "data-content",
        /// The account, its organization, its contacts and limits.
        AccountGovernance = "account-governance",
        /// What people know.
        PeopleAndTraining = "people-and-training",
    }
}

named! {
    /// What may be done about an input.
    pub enum Disposition {
        /// Judge the live state and put it right, as far as mode and safety allow.
        Remediate = "remediate",
        /// Judge the live state; a person approves the rest.
        Approve = "approve",
        /// Tell the owner which steps to take.
        Advise = "advise",
        /// Tell somebody.
        Notify = "notify",
        /// Do nothing.
        Ignore = "ignore",
        /// Refuse the input.
        Reject = "reject",
    }
}

/// One reason for a classification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A stable code, `own-role`.
    pub code: String,
    /// JSON pointer into the event, in the form in which EventBridge delivers it
    /// (`/detail/userIdentity/..`), whatever wrapper it came in.
    pub pointer: String,
    /// One sentence for a person.
    pub text: String,
}

/// Whose responsibility an input is, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification {
    /// Whose it is.
    pub responsibility: Responsibility,
    /// Of which kind.
    pub kind: Kind,
    /// The kind of service; `None` for a service that is not in our table.
    pub service_model: Option<ServiceModel>,
    /// The layer; `None` where the call alone does not say (the control does).
    pub layer: Option<Layer>,
    /// What may be done.
    pub disposition: Disposition,
    /// Ids of the Security Hub controls that the finding is of, or that judge the setting which
    /// the call writes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<String>,
    /// Ids of the frameworks that ask for the finding's controls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frameworks: Vec<String>,
    /// Why, never empty.
    pub reasons: Vec<Reason>,
}

impl Classification {
    /// Whether a setting behind this input may be written at all. Everything that
    /// is not the customer's, or not disposed to be put right, never is.
    #[must_use]
    pub fn writable(&self) -> bool {
        let owned = self.responsibility == Responsibility::Customer
            || self.kind == Kind::SharedConfiguration;
        owned && matches!(self.disposition, Disposition::Remediate | Disposition::Approve)
    }
}

const INHERITED: (Responsibility, Kind) = (Responsibility::Aws, Kind::Inherited);
/// The customer patches alone: AWS's half of patch management lies below.
const OWN_PATCH: (Responsibility, Kind) = (Responsibility::Customer, Kind::SharedPatch);
/// The customer opts in or moves on, AWS patches.
const BOTH_PATCH: (Responsibility, Kind) = (Responsibility::Shared, Kind::SharedPatch);
const SWITCH: (Responsibility, Kind) = (Responsibility::Customer, Kind::SharedConfiguration);
const OWN: (Responsibility, Kind) = (Responsibility::Customer, Kind::CustomerSpecific);

/// The demarcation line: who answers for a layer of a kind of service.
///
/// Source: "Shared Responsibility Model" (aws.amazon.com/compliance) and the
/// division into infrastructure, container and abstracted services of "AWS
/// Security Best Practices", brought up to serverless compute.
#[must_use]
pub const fn demarcate(model: ServiceModel, layer: Layer) -> (Responsibility, Kind) {
    use ServiceModel::{Infrastructure, ManagedPlatform, ServerlessCompute};
    match layer {
        Layer::Facility | Layer::Hardware | Layer::Hypervisor | Layer::ManagedControlPlane => {
            INHERITED
        }
        Layer::GuestOs => match model {
            Infrastructure => OWN_PATCH,
            _ => INHERITED,
        },
        Layer::EngineOrRuntime | Layer::PlatformVersion => match model {
            Infrastructure => OWN_PATCH,
            ManagedPlatform | ServerlessCompute => BOTH_PATCH,
            _ => INHERITED,
        },
        Layer::NetworkExposure
        | Layer::IdentityAndAccess
        | Layer::DataProtection
        | Layer::LoggingAndMonitoring => SWITCH,
        // AWS's mechanism and the customer's switch; serverless compute is spread
        // over zones by AWS, and what is left to switch is little.
        Layer::Resilience => match model {
            ServerlessCompute => (Responsibility::Shared, Kind::SharedConfiguration),
            _ => SWITCH,
        },
        Layer::ApplicationCode | Layer::DataContent | Layer::AccountGovernance => OWN,
        Layer::PeopleAndTraining => (Responsibility::Shared, Kind::SharedTraining),
    }
}
