//! From a change, or a request, to tasks.

use std::collections::BTreeMap;

use demarc_remediation::{
    classification::{
        Cause, Change, Classification, Disposition, Evaluate, Request, Resource, Sweep, kinds,
    },
    control::AnyControl,
    setting::{Scope, SettingMeta, Target},
};

use super::{FirstReason, Pipeline, Task, settle::Looks, task::new_id};
use crate::{Error, Outcome, Report};

type Aimed = BTreeMap<(&'static str, Resource), (Vec<&'static dyn AnyControl>, bool)>;

impl Pipeline {
    pub(super) async fn change(
        &self,
        change: &Change,
        classification: &Classification,
    ) -> Result<Vec<Report>, Error> {
        if let Some(report) = self.about_demarc(change, classification).await? {
            return Ok(vec![report]);
        }
        if !classification.writable() {
            return Ok(vec![of_change(change, classification, Outcome::Ignored)]);
        }
        let (aimed, mut sweeps) = self.aims(change).await?;
        let cause = cause_of(change);
        let mut reports = Vec::new();
        for ((setting, resource), (controls, creates)) in aimed {
            let task = Task {
                setting: self.function.setting(setting)?,
                resource,
                controls,
                classification,
                change: Some(change),
                cause: Some(cause.clone()),
                incident: change.id.clone(),
                attempt: 0,
                first_seen: None,
                approved: None,
                creates,
            };
            let judged = Box::pin(self.evaluate(&task)).await?;
            if !judged.iter().all(|report| report.outcome == Outcome::Compliant) {
                sweeps.extend(self.covered_by(task.setting.meta()));
            }
            reports.extend(judged);
        }
        sweeps.sort_unstable();
        sweeps.dedup();
        for setting in sweeps {
            self.queue.sweep(&sweep_of(setting)).await?;
            let why =
                format!("`{setting}` is evaluated on every resource: the change does not name one");
            let mut report =
                of_change(change, classification, Outcome::Later { at: self.clock.now() });
            report.because = why;
            reports.push(report);
        }
        if reports.is_empty() {
            let mut report = of_change(change, classification, Outcome::Ignored);
            report.because =
                "no control of this function judges what the change names, in this region"
                    .to_owned();
            reports.push(report);
        }
        Ok(reports)
    }

    /// Where the change says to look, and settings that have to be swept because it does not.
    async fn aims(&self, change: &Change) -> Result<(Aimed, Vec<&'static str>), Error> {
        let mut aimed = Aimed::new();
        let mut sweeps = Vec::new();
        for control in self.function.controls() {
            let meta = control.meta();
            let aims = meta.aims(change);
            if aims.is_empty() && meta.setting.triggered_by(change).next().is_some() {
                sweeps.push(meta.setting.id);
            }
            for aim in aims {
                let Some(resource) = self.resource_of(meta.setting, aim.target).await? else {
                    sweeps.push(meta.setting.id);
                    continue;
                };
                if !self.is_ours(meta.setting, &resource) {
                    continue;
                }
                let (controls, creates) = aimed.entry((meta.setting.id, resource)).or_default();
                *creates |= aim.creates;
                if !controls.iter().any(|c| c.meta().id == meta.id) {
                    controls.push(control);
                }
            }
        }
        Ok((aimed, sweeps))
    }

    /// The resource of a target: a member's container through the index.
    pub(super) async fn resource_of(
        &self,
        setting: &SettingMeta,
        target: Target,
    ) -> Result<Option<Resource>, Error> {
        match target {
            Target::Resource(resource) => Ok(Some(self.placed(setting, resource))),
            Target::Member { member } => {
                let container = self.store.container_of(&member).await?;
                Ok(container.map(|id| Resource { kind: setting.resource.to_owned(), id, ..member }))
            }
        }
    }

    /// Each stack writes its own region only; settings of the whole account are the home region's.
    pub(super) fn is_ours(&self, setting: &SettingMeta, resource: &Resource) -> bool {
        if setting.scope.is_home() {
            return self.environment.is_home();
        }
        resource.region == self.environment.region
    }

    /// A setting of the whole account has one key, whatever region the call was made in. A bucket's
    /// name is global: S3 itself says, with a redirect, when the bucket is in another region.
    pub(crate) fn placed(&self, setting: &SettingMeta, resource: Resource) -> Resource {
        match setting.scope {
            Scope::Resource if resource.kind == kinds::BUCKET => {
                Resource { region: self.environment.region.clone(), ..resource }
            }
            Scope::Resource => resource,
            Scope::Global => Resource { region: self.environment.home_region.clone(), ..resource },
            Scope::Region => Resource { id: resource.account.clone(), ..resource },
            Scope::Account => self.account_resource(setting),
        }
    }

