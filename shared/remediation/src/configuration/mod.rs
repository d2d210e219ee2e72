//! The account's configuration: one TOML document, validated as a whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::verdict::Safety;

/// What is done about a control's violations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
}

impl Default for Enforcement {
    fn default() -> Self {
        Self { mode: Mode::default(), ceiling: Safety::Safe }
    }
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
    /// Flow logs' destination; without one, and without a former flow log, the control advises.
    pub flow_logs: Option<FlowLogs>,
    /// Who changes things on purpose.
    pub actors: Actors,
    /// Mode and ceiling of every control that has none of its own; where this is left out, the
    /// stack's own parameters decide.
    pub default: Option<Enforcement>,
    /// Mode and ceiling by control id.
    pub controls: BTreeMap<String, Enforcement>,
    /// What the stack's parameters say; no part of the document.
    #[serde(skip)]
    pub stack: Enforcement,
    /// The stack's own settle time in seconds; no part of the document.
    #[serde(skip)]
    pub stack_settle_seconds: Option<u64>,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            version: 1,
            settle_seconds: None,
            administration_ports: vec![22, 3389],
            flow_logs: None,
            actors: Actors::default(),
            default: None,
            controls: BTreeMap::new(),
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
        match configuration.controls.keys().find(|id| !known.contains(&id.as_str())) {
            Some(id) => Err(invalid(format!("`controls` names `{id}`, which is no control"))),
            None => Ok(configuration),
        }
    }

    /// Seconds that a new resource is given: the document's, else the stack's, else 90.
    #[must_use]
    pub fn settle_seconds(&self) -> u64 {
        self.settle_seconds.or(self.stack_settle_seconds).unwrap_or(90)
    }

    /// The mode and ceiling of a control.
    #[must_use]
    pub fn enforcement(&self, control: &str) -> Enforcement {
        self.controls.get(control).copied().or(self.default).unwrap_or(self.stack)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_configured_means_observe() {
        let configuration = Configuration::parse("", &[]).unwrap();
        assert_eq!(configuration.enforcement("s3.versioning").mode, Mode::Observe);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let known = ["s3.versioning"];
        for document in [
            "verison = 1",
            "version = 2",
            "[controls.\"s3.versionning\"]\nmode = \"enforce\"",
            "[controls.\"s3.versioning\"]\nmode = \"on\"",
            "[controls.\"s3.versioning\"]\ncelling = \"safe\"",
            "not toml",
        ] {
            assert!(Configuration::parse(document, &known).is_err(), "taken: {document}");
        }
    }

    #[test]
    fn the_document_goes_before_the_stack() {
        let mut configuration = Configuration::parse("settle_seconds = 5", &[]).unwrap();
        configuration.stack_settle_seconds = Some(30);
        assert_eq!(configuration.settle_seconds(), 5);
        configuration.settle_seconds = None;
        assert_eq!(configuration.settle_seconds(), 30);
        assert_eq!(Configuration::default().settle_seconds(), 90);
    }

    #[test]
    fn a_control_has_its_own_mode_and_ceiling() {
        let document = "[controls.\"s3.versioning\"]\nmode = \"enforce\"\nceiling = \"disruptive\"";
        let configuration = Configuration::parse(document, &["s3.versioning"]).unwrap();
        let expected = Enforcement { mode: Mode::Enforce, ceiling: Safety::Disruptive };
        assert_eq!(configuration.enforcement("s3.versioning"), expected);
        assert_eq!(configuration.enforcement("s3.requires-tls"), Enforcement::default());
    }
}
