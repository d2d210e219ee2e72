//! The sweep: every resource of the account, one message each.

use demarc_remediation::classification::{Classification, Evaluate, Request, Sweep};

use super::{Pipeline, task::new_id};
use crate::{AnySetting, Error, Outcome, Page, Report};

impl Pipeline {
    /// The settings that have controls and that this stack owns: those of the whole account belong to
    /// the home region's.
    pub(crate) fn listed(&self) -> impl Iterator<Item = &dyn AnySetting> {
        let is_judged =
            |setting: &&dyn AnySetting| self.function.controls_of(setting.meta()).next().is_some();
        let is_owned = |setting: &&dyn AnySetting| {
            !setting.meta().scope.is_home() || self.environment.is_home()
        };
        self.function.settings().filter(is_judged).filter(is_owned)
    }

    /// One page of the resources that have a setting: of one of the account or region, the account.
    ///
    /// # Errors
    /// The listing call failed.
    pub(crate) async fn page(
        &self,
        setting: &dyn AnySetting,
        token: Option<String>,
    ) -> Result<Page, Error> {
        if setting.meta().scope.is_of_account() {
            return Ok(Page { ids: vec![self.environment.account.clone()], next: None });
        }
        setting.list(token).await
    }

    pub(super) async fn sweep(
        &self,
        sweep: &Sweep,
        classification: &Classification,
    ) -> Result<Vec<Report>, Error> {
        let count = match &sweep.setting {
            None => self.sweep_each(sweep).await?,
            Some(id) => self.sweep_page(self.function.setting(id)?, sweep).await?,
        };
        let outcome = Outcome::Later { at: self.clock.now() };
        let because = format!("{count} messages were sent to the sweep's queue");
        Ok(vec![Report::of_message("sweep", outcome, because, classification)])
    }

    /// One message a setting.
    async fn sweep_each(&self, sweep: &Sweep) -> Result<usize, Error> {
        let requests: Vec<Request> = self
            .listed()
            .map(|setting| {
                let setting = Some(setting.meta().id.to_owned());
                Request::Sweep(Sweep { setting, ..sweep.clone() })
            })
            .collect();
        self.queue.sweep_all(&requests).await?;
        Ok(requests.len())
    }

    /// One message a resource of the page, and one for the next page.
    async fn sweep_page(&self, setting: &dyn AnySetting, sweep: &Sweep) -> Result<usize, Error> {
        let meta = setting.meta();
        let page = self.page(setting, sweep.token.clone()).await?;
        let incident = new_id(self.clock.now());
        let mut requests: Vec<Request> = page
            .ids
            .iter()
            .map(|id| {
                Request::Evaluate(Evaluate {
                    resource: id.clone(),
                    kind: Some(meta.resource.to_owned()),
                    setting: Some(meta.id.to_owned()),
                    incident: Some(incident.clone()),
                    ..Evaluate::default()
                })
            })
            .collect();
        if let Some(token) = &page.next {
            requests.push(Request::Sweep(Sweep { token: Some(token.clone()), ..sweep.clone() }));
        }
        self.queue.sweep_all(&requests).await?;
        if page.next.is_none() && meta.baseline {
            self.store.set_enrolled(meta).await?;
        }
        Ok(requests.len())
    }
}
