//! What enforcing would change, for each existing violation. Nothing is written.

use demarc_remediation::{
    classification::{Evaluate, Resource},
    configuration::Configuration,
    plan::{Decision, ExemptElement, Finding, Planned},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::look::{classified, readings, task, what_if};
use crate::{
    AnySetting, Error, Outcome, Pipeline, Report,
    pipeline::{Readings, Task},
};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scan {
    /// The setting to go on with; absent means the first one.
    #[serde(default)]
    setting: Option<String>,
    /// Where its listing goes on.
    #[serde(default)]
    token: Option<String>,
}

/// One page: the resources of one setting, and where the next page starts.
pub(super) async fn scan(pipeline: &Pipeline, scan: &Scan) -> Result<Value, Error> {
    let settings: Vec<&dyn AnySetting> = pipeline.listed().collect();
    let at = match &scan.setting {
        None => 0,
        Some(id) => settings
            .iter()
            .position(|s| s.meta().id == id)
            .ok_or_else(|| Error::Refused(format!("there is no setting `{id}` here")))?,
    };
    let Some(setting) = settings.get(at) else { return Ok(json!({ "reports": [] })) };
    let page = pipeline.page(*setting, scan.token.clone()).await?;
    let configuration = what_if(&*pipeline.store.configuration().await?, pipeline);
    let mut reports = Vec::new();
    for id in &page.ids {
        reports.extend(look(pipeline, *setting, id, &configuration).await);
    }
    let next = match (page.next, settings.get(at + 1)) {
        (Some(token), _) => json!({ "setting": setting.meta().id, "token": token }),
        (None, Some(next)) => json!({ "setting": next.meta().id }),
        (None, None) => Value::Null,
    };
    Ok(
        json!({ "reports": reports, "looked_at": page.ids.len(), "setting": setting.meta().id, "next": next }),
    )
}

/// One resource that cannot be read does not end the scan: its report says so.
async fn look(
    pipeline: &Pipeline,
    setting: &dyn AnySetting,
    id: &str,
    configuration: &Configuration,
) -> Vec<Report> {
    let meta = setting.meta();
    let resource = Resource {
        kind: meta.resource.to_owned(),
        account: pipeline.environment.account.clone(),
        region: pipeline.environment.region.clone(),
        id: id.to_owned(),
    };
    let request = Evaluate {
        resource: id.to_owned(),
        kind: Some(resource.kind.clone()),
        ..Evaluate::default()
    };
    let classification = classified(request);
    let task = task(pipeline, setting, resource, &classification);
    match judge(pipeline, &task, configuration).await {
        Ok(reports) => reports,
        Err(error) => {
            let outcome = Outcome::Failed { error: error.kind() };
            vec![task.report(None, outcome, error.to_string())]
        }
    }
}

async fn judge(
    pipeline: &Pipeline,
    task: &Task<'_>,
    configuration: &Configuration,
) -> Result<Vec<Report>, Error> {
    let Some(readings) = readings(pipeline, task).await? else { return Ok(Vec::new()) };
    let exemptions = pipeline.store.exemptions(&task.key()).await?;
    Ok(reports(pipeline, task, &readings, configuration, &exemptions.elements))
}

fn reports(
    pipeline: &Pipeline,
    task: &Task<'_>,
    readings: &Readings,
    configuration: &Configuration,
    exemptions: &[ExemptElement],
) -> Vec<Report> {
    let mut folded = pipeline.judge(task, &task.controls, readings, configuration, exemptions);
    folded.findings.retain(|(_, finding)| !matches!(finding, Finding::Compliant(_)));
    let would = |planned: &Planned| {
        task.report_plan(planned, None, Outcome::Skipped, "enforcing would put this right")
    };
    let applied: Vec<Report> = folded.applied().map(would).collect();
    folded.planned.retain(|planned| planned.decision != Decision::Apply);
    applied.into_iter().chain(task.reports_of(&folded)).collect()
}
