//! The account's configuration: one TOML document, validated as a whole.

mod known;
mod logs;
mod scope;

use std::collections::BTreeMap;

use demarc_classification::Resource;
use serde::{Deserialize, Serialize};

pub use known::{Administrators, Known, is_account};
pub use logs::Logs;
pub use scope::{Freeze, Scope};

use crate::{budget::Budget, contest::Contested, settings::tags::Tags, verdict::Safety};

/// What is done about a control's violations. Ordered: each does more than the one before it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The control is not evaluated.
    Off,
    /// Violations are reported with the plan that would put them right; no resource is written.
    #[default]
    Observe,
    /// As observe; the plan waits for a person.
    Approve,
    /// Violations are put right, up to the ceiling.
    Enforce,
}

impl Mode {
    /// The name that is configured and printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Observe => "observe",
            Self::Approve => "approve",
            Self::Enforce => "enforce",
        }
    }
}

/// Whether what would be put right waits for a person because somebody may use what it closes.
/// Ordered: each asks more than the one before it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Approval {
    /// The ceiling alone decides.
    #[default]
    Never,
    /// It waits where there is evidence that it is in use.
    WhenUsed,
    /// It waits unless there is evidence that it is not in use.
    UnlessUnused,
}

impl Approval {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_never(&self) -> bool {
        *self == Self::Never
    }
}

/// A control's mode, and how much its remediation may break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enforcement {
    /// What is done about violations.
    #[serde(default)]
    pub mode: Mode,
    /// Up to which safety it is done without asking.
    #[serde(default = "safe")]
    pub ceiling: Safety,
    /// Minutes between a violation and its remediation, in which its owner may object: exempt it,
    /// or lower the mode. 0: at once.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub grace_minutes: u32,
    /// Whether what is in use waits for a person.
    #[serde(default, skip_serializing_if = "Approval::is_never")]
    pub approval: Approval,
}

impl Enforcement {
    /// The mode and ceiling, without grace.
    #[must_use]
    pub fn new(mode: Mode, ceiling: Safety) -> Self {
        Self { mode, ceiling, grace_minutes: 0, approval: Approval::Never }
    }

    /// Of each part the one that does more.
    fn raised(self, other: Self) -> Self {
        Self {
            mode: self.mode.max(other.mode),
            ceiling: self.ceiling.max(other.ceiling),
            grace_minutes: self.grace_minutes.min(other.grace_minutes),
            approval: self.approval.min(other.approval),
        }
    }
}

impl Default for Enforcement {
    fn default() -> Self {
        Self::new(Mode::default(), Safety::Safe)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(minutes: &u32) -> bool {
    *minutes == 0
}

fn safe() -> Safety {
    Safety::Safe
}

/// Where VPC flow logs are delivered when there is no former flow log to restore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowLogs {
    /// The ARN of an S3 bucket or of a CloudWatch Logs log group.
    pub destination: String,
    /// The ARN of the role that delivers to CloudWatch Logs. The remediator may pass no other
    /// role than the one that its template was given.
    pub role: Option<String>,
}

/// Who changes things on purpose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Actors {
    /// ARNs of the roles of deployment pipelines: a fix of their change is drift from the source.
    pub pipeline_roles: Vec<String>,
}

/// What only a person changes, whatever the mode.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Protected {
    /// Ids of resources, in full: a pattern would protect whatever somebody names so.
    pub resources: Vec<String>,
}

impl Protected {
    fn fault(&self) -> Option<String> {
        let pattern = self.resources.iter().find(|id| id.contains(['*', '?']))?;
        Some(format!("`resources` has `{pattern}`: name each resource in full"))
    }
}

/// The whole configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Configuration {
    /// Version of this document's form: 1.
    pub version: u32,
    /// Seconds that a new resource is given before what is not exposed is judged; where this is
    /// left out, the stack's own parameters decide.
    pub settle_seconds: Option<u64>,
    /// TCP ports of remote administration.
    pub administration_ports: Vec<u16>,
    /// TCP ports of what is not meant for the world: databases, file sharing and the like.
    pub high_risk_ports: Vec<u16>,
    /// Flow logs' destination; without one, and without a former flow log, the control advises.
    pub flow_logs: Option<FlowLogs>,
    /// Where logs go, and how long they are kept.
    pub logs: Logs,
    /// Whom things may be shared with; without it, controls of sharing advise.
    pub known: Option<Known>,
    /// Who may do everything.
    pub administrators: Administrators,
    /// Who changes things on purpose.
    pub actors: Actors,
    /// Mode and ceiling of every control that has none of its own; where this is left out, the
    /// stack's own parameters decide.
    pub default: Option<Enforcement>,
    /// Mode and ceiling by control id.
    pub controls: BTreeMap<String, Enforcement>,
    /// Other modes for a part of the resources. Each is applied to what those before it came to.
    pub scopes: Vec<Scope>,
    /// Times in which what would be put right waits for a person.
    pub freezes: Vec<Freeze>,
    /// When a setting is contested.
    pub contested: Contested,
    /// How much is put right on account of one actor.
    pub budget: Budget,
    /// What only a person changes.
    pub protected: Protected,
    /// What operators set with `demarc mode`: it goes before the document, its scopes included;
    /// no part of the document.
    #[serde(skip)]
    pub by_hand: BTreeMap<String, Enforcement>,
    /// What the stack's parameters say; no part of the document.
    #[serde(skip)]
    pub stack: Enforcement,
    /// The stack's own settle time in seconds; no part of the document.
    #[serde(skip)]
    pub stack_settle_seconds: Option<u64>,
}

