//! Modes, scopes and freezes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The modes of a function's controls.
#[derive(Debug, Deserialize)]
pub(crate) struct Modes {
    /// One for each control.
    pub(crate) modes: Vec<Box<RawValue>>,
    /// Other modes for a part of the resources, in their order.
    #[serde(default)]
    pub(crate) scopes: Vec<Box<RawValue>>,
    /// Times in which what would be put right waits for a person.
    #[serde(default)]
    pub(crate) freezes: Vec<Box<RawValue>>,
}

/// Another mode for a part of the resources.
#[derive(Debug, Deserialize)]
pub(crate) struct Scope {
    /// Patterns of control ids; none stands for all, here and in what follows.
    #[serde(default)]
    pub(crate) controls: Vec<String>,
    /// Account ids.
    #[serde(default)]
    pub(crate) accounts: Vec<String>,
    /// Patterns of regions.
    #[serde(default)]
    pub(crate) regions: Vec<String>,
    /// Patterns of resources' ids.
    #[serde(default)]
    pub(crate) resources: Vec<String>,
    /// Patterns of tags' values by keys.
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    /// A share of the resources.
    pub(crate) percent: Option<u8>,
    /// Whether names and tags may lower the mode.
    #[serde(default)]
    pub(crate) trust_names: bool,
    /// The mode, where it says one.
    pub(crate) mode: Option<String>,
    /// The ceiling, where it says one.
    pub(crate) ceiling: Option<String>,
    /// The grace in minutes, where it says one.
    pub(crate) grace_minutes: Option<u32>,
}

/// A time in which what would be put right waits for a person.
#[derive(Debug, Deserialize)]
pub(crate) struct Freeze {
    /// Its beginning.
    pub(crate) from: String,
    /// Its end.
    pub(crate) until: String,
    /// Why.
    pub(crate) reason: String,
    /// Patterns of control ids; none stands for all.
    #[serde(default)]
    pub(crate) controls: Vec<String>,
    /// Up to which safety it holds nothing back.
    pub(crate) ceiling: Option<String>,
}

/// A control's mode in a list.
#[derive(Debug, Deserialize)]
pub(crate) struct ControlMode {
    /// The control.
    pub(crate) control: String,
    /// Its name in words.
    #[serde(default)]
    pub(crate) title: String,
    /// Its mode and ceiling.
    pub(crate) enforcement: Enforcement,
}

/// A mode and a ceiling.
#[derive(Debug, Deserialize)]
pub(crate) struct Enforcement {
    /// What is done about violations.
    pub(crate) mode: String,
    /// Up to which safety.
    pub(crate) ceiling: String,
}

/// The answer to a mode that was set.
#[derive(Debug, Deserialize)]
pub(crate) struct ModeSet {
    /// The mode as it stands now.
    pub(crate) mode: ControlMode,
    /// How long functions may go on with the former one.
    #[serde(default)]
    pub(crate) in_force_within_seconds: u64,
}
