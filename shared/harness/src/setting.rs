//! The only part with effects: reading and writing one setting.

use std::{collections::BTreeMap, future::Future};

use demarc_remediation::{
    classification::Resource, element::Elements, setting::SettingMeta, state::State,
};

use crate::{BoxFuture, Error};

/// What the service needs to name elements in a write: its own ids by element id.
pub type Handle = BTreeMap<String, String>;

/// One reading.
#[derive(Clone, Debug)]
pub struct Observed<S> {
    /// The state.
    pub state: S,
    /// What a write needs besides.
    pub handle: Handle,
    /// Why the resource cannot be modified right now, where it cannot.
    pub busy: Option<String>,
}

impl<S> Observed<S> {
    /// A reading without a handle of a resource that can be modified.
    pub fn of(state: S) -> Self {
        Self { state, handle: Handle::new(), busy: None }
    }

    fn map<T>(self, convert: impl FnOnce(S) -> T) -> Observed<T> {
        Observed { state: convert(self.state), handle: self.handle, busy: self.busy }
    }
}

/// One page of a listing.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Ids of resources of the setting's kind, in the function's region.
    pub ids: Vec<String>,
    /// Where the next page starts; `None` after the last one.
    pub next: Option<String>,
}

/// A setting of a kind of resource: list, read, write.
pub trait Setting: Send + Sync + 'static {
    /// The setting's normal form.
    type State: State;
    /// What is known of it without any effect.
    const META: &'static SettingMeta;

    /// One page of the resources that have this setting. A setting that is only ever looked at as
    /// context lists nothing.
    ///
    /// # Errors
    /// The listing call failed.
    fn list(&self, token: Option<String>) -> impl Future<Output = Result<Page, Error>> + Send {
        let _ = token;
        std::future::ready(Ok(Page::default()))
    }

    /// The setting as it is now; `None` where there is no such resource.
    ///
    /// # Errors
    /// A call failed. "There is no such configuration" is the absent state and no error.
    fn read(
        &self,
        resource: &Resource,
    ) -> impl Future<Output = Result<Option<Observed<Self::State>>, Error>> + Send;

    /// Writes the difference, in an order in which every prefix is at least as safe as before.
    ///
    /// # Errors
    /// A call failed; calls before it have had effect.
    fn write(
        &self,
        resource: &Resource,
        from: &Observed<Self::State>,
        to: &Self::State,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        let _ = (from, to);
        std::future::ready(Err(only_read(Self::META, resource)))
    }
}

fn only_read(meta: &SettingMeta, resource: &Resource) -> Error {
    Error::Internal(format!("`{}` of `{}` is only ever read", meta.id, resource.id))
}

/// A setting with its state's type erased. As it stands here, it lists nothing and is only read.
pub trait AnySetting: Send + Sync {
    /// What is known of it without any effect.
    fn meta(&self) -> &'static SettingMeta;
    /// See [`Setting::list`].
    fn list(&self, token: Option<String>) -> BoxFuture<'_, Result<Page, Error>> {
        let _ = token;
        Box::pin(std::future::ready(Ok(Page::default())))
    }
    /// See [`Setting::read`].
    fn read<'a>(
        &'a self,
        resource: &'a Resource,
    ) -> BoxFuture<'a, Result<Option<Observed<Elements>>, Error>>;
    /// See [`Setting::write`].
    fn write<'a>(
        &'a self,
        resource: &'a Resource,
        from: &'a Observed<Elements>,
        to: &'a Elements,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let _ = (from, to);
        Box::pin(std::future::ready(Err(only_read(self.meta(), resource))))
    }
}

impl<T: Setting> AnySetting for T {
    fn meta(&self) -> &'static SettingMeta {
        T::META
    }

    fn list(&self, token: Option<String>) -> BoxFuture<'_, Result<Page, Error>> {
        Box::pin(Setting::list(self, token))
    }

    fn read<'a>(
        &'a self,
        resource: &'a Resource,
    ) -> BoxFuture<'a, Result<Option<Observed<Elements>>, Error>> {
        Box::pin(async move {
            let observed = Setting::read(self, resource).await?;
            Ok(observed.map(|o| o.map(|state| state.elements())))
        })
    }

    fn write<'a>(
        &'a self,
        resource: &'a Resource,
        from: &'a Observed<Elements>,
        to: &'a Elements,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let state = T::State::from_elements(&from.state)?;
            let typed = from.clone().map(|_| state);
            Setting::write(self, resource, &typed, &T::State::from_elements(to)?).await
        })
    }
}
