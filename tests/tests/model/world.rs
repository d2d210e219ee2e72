//! The simulated services: the settings of a few resources, which actors and Demarc both write.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use demarc_harness::{
    AnySetting, ApiError, BoxFuture, Clock, Deployment, Error, Fault, Observed, Page,
    remediation::{
        classification::Resource,
        element::{Delta, Elements},
        setting::SettingMeta,
        settings::{
            ec2::{
                network_use::{NetworkUse, SECURITY_GROUP_USE},
                security_group_name::{SECURITY_GROUP_NAME, SecurityGroupName},
            },
            s3::bucket_lifecycle::{BUCKET_LIFECYCLE, Lifecycle, Rule},
        },
        state::State,
    },
};

use serde_json::json;

use crate::{
    clock::ModelClock,
    flaw::Flaw,
    resource::{Kind, Place, created, places},
    rules::Rules,
    trouble::{Trouble, Troubles, crash},
};

/// How long an instance is being modified, in milliseconds.
const MODIFYING: u64 = 45_000;

/// The services.
pub struct World {
    pub clock: Arc<ModelClock>,
    pub troubles: Arc<Troubles>,
    pub rules: Rules,
    flaw: Option<Flaw>,
    inner: Mutex<Inner>,
}

/// What there is.
#[derive(Default)]
pub struct Inner {
    pub states: BTreeMap<Place, Elements>,
    modifying: Vec<(u64, Place, Delta)>,
    /// What Demarc wrote and no event has told yet.
    pub untold: Vec<Written>,
}

/// A write of Demarc's.
#[derive(Debug)]
pub struct Written {
    pub at: u64,
    pub place: Place,
    pub delta: Delta,
    pub by: Deployment,
}

impl World {
    pub fn new(
        clock: Arc<ModelClock>,
        troubles: Arc<Troubles>,
        rules: Rules,
        flaw: Option<Flaw>,
    ) -> Self {
        let states = places().into_iter().map(|place| (place, created(place.kind))).collect();
        let inner = Mutex::new(Inner { states, ..Inner::default() });
        Self { clock, troubles, rules, flaw, inner }
    }

    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.finish(self.clock.now());
        inner
    }

    pub fn state(&self, place: Place) -> Option<Elements> {
        self.lock().states.get(&place).cloned()
    }

    /// What somebody else does to a resource; it ends a modification that is under way.
    pub fn change(&self, place: Place, delta: &Delta) {
        let mut inner = self.lock();
        inner.modifying.retain(|(_, of, _)| *of != place);
        let state = inner.states.entry(place).or_default();
        *state = delta.apply(state);
    }

    /// What Demarc does to a resource; an instance takes its time.
    fn write(&self, place: Place, delta: Delta, by: Deployment) {
        let mut inner = self.lock();
        let at = self.clock.now();
        inner.untold.push(Written { at, place, delta: delta.clone(), by });
        if place.kind == Kind::Instance {
            inner.modifying.push((at + MODIFYING, place, delta));
        } else if let Some(state) = inner.states.get_mut(&place) {
            *state = delta.apply(state);
        }
    }

    /// A service takes a moment: others get their turn. `Err`: the call fails.
    async fn call(&self, operation: &'static str, place: Place) -> Result<Option<Trouble>, Error> {
        tokio::task::yield_now().await;
        let trouble = self.troubles.of_next_call();
        match trouble {
            Some(Trouble::Crash) => crash().await,
            Some(Trouble::Refused) => Err(failed(operation, place, "AccessDenied", Fault::Denied)),
            other => Ok(other),
        }
    }

    async fn ended(
        &self,
        operation: &'static str,
        place: Place,
        trouble: Option<Trouble>,
    ) -> Result<(), Error> {
        match trouble {
            Some(Trouble::CrashAfter) => crash().await,
            Some(Trouble::Unanswered) => Err(failed(operation, place, "Timeout", Fault::Unknown)),
            _ => Ok(()),
        }
    }
}

