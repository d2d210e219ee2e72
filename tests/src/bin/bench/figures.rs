//! What was measured.

use std::time::Duration;

/// A time on the clock and on a processor.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// From its start to its end.
    pub wall: Duration,
    /// On a processor, user and system.
    pub cpu: Duration,
}

impl Cost {
    /// The medians of both.
    pub fn median(costs: &[Self]) -> Self {
        Self {
            wall: median(costs.iter().map(|cost| cost.wall)),
            cpu: median(costs.iter().map(|cost| cost.cpu)),
        }
    }
}

/// The median; zero of nothing.
pub fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Milliseconds with their fraction.
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// One event of one kind, handled again and again.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The case's name.
    pub case: &'static str,
    /// The function.
    pub function: &'static str,
    /// Every start of a process for this case.
    pub starts: Vec<Cost>,
    /// The first invocation of a process.
    pub first: Cost,
    /// Any later one.
    pub warm: Cost,
    /// The largest resident size, in KiB.
    pub peak_kib: u64,
    /// The AWS calls of the start.
    pub warming: Vec<String>,
    /// The AWS calls of one warm invocation.
    pub calls: Vec<String>,
    /// How many calls it should take.
    pub wanted: Option<usize>,
}

/// A size in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Size {
    /// The binary as it is.
    pub binary: u64,
    /// Zipped under the name `bootstrap`.
    pub zip: u64,
}

/// The function and the bare calls, in turns.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pair {
    /// One warm invocation of the function.
    pub demarc: Cost,
    /// The same calls, bare.
    pub bare: Cost,
    /// The median of the rounds' ratios of processor time.
    pub ratio: f64,
    /// The bare function's largest resident size, in KiB.
    pub bare_peak_kib: u64,
}

/// Everything.
#[derive(Debug, Default)]
pub struct Results {
    /// By function.
    pub sizes: Vec<(&'static str, Size)>,
    /// An empty function's start.
    pub empty: Cost,
    /// The comparison.
    pub pair: Pair,
    /// By case.
    pub cases: Vec<Measured>,
}

impl Results {
    /// The median start of a function, over all its cases.
    pub fn init(&self, function: &str) -> Cost {
        let own = self.cases.iter().filter(|case| case.function == function);
        let starts: Vec<Cost> = own.flat_map(|case| case.starts.iter().copied()).collect();
        Cost::median(&starts)
    }

    /// The most memory that a function took in any case, in MiB.
    pub fn memory(&self, function: &str) -> f64 {
        let own = self.cases.iter().filter(|case| case.function == function);
        mebibytes(own.map(|case| case.peak_kib).max().unwrap_or(0))
    }
}

/// MiB of KiB.
#[expect(clippy::cast_precision_loss, reason = "a size of a few thousand")]
pub fn mebibytes(kib: u64) -> f64 {
    kib as f64 / 1_024.0
}

/// MB, a million bytes.
#[expect(clippy::cast_precision_loss, reason = "a size of a few million")]
pub fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}
