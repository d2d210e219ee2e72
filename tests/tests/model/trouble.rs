//! What goes wrong with the next calls: of the tables, the queues and the services alike.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The sandbox ends before the call is made.
    Crash,
    /// The sandbox ends when the call was made.
    CrashAfter,
    /// It is refused.
    Refused,
    /// It has effect, and nobody hears of it.
    Unanswered,
    /// It has effect, the connection breaks, and the SDK makes it once more.
    Repeated,
}

/// A trouble that waits for its call.
#[derive(Debug, Default)]
pub struct Troubles(Mutex<Option<(usize, Trouble)>>);

impl Troubles {
    /// Strikes a later call; 0 is the next one.
    pub fn strike(&self, calls: usize, trouble: Trouble) {
        *self.lock() = Some((calls, trouble));
    }

    pub fn clear(&self) {
        *self.lock() = None;
    }

    /// Counts a call, and says what happens to it.
    pub fn of_next_call(&self) -> Option<Trouble> {
        let mut next = self.lock();
        let (calls, trouble) = next.as_mut()?;
        if *calls > 0 {
            *calls -= 1;
            return None;
        }
        let trouble = *trouble;
        *next = None;
        Some(trouble)
    }

    fn lock(&self) -> MutexGuard<'_, Option<(usize, Trouble)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

tokio::task_local! {
    /// Tells that the sandbox in which the present task runs has ended.
    static ENDED: Arc<Notify>;
}

/// Ends the sandbox that makes the call: nothing of it happens any more.
pub async fn crash() -> ! {
    ENDED.with(|ended| ended.notify_one());
    std::future::pending().await
}

/// Runs in a sandbox; `None`: it has crashed.
pub async fn in_sandbox<T>(work: impl Future<Output = T>) -> Option<T> {
    let ended = Arc::new(Notify::new());
    let until_it_ends = async {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = ended.notified() => None,
        }
    };
    ENDED.scope(Arc::clone(&ended), until_it_ends).await
}
