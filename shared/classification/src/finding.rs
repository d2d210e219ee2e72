//! What another service reports: a failed check, a detection, an advice, a piece of news.

use serde::{Deserialize, Serialize};

use crate::resource::Resource;
use crate::responsibility::Layer;

named! {
    /// Which service reports, and how.
    pub enum Source {
        /// AWS Config: a rule's judgement of a resource changed.
        ConfigCompliance = "config-compliance",
        /// AWS Config: a resource's configuration changed.
        ConfigItem = "config-item",
        /// AWS Config asks a custom rule.
        ConfigRule = "config-rule",
        /// Security Hub: a finding was imported (ASFF).
        SecurityHub = "security-hub",
        /// Security Hub: a person sent findings with a custom action.
        SecurityHubAction = "security-hub-action",
        /// Security Hub: a person sent an insight's results.
        SecurityHubInsight = "security-hub-insight",
        /// Security Hub: a finding of its second version was imported (OCSF).
        SecurityHubV2 = "security-hub-v2",
        /// Amazon GuardDuty.
        GuardDuty = "guardduty",
        /// IAM Access Analyzer.
        AccessAnalyzer = "access-analyzer",
        /// AWS Health.
        Health = "health",
        /// AWS Trusted Advisor.
        TrustedAdvisor = "trusted-advisor",
        /// Amazon Inspector.
        Inspector = "inspector",
        /// Amazon Macie, its first version included.
        Macie = "macie",
        /// AWS KMS: rotation, deletion, expiry of key material.
        Kms = "kms",
        /// AWS Certificate Manager: expiry.
        CertificateManager = "certificate-manager",
        /// Systems Manager: patch and configuration compliance of a node.
        SystemsManager = "systems-manager",
        /// Amazon ECR: an image was scanned.
        ContainerRegistry = "container-registry",
        /// EventBridge Scheduler, and EventBridge's own scheduled rules.
        Scheduler = "scheduler",
    }
}

named! {
    /// What a finding is about. It decides who answers and what may be done.
    pub enum Topic {
        /// A control failed; the control says at which layer.
        Control = "control",
        /// A resource's configuration; the live state says what is wrong, if anything.
        Configuration = "configuration",
        /// A setting lets in, hides or leaves open what it should not.
        Setting = "setting",
        /// Somebody acts in the account; a person contains that.
        Threat = "threat",
        /// Credentials were exposed, or AWS was told of abuse.
        Exposure = "exposure",
        /// Software has a known fault.
        Vulnerability = "vulnerability",
        /// Data of a sensitive kind was found.
        SensitiveData = "sensitive-data",
        /// A key or certificate is about to be gone.
        Expiry = "expiry",
        /// AWS asks the customer to act.
        ActionRequired = "action-required",
        /// AWS suggests something.
        Advice = "advice",
        /// Something happened to AWS's own part.
        Operation = "operation",
        /// A person sent it on, to be told to people.
        Notice = "notice",
        /// News about which nothing is to be decided.
        Information = "information",
    }
}

named! {
    /// How far a finding is.
    pub enum State {
        /// It stands.
        Open = "open",
        /// The check passed.
        Passed = "passed",
        /// It was resolved, archived or suppressed, or its resource is gone.
        Closed = "closed",
        /// A sample, made to try things out.
        Sample = "sample",
    }
}

/// A value, with the place in the event where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The value, as the source wrote it.
    pub value: String,
    /// JSON pointer into the event as EventBridge delivers it.
    pub pointer: String,
}

/// What another service reports, whatever its form.
///
/// Like a change it says where to look and never what is true. Fields are copied one by one:
/// descriptions, remediation texts and whatever the reporter wrote freely are left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which service reports.
    pub source: Source,
    /// The finding's own id, else the event's.
    pub id: String,
    /// What it is called in its source's terms: a rule, a finding type, an event code, a check.
    pub subject: Fact,
    /// What it is about.
    pub topic: Topic,
    /// The layer that its source's term stands for; `None` where a control or the live state says.
    pub layer: Option<Layer>,
    /// How far it is.
    pub state: State,
    /// The source's own word for that.
    pub status: Fact,
    /// The ARN of the product that made it, where the source carries others' findings too.
    pub product: Option<Fact>,
    /// Whether that product is AWS's own; true where only AWS can be the sender.
    pub genuine: bool,
    /// The account that it is about, never the hub's that it was delivered to. Empty where the
    /// source says none.
    pub account: Fact,
    /// The region that it is about. Not validated.
    pub region: String,
    /// When it was last updated, in seconds since 1970 UTC.
    pub time: Option<u64>,
    /// Ids of the Security Hub controls that it is of.
    pub controls: Vec<String>,
    /// What it is about, each once. A type that is not known keeps the name that the source uses.
    pub resources: Vec<Resource>,
    /// Whether it came through the one rule that collects other accounts' findings (wrapped as
    /// `{"stray": EVENT}`). An event can hold findings of several accounts: only there are
    /// another's counted, and only elsewhere are our own looked at, so that each is met once.
    #[serde(default)]
    pub stray: bool,
}
