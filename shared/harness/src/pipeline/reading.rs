//! Reading a setting and its context, side by side.

use std::collections::BTreeMap;

use demarc_remediation::{
    classification::{Actor, Resource},
    configuration::Configuration,
    context::{Baseline, Context},
    control::AnyControl,
    element::Elements,
    plan::{Bounds, ExemptElement, Folded, fold},
    setting::SettingMeta,
    settings::tags,
};
use futures_util::future::try_join_all;

use super::{Pipeline, Task};
use crate::{Error, Observed, store::Past};

/// What has been a violation for so long may be depended on.
const LONG_BROKEN_MILLIS: u64 = 3_600_000;

/// Everything that a judgement is made from.
#[derive(Clone, Debug)]
pub(crate) struct Readings {
    pub observed: Observed<Elements>,
    pub context: BTreeMap<&'static str, Elements>,
    /// What was before; `None` where it was not read.
    pub past: Option<Past>,
}

impl Pipeline {
    /// Reads the setting and what its controls declare as context. `None`: there is no such
    /// resource.
    pub(crate) async fn read(
        &self,
        task: &Task<'_>,
        controls: &[&'static dyn AnyControl],
    ) -> Result<Option<Readings>, Error> {
        let mut wanted: Vec<&'static SettingMeta> = Vec::new();
        for meta in controls.iter().flat_map(|control| control.meta().context) {
            if !wanted.iter().any(|w| w.id == meta.id) {
                wanted.push(meta);
            }
        }
        wanted.extend(self.tags_for(task, controls).await?);
        let context = try_join_all(wanted.iter().map(|meta| self.read_context(meta, task)));
        let (observed, context) =
            futures_util::future::join(task.setting.read(&task.resource), context).await;
        let (Some(observed), context) = (observed?, context?) else { return Ok(None) };
        let context: Option<BTreeMap<_, _>> = context.into_iter().collect();
        Ok(context.map(|context| Readings { observed, context, past: None }))
    }

    /// The tags, where the mode of one of the controls may depend on them.
    async fn tags_for(
        &self,
        task: &Task<'_>,
        controls: &[&'static dyn AnyControl],
    ) -> Result<Option<&'static SettingMeta>, Error> {
        let configuration = self.store.configuration().await?;
        let asked = |control: &&dyn AnyControl| {
            configuration.asks_for_tags(control.meta().id, &task.resource)
        };
        let is_asked = controls.iter().copied().any(|control| asked(&control));
        Ok(is_asked.then(|| tags::of_kind(&task.resource.kind)).flatten())
    }

    async fn read_context(
        &self,
        meta: &'static SettingMeta,
        task: &Task<'_>,
    ) -> Result<Option<(&'static str, Elements)>, Error> {
        let resource = if meta.scope.is_of_account() {
            self.account_resource(meta)
        } else {
            Resource { kind: meta.resource.to_owned(), ..task.resource.clone() }
        };
        let observed = self.function.setting(meta.id)?.read(&resource).await?;
        Ok(observed.map(|observed| (meta.id, observed.state)))
    }

    /// Judges the readings.
    pub(crate) fn judge(
        &self,
        task: &Task<'_>,
        controls: &[&'static dyn AnyControl],
        readings: &Readings,
        configuration: &Configuration,
        exemptions: &[ExemptElement],
    ) -> Folded {
        let baseline = match &readings.past {
            None => Baseline::Unread,
            Some(Past::Enrolling) => Baseline::Enrolling,
            Some(Past::Never) => Baseline::Never,
            Some(Past::Known { state, broken_at }) => match broken_at {
                Some(at) if at + LONG_BROKEN_MILLIS < self.clock.now() => Baseline::Former(state),
                _ => Baseline::Known(state),
            },
        };
        // A finding says nothing of who did it.
        let nobody = Actor::default();
        let cause = task.cause.as_ref();
        let context = Context {
            configuration,
            actor: cause.map(|cause| &cause.actor).filter(|actor| **actor != nobody),
            made: cause.map_or(&[], |cause| &cause.made),
            baseline,
            readings: &readings.context,
        };
        let now = self.clock.now();
        let since = task.since(now);
        let approved = task.approved.as_ref().map(|approved| &approved.delta);
        let bounds = Bounds { exemptions, now, since, approved, by_service: task.by_service() };
        fold(controls, &task.resource, &readings.observed.state, &context, bounds)
    }
}
