//! One function: its settings, and how its clients are warmed.

use demarc_remediation::{control::AnyControl, controls::CATALOGUE, setting::SettingMeta};

use crate::{AnySetting, BoxFuture, Error};

/// Everything that differs between the functions.
pub struct Function {
    /// Its name: `s3`.
    pub name: &'static str,
    settings: Vec<Box<dyn AnySetting>>,
    warm: Box<dyn Fn() -> BoxFuture<'static, Result<(), Error>> + Send + Sync>,
}

impl Function {
    /// A function without settings. `warm` makes one cheap read through each client.
    pub fn new(
        name: &'static str,
        warm: impl Fn() -> BoxFuture<'static, Result<(), Error>> + Send + Sync + 'static,
    ) -> Self {
        Self { name, settings: Vec::new(), warm: Box::new(warm) }
    }

    /// Adds a setting; the controls that judge it are in the catalogue.
    #[must_use]
    pub fn bind(mut self, setting: impl AnySetting + 'static) -> Self {
        self.settings.push(Box::new(setting));
        self
    }

    /// The setting with this id.
    ///
    /// # Errors
    /// It is not bound here: a fault of the function's `lib.rs`.
    pub fn setting(&self, id: &str) -> Result<&dyn AnySetting, Error> {
        self.settings.iter().map(AsRef::as_ref).find(|s| s.meta().id == id).ok_or_else(|| {
            Error::Internal(format!("the function `{}` has no setting `{id}`", self.name))
        })
    }

    /// All settings.
    pub fn settings(&self) -> impl Iterator<Item = &dyn AnySetting> {
        self.settings.iter().map(AsRef::as_ref)
    }

    /// The controls of this function's settings, in catalogue order.
    pub fn controls(&self) -> impl Iterator<Item = &'static dyn AnyControl> + '_ {
        CATALOGUE.iter().copied().filter(|control| self.has(control.meta().setting))
    }

    /// The controls of one setting, in catalogue order.
    pub fn controls_of<'a>(
        &'a self,
        setting: &'a SettingMeta,
    ) -> impl Iterator<Item = &'static dyn AnyControl> + 'a {
        self.controls().filter(|control| control.meta().setting.id == setting.id)
    }

    fn has(&self, meta: &SettingMeta) -> bool {
        self.settings.iter().any(|setting| setting.meta().id == meta.id)
    }

    /// Makes one cheap read through each client.
    ///
    /// # Errors
    /// A read failed. It is no reason to fail the start: the first event meets the same fault and
    /// reports it.
    pub async fn warm(&self) -> Result<(), Error> {
        (self.warm)().await
    }
}
