//! The model in words, for people who meet it for the first time.
//!
//! Awareness and training is one of the shared controls: AWS trains its people, the customer trains
//! theirs. These texts are made for that.

use crate::responsibility::{Kind, Layer, Responsibility, ServiceModel, demarcate};

/// Who does what at a layer of a kind of service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// What AWS does.
    pub aws: &'static str,
    /// What the customer does.
    pub customer: &'static str,
}

impl Layer {
    /// What belongs to the layer.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Facility => "buildings, guards, power, climate",
            Self::Hardware => "machines, disks and the network between them, and how they end",
            Self::Hypervisor => "the host's operating system and what separates guests on it",
            Self::ManagedControlPlane => {
                "the software of a service, its durability, and what separates tenants"
            }
            Self::GuestOs => "the operating system of a virtual machine and its patches",
            Self::EngineOrRuntime => "a database engine or a language runtime and its patches",
            Self::PlatformVersion => "the version of a managed platform, such as Kubernetes",
            Self::NetworkExposure => "who can reach a resource over a network",
            Self::IdentityAndAccess => "who may do what: users, roles, policies, keys, MFA",
            Self::DataProtection => {
                "encryption at rest and in transit, keys, certificates, secrets"
            }
            Self::LoggingAndMonitoring => "records of what happens, and somebody who looks at them",
            Self::Resilience => "backups, versions, replicas, deletion protection",
            Self::ApplicationCode => "the customer's own code, its packages and images",
            Self::DataContent => "the data itself, and the users inside a database",
            Self::AccountGovernance => "the account, its organization, contacts, tags and limits",
            Self::PeopleAndTraining => "what people know and how they act",
        }
    }
}

impl ServiceModel {
    /// What the customer gets, and what is theirs to run.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Infrastructure => {
                "virtual machines and networks: the customer runs everything from the guest's operating system up"
            }
            Self::ManagedPlatform => {
                "AWS runs the machines and their operating system; the customer chooses versions and sizes and when to change them"
            }
            Self::ServerlessCompute => "AWS runs everything below the customer's code",
            Self::Abstracted => {
                "an interface to data or to a function: the customer sets its switches"
            }
            Self::Governance => "the account's own rules, identities and records",
        }
    }
}

impl Kind {
    /// What the kind means.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Inherited => {
                "wholly AWS's: the customer inherits it and proves it with AWS's own reports"
            }
            Self::SharedPatch => "patch management, which both do, each for what they run",
            Self::SharedConfiguration => {
                "configuration management: AWS makes the switch, the customer sets it"
            }
            Self::SharedTraining => "awareness and training: each for their own people",
            Self::CustomerSpecific => "wholly the customer's: AWS does not see it, or must not",
            Self::Undetermined => "not known, and so never acted upon",
        }
    }

    /// What people have to know about a control that both share; `None` for one that nobody shares.
    #[must_use]
    pub const fn training(self) -> Option<&'static str> {
        match self {
            Self::SharedPatch => Some(
                "Find the lowest layer that you chose yourself: an image, an engine's version, a runtime, a package. Everything below it AWS patches without asking you. Everything from it up waits for you: AWS publishes a newer version, and yours stays as it is until you take it or until the old one is retired. So know your versions and their last day, take patches by a schedule and not by an incident, and try them where nobody depends on the result.",
            ),
            Self::SharedConfiguration => Some(
                "AWS builds the switch, documents it and keeps it working. It does not know what you mean by it: a public bucket and an open port are valid settings, and nobody at AWS will set them back. So decide for each switch what is right in your organization, write that down where machines can read it, have every change compared with it, and put back what differs. Defaults help with what is new and do nothing for what is old.",
            ),
            Self::SharedTraining => Some(
                "AWS trains its employees, and you train yours: nobody else can. Whoever may change an account should be able to say, for each service that they use, which half of it is theirs. Ask them one question for each layer (who patches it, who may reach it, who may use it, who would notice, who could bring it back) and let them look up what they do not know: `demarc explain` answers it by service, by control and by story.",
            ),
            Self::Inherited | Self::CustomerSpecific | Self::Undetermined => None,
        }
    }
}

/// Who does what at a layer of a kind of service.
#[must_use]
pub const fn parts(model: ServiceModel, layer: Layer) -> Parts {
    let aws = aws(model, layer);
    let customer = match demarcate(model, layer).0 {
        Responsibility::Aws => "nothing to do: AWS's reports prove it (AWS Artifact)",
        _ => customer(layer),
    };
    Parts { aws, customer }
}

const fn aws(model: ServiceModel, layer: Layer) -> &'static str {
    match layer {
        Layer::Facility => "guards and runs the data centres",
        Layer::Hardware => "buys, replaces and destroys the machines",
        Layer::Hypervisor => "patches the hosts and keeps guests apart",
        Layer::ManagedControlPlane => "patches and runs the service and keeps tenants apart",
        Layer::GuestOs => match model {
            ServiceModel::Infrastructure => {
                "publishes images and offers tools to patch; never touches the guest"
            }
            _ => "patches the operating system below the service",
        },
        Layer::EngineOrRuntime | Layer::PlatformVersion => match model {
            ServiceModel::Infrastructure => "nothing inside the guest",
            ServiceModel::ManagedPlatform => {
                "publishes new versions and patches, and applies them when told or at the end of support"
            }
            ServiceModel::ServerlessCompute => {
                "patches the runtimes that it offers, and retires old ones"
            }
            ServiceModel::Abstracted | ServiceModel::Governance => {
                "chooses and patches it; no version shows"
            }
        },
        Layer::NetworkExposure => "enforces the rules that are set, and protects its own network",
        Layer::IdentityAndAccess => "checks every request against the policies that are set",
        Layer::DataProtection => "encrypts as it is told, and keeps keys in hardware",
        Layer::LoggingAndMonitoring => "writes and keeps the records that are asked for",
        Layer::Resilience => match model {
            ServiceModel::ServerlessCompute => "spreads the service over zones by itself",
            _ => "offers copies, backups and protection, and carries them out",
        },
        Layer::ApplicationCode => "runs it and does not read it",
        Layer::DataContent => "stores it and does not read it",
        Layer::AccountGovernance => "offers the account's switches, and writes to its contacts",
        Layer::PeopleAndTraining => "trains its own people",
    }
}

const fn customer(layer: Layer) -> &'static str {
    match layer {
        Layer::Facility | Layer::Hardware | Layer::Hypervisor | Layer::ManagedControlPlane => {
            "nothing to do"
        }
        Layer::GuestOs => "patches and hardens the operating system",
        Layer::EngineOrRuntime => "chooses the version, takes patches in time, leaves retired ones",
        Layer::PlatformVersion => "chooses the version and moves on before its support ends",
        Layer::NetworkExposure => "decides who can reach it, and closes the rest",
        Layer::IdentityAndAccess => "decides who may do what, and takes back what is not needed",
        Layer::DataProtection => "switches encryption on, chooses keys, refuses plain connections",
        Layer::LoggingAndMonitoring => "switches records on, keeps them safe, looks at them",
        Layer::Resilience => "switches it on as far as the loss would hurt, and tries the way back",
        Layer::ApplicationCode => "writes, tests and patches the code and its packages",
        Layer::DataContent => "knows which data lies where, and who may see it",
        Layer::AccountGovernance => "keeps the account in order and answers for it",
        Layer::PeopleAndTraining => "trains its own people",
    }
}
