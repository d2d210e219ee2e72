//! What holds back a remediation that may be applied: a contested setting, a spent budget. Neither
//! holds back what a person approved.

use demarc_remediation::{
    budget::{Payer, hour},
    configuration::Configuration,
    contest::Repeats,
    plan::{Folded, Planned},
    verdict::Safety,
};

use super::{Pipeline, Task, task::rfc3339};
use crate::{Error, Outcome, Report, report::Alert};

/// For what a task's claims are paid already: they are tried again with the same money.
#[derive(Default)]
pub(super) struct Paid(Option<Safety>);

impl Pipeline {
    /// The reports, where nothing may be claimed now.
    pub(super) async fn restrained(
        &self,
        task: &Task<'_>,
        folded: &Folded,
        repeats: &Repeats,
        configuration: &Configuration,
        paid: &mut Paid,
    ) -> Result<Option<Vec<Report>>, Error> {
        if task.approved.is_some() {
            return Ok(None);
        }
        if let Some(reports) = self.contested(task, folded, repeats, configuration).await? {
            return Ok(Some(reports));
        }
        self.over_budget(task, folded, configuration, paid).await
    }

    /// A pipeline's own source is yielded to; against everybody else there is a pause.
    async fn contested(
        &self,
        task: &Task<'_>,
        folded: &Folded,
        repeats: &Repeats,
        configuration: &Configuration,
    ) -> Result<Option<Vec<Report>>, Error> {
        let now = self.clock.now();
        let Some(until) = configuration.contested.pause(repeats, now) else { return Ok(None) };
        let since = repeats.times.first().copied().map(rfc3339).unwrap_or_default();
        let contested = format!(
            "the setting is contested, put right {} times since {since}",
            repeats.times.len()
        );
        if task.by_pipeline(&configuration.actors.pipeline_roles) {
            let why = format!(
                "{contested}: the source of a pipeline puts this back; change it there as the plan says, or exempt the resource with `demarc exempt`"
            );
            return Ok(Some(held(task, folded, &Outcome::Skipped, Alert::Contested, &why)));
        }
        if now >= until {
            return Ok(None);
        }
        self.look_again(task, &task.controls, until).await?;
        let why = format!("{contested}: it is put right again at {}", rfc3339(until));
        let outcome = Outcome::Later { at: until };
        Ok(Some(held(task, folded, &outcome, Alert::Contested, &why)))
    }

    /// One claim is paid for, or nothing is claimed until the hour is over.
    async fn over_budget(
        &self,
        task: &Task<'_>,
        folded: &Folded,
        configuration: &Configuration,
        paid: &mut Paid,
    ) -> Result<Option<Vec<Report>>, Error> {
        let safety = folded.applied().map(|plan| plan.safety).max().unwrap_or(Safety::Safe);
        if paid.0.is_some_and(|covered| safety <= covered) {
            return Ok(None);
        }
        let payer = Payer::of(task.cause.as_ref());
        let limit = configuration.budget.limit(&payer, safety);
        if self.store.spend(&payer, limit).await? {
            paid.0 = Some(safety);
            return Ok(None);
        }
        let (_, end) = hour(self.clock.now());
        self.look_again(task, &task.controls, end).await?;
        let why = format!(
            "the budget of `{}` is spent, {limit} an hour for what is {}: nothing is written until {}; `{}` in `[budget]` of the configuration raises it",
            payer.as_str(),
            safety.as_str(),
            rfc3339(end),
            payer.limited_by(),
        );
        Ok(Some(held(task, folded, &Outcome::Skipped, Alert::BudgetSpent, &why)))
    }
}

/// The reports of a fold of which nothing is applied now.
fn held(
    task: &Task<'_>,
    folded: &Folded,
    outcome: &Outcome,
    alert: Alert,
    why: &str,
) -> Vec<Report> {
    let report = |planned: &Planned| Report {
        alert: Some(alert),
        ..task.report_plan(planned, None, outcome.clone(), why)
    };
    task.reports_of(folded).into_iter().chain(folded.applied().map(report)).collect()
}