/// The ports that Security Hub's control EC2.19 names, without those of remote administration; and
/// those of Redis and MongoDB.
const HIGH_RISK_PORTS: [u16; 24] = [
    20, 21, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 4333, 5000, 5432, 5500, 5601, 6379,
    8080, 8088, 8888, 9200, 9300, 27017,
];

impl Default for Configuration {
    fn default() -> Self {
        Self {
            version: 1,
            settle_seconds: None,
            administration_ports: vec![22, 3389],
            high_risk_ports: HIGH_RISK_PORTS.to_vec(),
            flow_logs: None,
            logs: Logs::default(),
            known: None,
            administrators: Administrators::default(),
            actors: Actors::default(),
            default: None,
            controls: BTreeMap::new(),
            scopes: Vec::new(),
            freezes: Vec::new(),
            contested: Contested::default(),
            budget: Budget::default(),
            protected: Protected::default(),
            by_hand: BTreeMap::new(),
            stack: Enforcement::default(),
            stack_settle_seconds: None,
        }
    }
}

/// Why a configuration is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationError {
    /// What is wrong, and where.
    pub message: String,
}

impl std::fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the configuration is not valid: {}", self.message)
    }
}

impl std::error::Error for ConfigurationError {}

impl Configuration {
    /// Reads and validates a document.
    ///
    /// # Errors
    /// It is not TOML, has a field or value that is unknown, a version that is not 1, or names a
    /// control that is not in `known`. Whoever gets this error observes and raises an alarm.
    pub fn parse(document: &str, known: &[&str]) -> Result<Self, ConfigurationError> {
        let invalid = |message: String| ConfigurationError { message };
        let configuration: Self = toml::from_str(document).map_err(|e| invalid(e.to_string()))?;
        if configuration.version != 1 {
            return Err(invalid(format!(
                "`version` is {}, this release reads version 1",
                configuration.version
            )));
        }
        if let Some(id) = configuration.controls.keys().find(|id| !known.contains(&id.as_str())) {
            return Err(invalid(format!("`controls` names `{id}`, which is no control")));
        }
        let tables = [
            ("contested", configuration.contested.fault()),
            ("budget", configuration.budget.fault()),
            ("protected", configuration.protected.fault()),
            ("administrators", configuration.administrators.fault()),
            ("logs", configuration.logs.fault()),
            ("known", configuration.known.as_ref().and_then(Known::fault)),
        ];
        if let Some((table, fault)) = tables.into_iter().find_map(|(t, f)| Some((t, f?))) {
            return Err(invalid(format!("`{table}`: {fault}")));
        }
        let scopes = configuration.scopes.iter().map(|scope| ("scopes", scope.fault(known)));
        let freezes = configuration.freezes.iter().map(|freeze| ("freezes", freeze.fault(known)));
        for (at, (list, fault)) in scopes.enumerate().chain(freezes.enumerate()) {
            if let Some(fault) = fault {
                return Err(invalid(format!("`{list}`, number {}: {fault}", at + 1)));
            }
        }
        Ok(configuration)
    }

    /// Seconds that a new resource is given: the document's, else the stack's, else 90.
    #[must_use]
    pub fn settle_seconds(&self) -> u64 {
        self.settle_seconds.or(self.stack_settle_seconds).unwrap_or(90)
    }

    /// The mode and ceiling of a control where no scope says otherwise.
    #[must_use]
    pub fn enforcement(&self, control: &str) -> Enforcement {
        let own = self.by_hand.get(control).or_else(|| self.controls.get(control)).copied();
        own.or(self.default).unwrap_or(self.stack)
    }

    /// Whether the mode of a control for this resource may depend on the resource's tags.
    #[must_use]
    pub fn asks_for_tags(&self, control: &str, resource: &Resource) -> bool {
        !self.by_hand.contains_key(control)
            && self.scopes.iter().any(|scope| scope.asks_for_tags(control, resource))
    }

    /// The mode and ceiling of a control for one resource with these tags.
    #[must_use]
    pub fn enforcement_of(&self, control: &str, resource: &Resource, tags: &Tags) -> Enforcement {
        let general = self.enforcement(control);
        if self.by_hand.contains_key(control) {
            return general;
        }
        let scopes = self.scopes.iter();
        scopes.fold(general, |present, scope| scope.applied(present, control, resource, tags))
    }

    /// Whether only a person changes the resource.
    #[must_use]
    pub fn protects(&self, resource: &Resource) -> bool {
        self.protected.resources.contains(&resource.id)
    }

    /// The freeze that holds a remediation back at `now`, in milliseconds since 1970.
    #[must_use]
    pub fn freeze(&self, control: &str, safety: Safety, now: u64) -> Option<&Freeze> {
        self.freezes.iter().find(|freeze| freeze.holds(control, safety, now))
    }
}
