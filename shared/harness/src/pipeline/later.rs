//! Second looks.

use demarc_remediation::{classification::Request, control::AnyControl};

use super::{Pipeline, Task};
use crate::Error;

/// So many looks at one and the same, then it is a fault that a person has to see.
const LOOKS: u32 = 60;

impl Pipeline {
    /// Sends the task again, to arrive at `at` (milliseconds since 1970).
    pub(super) async fn look_again(
        &self,
        task: &Task<'_>,
        controls: &[&'static dyn AnyControl],
        at: u64,
    ) -> Result<(), Error> {
        if task.attempt >= LOOKS {
            return Err(Error::Internal(format!(
                "`{}` was looked at {LOOKS} times and is not settled: look at the resource, then send the message again",
                task.key()
            )));
        }
        let wait = at.saturating_sub(self.clock.now()).div_ceil(1000);
        self.queue.later(&Request::Evaluate(task.again(controls, at)), wait).await
    }
}
