//! Exemptions that end: announced a day before, and evaluated on the day.

use demarc_remediation::{
    classification::{Classification, Evaluate, Request},
    control::AnyControl,
};

use super::{Pipeline, task::rfc3339};
use crate::{
    Error, Outcome, Report,
    report::Alert,
    store::{Ending, Noted},
};

impl Pipeline {
    /// Announces the exemptions that end within a day, and has looked at what those covered that
    /// have ended.
    pub(super) async fn end_exemptions(
        &self,
        classification: &Classification,
        reports: &mut Vec<Report>,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        for ending in self.store.endings().await? {
            if self.function.setting(&ending.setting).is_err() {
                // Another function's, which finds it as well.
                continue;
            }
            if now >= ending.until {
                self.queue.later(&look_at(&ending), 0).await?;
                self.store.note_ending(&ending, Noted::Over).await?;
            } else if ending.is_announced_at(now) && self.is_in_force(&ending).await? {
                self.store.note_ending(&ending, Noted::Announced).await?;
                reports.push(self.announcement(&ending, classification));
            }
        }
        Ok(())
    }

    /// Whether it was not ended or replaced before its time.
    async fn is_in_force(&self, ending: &Ending) -> Result<bool, Error> {
        let kept = self.store.exemptions(&ending.key()).await?;
        Ok(kept.elements.iter().any(|element| element.until == ending.until))
    }

    fn announcement(&self, ending: &Ending, classification: &Classification) -> Report {
        let because = format!(
            "an exemption by `{}` ends at {}: {}; what it covers is put right then, as the mode says; `demarc exempt` renews it",
            ending.owner,
            rfc3339(ending.until),
            ending.justification
        );
        let incident = ending.resource.id.as_str();
        let mut report = Report::of_message(incident, Outcome::Skipped, because, classification);
        report.control = self
            .function
            .controls()
            .map(AnyControl::meta)
            .find(|meta| meta.id == ending.control)
            .map(|meta| meta.id);
        report.resource = Some(ending.resource.clone());
        report.alert = Some(Alert::ExemptionEnds);
        report
    }
}

fn look_at(ending: &Ending) -> Request {
    Request::Evaluate(Evaluate {
        resource: ending.resource.id.clone(),
        kind: Some(ending.resource.kind.clone()),
        account: Some(ending.resource.account.clone()),
        region: Some(ending.resource.region.clone()),
        setting: Some(ending.setting.clone()),
        ..Evaluate::default()
    })
}
