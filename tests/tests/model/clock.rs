//! The model's time: it passes only when somebody waits.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use demarc_harness::{BoxFuture, Clock};

/// A day of 2026 at full hour, in milliseconds since 1970.
const START: u64 = 1_798_711_200_000;

#[derive(Debug)]
pub struct ModelClock(AtomicU64);

impl Default for ModelClock {
    fn default() -> Self {
        Self(AtomicU64::new(START))
    }
}

impl ModelClock {
    /// Moves on to a moment; never back.
    pub fn reach(&self, millis: u64) {
        self.0.fetch_max(millis, Ordering::SeqCst);
    }
}

impl Clock for ModelClock {
    fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        self.0.fetch_add(millis, Ordering::SeqCst);
        Box::pin(std::future::ready(()))
    }
}