impl Inner {
    fn finish(&mut self, now: u64) {
        let (due, rest) = std::mem::take(&mut self.modifying).into_iter().partition(|m| m.0 <= now);
        self.modifying = rest;
        for (_, place, delta) in due {
            if let Some(state) = self.states.get_mut(&place) {
                *state = delta.apply(state);
            }
        }
    }
}

fn failed(operation: &'static str, place: Place, code: &str, fault: Fault) -> Error {
    Error::Api(Box::new(ApiError {
        operation,
        resource: place.id(),
        code: code.to_owned(),
        message: "on purpose".to_owned(),
        fault,
        bucket_region: None,
    }))
}

/// A kind's setting, as one of the two deployments reaches it.
pub struct Simulated {
    pub kind: Kind,
    pub deployment: Deployment,
    pub world: Arc<World>,
}

impl AnySetting for Simulated {
    fn meta(&self) -> &'static SettingMeta {
        self.kind.meta()
    }

    fn list(&self, _: Option<String>) -> BoxFuture<'_, Result<Page, Error>> {
        let there = |place: &Place| place.kind == self.kind && self.world.state(*place).is_some();
        let ids = places().into_iter().filter(there).map(Place::id).collect();
        Box::pin(async move { Ok(Page { ids, next: None }) })
    }

    fn read<'a>(
        &'a self,
        resource: &'a Resource,
    ) -> BoxFuture<'a, Result<Option<Observed<Elements>>, Error>> {
        Box::pin(async move {
            let Some(place) = Place::of(self.meta().id, &resource.id) else { return Ok(None) };
            let operation = self.meta().reads[0].operation;
            let trouble = self.world.call(operation, place).await?;
            self.world.ended(operation, place, trouble).await?;
            Ok(self.world.state(place).map(Observed::of))
        })
    }

    fn write<'a>(
        &'a self,
        resource: &'a Resource,
        from: &'a Observed<Elements>,
        to: &'a Elements,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let place = Place::of(self.meta().id, &resource.id).unwrap();
            let operation = self.meta().closes[0].operation;
            let trouble = self.world.call(operation, place).await?;
            let mut wanted = to.clone();
            if self.world.flaw == Some(Flaw::GreedySetting) {
                wanted.push("besides", json!("greedy"));
            }
            let delta = Delta::between(&from.state, &wanted);
            self.world.rules.before_write(place, &delta, self.deployment, resource).await;
            self.world.write(place, delta, self.deployment);
            self.world.ended(operation, place, trouble).await
        })
    }
}

/// A setting that is only looked at, and that nobody changes.
pub struct Beside {
    world: Arc<World>,
    meta: &'static SettingMeta,
    kind: Kind,
    state: fn(Place) -> Elements,
}

impl Beside {
    /// Each that the controls of the model's settings look at.
    pub fn each(world: &Arc<World>) -> [Self; 3] {
        let of = |meta, kind, state| Self { world: Arc::clone(world), meta, kind, state };
        [
            of(&SECURITY_GROUP_USE, Kind::Group, |place| {
                NetworkUse { network_interfaces: place.network_interfaces() }.elements()
            }),
            // None is its VPC's default.
            of(&SECURITY_GROUP_NAME, Kind::Group, |place| {
                SecurityGroupName { name: place.id() }.elements()
            }),
            // Every bucket has a rule, and so needs no MFA delete.
            of(&BUCKET_LIFECYCLE, Kind::Bucket, |_| {
                let rule = Rule { status: "Enabled".to_owned(), ..Rule::default() };
                let rules = BTreeMap::from([("old".to_owned(), rule)]);
                Lifecycle { rules, ..Lifecycle::default() }.elements()
            }),
        ]
    }
}

impl AnySetting for Beside {
    fn meta(&self) -> &'static SettingMeta {
        self.meta
    }

    fn read<'a>(
        &'a self,
        resource: &'a Resource,
    ) -> BoxFuture<'a, Result<Option<Observed<Elements>>, Error>> {
        let place = Place::of(self.kind.meta().id, &resource.id);
        let place = place.filter(|place| self.world.state(*place).is_some());
        let observed = place.map(|place| Observed::of((self.state)(place)));
        Box::pin(std::future::ready(Ok(observed)))
    }
}