    /// The account, as what has the setting of all of it, or of this region.
    pub(super) fn account_resource(&self, setting: &SettingMeta) -> Resource {
        let environment = &self.environment;
        let is_home = setting.scope.is_home();
        let region = if is_home { &environment.home_region } else { &environment.region };
        Resource {
            kind: setting.resource.to_owned(),
            account: environment.account.clone(),
            region: region.clone(),
            id: environment.account.clone(),
        }
    }

    /// Settings whose resources may have been compliant only through this account-wide one.
    fn covered_by(&self, outer: &'static SettingMeta) -> Vec<&'static str> {
        if outer.scope != Scope::Account {
            return Vec::new();
        }
        let covered = |control: &&'static dyn AnyControl| {
            control.meta().covered_by.iter().any(|meta| meta.id == outer.id)
        };
        self.function.controls().filter(covered).map(|c| c.meta().setting.id).collect()
    }

    pub(super) async fn request(
        &self,
        request: &Evaluate,
        classification: &Classification,
    ) -> Result<Vec<Report>, Error> {
        let now = self.clock.now();
        if let Some(due) = request.not_before.map(|seconds| seconds * 1000).filter(|due| *due > now)
        {
            let again = Request::Evaluate(request.clone());
            self.queue.later(&again, (due - now).div_ceil(1000)).await?;
            let incident = request.incident.as_deref().unwrap_or(&request.resource);
            let outcome = Outcome::Later { at: due };
            return Ok(vec![Report::of_message(incident, outcome, "not due yet", classification)]);
        }
        let mut reports = Vec::new();
        for task in self.tasks(request, classification)? {
            if task.setting.meta().applies_within_seconds > 0 {
                reports.extend(self.settle(&task.key(), Looks::AtOnce, classification).await?);
            }
            reports.extend(Box::pin(self.evaluate(&task)).await?);
        }
        Ok(reports)
    }

    fn tasks<'a>(
        &'a self,
        request: &Evaluate,
        classification: &'a Classification,
    ) -> Result<Vec<Task<'a>>, Error> {
        let environment = &self.environment;
        let resource = request.target(&environment.account, &environment.region);
        let refused = |why: String| Error::Refused(why);
        let resource = resource.ok_or_else(|| {
            refused(format!(
                "`{}` is no resource that a control judges: give an ARN, or an id with `type`",
                request.resource
            ))
        })?;
        if resource.account != environment.account {
            return Err(refused(format!(
                "`{}` belongs to account {}, this is {}",
                resource.id, resource.account, environment.account
            )));
        }
        let wanted = |c: &&'static dyn AnyControl| {
            request.controls.is_empty() || request.controls.iter().any(|id| id == c.meta().id)
        };
        let incident = request.incident.clone().unwrap_or_else(|| new_id(self.clock.now()));
        let tasks: Vec<Task<'a>> = self
            .function
            .settings()
            .filter(|s| s.meta().resource == resource.kind)
            .filter(|s| request.setting.as_deref().is_none_or(|id| id == s.meta().id))
            .map(|setting| (setting, self.placed(setting.meta(), resource.clone())))
            .filter(|(setting, resource)| self.is_ours(setting.meta(), resource))
            .map(|(setting, resource)| Task {
                setting,
                resource,
                controls: self.function.controls_of(setting.meta()).filter(wanted).collect(),
                classification,
                change: None,
                cause: request.cause.clone(),
                incident: incident.clone(),
                attempt: request.attempt,
                first_seen: request.since.map(|seconds| seconds * 1000),
                approved: None,
                creates: false,
            })
            .filter(|task| !task.controls.is_empty())
            .collect();
        if tasks.is_empty() {
            return Err(refused(format!(
                "the function `{}` in {} has no control for `{}` in {}: ask another function, or the stack of that region (of the home region for settings of the whole account)",
                self.function.name, environment.region, resource.kind, resource.region
            )));
        }
        Ok(tasks)
    }
}

pub(super) fn of_change(
    change: &Change,
    classification: &Classification,
    outcome: Outcome,
) -> Report {
    let rejected = classification.disposition == Disposition::Reject;
    let because = classification.first_reason();
    let because = if rejected { format!("rejected: {because}") } else { because };
    let mut report = Report::of_message(&change.id, outcome, because, classification);
    report.change = Some(format!("{} {}", change.service, change.name));
    report.actor = Some(change.actor.name());
    report
}

fn cause_of(change: &Change) -> Cause {
    Cause {
        id: change.id.clone(),
        name: change.name.clone(),
        service: change.service.clone(),
        time: change.time,
        actor: change.actor.clone(),
        made: change.texts(&["responseElements", "accessKey", "accessKeyId"]),
        // No trigger deletes the resource itself: whatever deletes it needs no remediation.
        deleted: false,
    }
}

fn sweep_of(setting: &str) -> Request {
    Request::Sweep(Sweep { setting: Some(setting.to_owned()), ..Sweep::default() })
}
