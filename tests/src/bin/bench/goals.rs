//! What is to be reached, and whether it is.

use crate::figures::{Results, mebibytes, megabytes, millis};

/// The most that a zip may take, in MB.
const ZIP: f64 = 3.5;
/// The most memory, in MiB.
const MEMORY: f64 = 16.0;
/// The most processor time of a start with warm clients, in ms.
const INIT: f64 = 10.0;
/// The most processor time of a warm invocation over its calls made bare, in ms.
const OVER_BARE: f64 = 1.0;

/// One figure beside its bound.
#[derive(Debug)]
pub struct Goal {
    /// What it is.
    pub name: String,
    /// As measured.
    pub measured: f64,
    /// At most this.
    pub reach: f64,
    /// Of both.
    pub unit: &'static str,
}

impl Goal {
    fn new(name: impl Into<String>, measured: f64, reach: f64, unit: &'static str) -> Self {
        Self { name: name.into(), measured, reach, unit }
    }

    /// Whether it is reached.
    pub fn is_met(&self) -> bool {
        self.measured <= self.reach
    }

    /// A figure with its unit; counts have no fraction.
    pub fn shown(&self, figure: f64) -> String {
        match self.unit {
            "calls" => format!("{figure:.0} calls"),
            unit => format!("{figure:.2} {unit}"),
        }
    }
}

/// Every figure that has a bound.
pub fn all(results: &Results) -> Vec<Goal> {
    let mut goals = Vec::new();
    for (name, size) in &results.sizes {
        goals.push(Goal::new(format!("{name}: zip"), megabytes(size.zip), ZIP, "MB"));
    }
    for (name, _) in &results.sizes {
        let memory = results.memory(name);
        goals.push(Goal::new(format!("{name}: memory at most"), memory, MEMORY, "MiB"));
    }
    for (name, _) in &results.sizes {
        let init = millis(results.init(name).cpu);
        goals.push(Goal::new(format!("{name}: init, processor"), init, INIT, "ms"));
    }
    let pair = &results.pair;
    let over = millis(pair.demarc.cpu) - millis(pair.bare.cpu);
    goals.push(Goal::new("s3: warm over its calls made bare", over, OVER_BARE, "ms"));
    goals.extend(results.cases.iter().filter_map(|case| {
        let wanted = count(case.wanted?);
        Some(Goal::new(case.case, count(case.calls.len()), wanted, "calls"))
    }));
    goals
}

/// The bare function's memory in MiB.
pub fn bare_memory(results: &Results) -> f64 {
    mebibytes(results.pair.bare_peak_kib)
}

fn count(calls: usize) -> f64 {
    u32::try_from(calls).map_or(f64::INFINITY, f64::from)
}
