//! The heartbeat: what came through rule, queue and mapping reads and writes both tables.

use demarc_remediation::classification::Classification;

use super::Pipeline;
use crate::{Error, Outcome, Report};

impl Pipeline {
    /// Reads `control` and writes `journal`, as every remediation does. Its metric is what the
    /// alarm for silence waits for, so that nothing is reported where one of them fails.
    pub(super) async fn heartbeat(
        &self,
        classification: &Classification,
    ) -> Result<Vec<Report>, Error> {
        self.store.beat(self.function.name).await?;
        let because = "rule, queue, function and tables work";
        Ok(vec![Report::of_message("heartbeat", Outcome::Alive, because, classification)])
    }
}
