//! What is kept in the two DynamoDB tables.
//!
//! `control` says what may be done: modes, configuration, exemptions, kill switch. Remediators
//! only read it. `journal` holds what was done: an item a plan and stage, an item a setting with
//! lease, fencing number and open plans, and the baselines.

mod approval;
mod baseline;
mod budget;
mod claim;
mod codec;
mod control;
mod exemption;
mod history;
mod item;
mod steps;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::{Client, error::SdkError, operation::put_item::PutItemError};
use demarc_remediation::{configuration::Configuration, contest::Repeats};

use crate::{Clock, Environment, Sdk};

pub use approval::{WAITS_MILLIS, Waiting, WaitingEnd};
pub use baseline::Past;
pub use claim::{Claim, Claimed, Lease};
pub use control::{Document, ModeChange};
pub use exemption::{Ending, Exempting, Exemptions, Noted};
pub use history::Plan;

/// Whether an item was not put because its condition does not hold.
fn is_condition(error: &SdkError<PutItemError>) -> bool {
    error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception)
}

/// How old what is remembered of other sandboxes' doing may be, in milliseconds.
const FRESH_MILLIS: u64 = 60_000;

/// How long a lease is good for, in milliseconds: longer than a function may run, shorter than a
/// message stays invisible.
pub const LEASE_MILLIS: u64 = 45_000;

/// One setting's item: who is writing it, and what is unfinished.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Grows with each lease; 0 where the setting was never written.
    pub fence: u64,
    /// Hash of the last journal entry of this setting.
    pub chain: String,
    /// Until when the lease is held, in milliseconds since 1970; 0 where it is free.
    pub leased_until: u64,
    /// Plans that are not finished.
    pub open: Vec<String>,
    /// When it was claimed for a remediation or an undo, in milliseconds since 1970: the last 16
    /// times, the oldest first.
    pub recent: Vec<u64>,
    /// Its remediations.
    pub repeats: Repeats,
}

/// The two tables.
#[derive(Clone)]
pub struct Store {
    client: Client,
    control: String,
    journal: String,
    environment: Environment,
    clock: Arc<dyn Clock>,
    memory: Arc<Mutex<Memory>>,
}

/// What one sandbox remembers. Everything in it is checked again by a condition of the claim, or
/// harmless when it is a minute old.
#[derive(Default)]
struct Memory {
    configuration: Option<(u64, Arc<Configuration>)>,
    heads: BTreeMap<String, Head>,
    enrolled: BTreeSet<&'static str>,
    baselines: BTreeMap<String, String>,
    written: BTreeMap<String, u64>,
    /// Which plans wait, by setting and control, and when that was read.
    waiting: Option<(u64, BTreeSet<String>)>,
}

/// More than that in one map, and the sandbox starts to remember anew.
const REMEMBERED: usize = 10_000;

impl Memory {
    fn trim(&mut self) {
        if self.heads.len() + self.baselines.len() + self.written.len() > REMEMBERED {
            self.heads.clear();
            self.baselines.clear();
            self.written.clear();
        }
    }
}

impl Store {
    /// A store over the tables that the environment names.
    #[must_use]
    pub fn new(sdk: &Sdk, environment: &Environment, clock: Arc<dyn Clock>) -> Self {
        let config = aws_sdk_dynamodb::config::Builder::from(&sdk.config)
            .interceptor(sdk.calls.clone())
            .build();
        Self {
            client: Client::from_conf(config),
            control: environment.control_table.clone(),
            journal: environment.journal_table.clone(),
            environment: environment.clone(),
            clock,
            memory: Arc::default(),
        }
    }

    fn remember<T>(&self, with: impl FnOnce(&mut Memory) -> T) -> T {
        let mut memory = self.memory.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        memory.trim();
        with(&mut memory)
    }

    /// Whether this sandbox wrote the setting at or after a time in milliseconds since 1970: a
    /// reading that does not show an older change is then no stale one.
    #[must_use]
    pub fn wrote_since(&self, setting: &str, at: u64) -> bool {
        self.remember(|memory| memory.written.get(setting).is_some_and(|written| *written >= at))
    }

    /// Forgets everything that this sandbox remembers, as a new one would.
    pub fn forget(&self) {
        self.remember(|memory| *memory = Memory::default());
    }
}
