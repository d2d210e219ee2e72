//! What a control may look at besides the state that it judges. Read, never written.

use std::collections::BTreeMap;

use demarc_classification::Actor;

use crate::{
    configuration::Configuration,
    element::Elements,
    setting::SettingMeta,
    settings::tags::{Tags, of_kind},
    state::{State, StateError},
};

/// What was compliant before, for settings that keep it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Baseline<'a> {
    /// Nothing was read of what was before: it is, where the state does not turn out to be good
    /// without.
    Unread,
    /// The account's first listing is not complete yet: nothing can be said of what has vanished.
    Enrolling,
    /// Listed, and never seen compliant.
    Never,
    /// The last known good state, in force until the change that is being judged.
    Known(&'a Elements),
    /// The last known good state, which has been a violation for so long that something may
    /// depend on the violation by now.
    Former(&'a Elements),
}

/// Everything that a judgement may depend on besides the observed state.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// The account's configuration.
    pub configuration: &'a Configuration,
    /// Who made the change that is looked at; `None` where nobody is known, as in a sweep.
    pub actor: Option<&'a Actor>,
    /// Ids of the access keys that the change made.
    pub made: &'a [String],
    /// The last known good state of the judged setting.
    pub baseline: Baseline<'a>,
    /// The readings of the settings that the control declared, by setting id.
    pub readings: &'a BTreeMap<&'static str, Elements>,
}

impl Context<'_> {
    /// The reading of another setting that the control declared in its metadata.
    ///
    /// # Errors
    /// The control did not declare it, or it is of another form. A judgement that needs it is
    /// then undecidable, never compliant.
    pub fn setting<S: State>(&self, meta: &SettingMeta) -> Result<S, StateError> {
        let elements = self.readings.get(meta.id).ok_or_else(|| {
            StateError::new(format!("`{}` is not among the declared context", meta.id))
        })?;
        S::from_elements(elements)
    }

    /// The tags of a resource of this kind; none where they were not read, as nothing depends on
    /// them then.
    ///
    /// # Errors
    /// They are of another form.
    pub fn tags(&self, kind: &str) -> Result<Tags, StateError> {
        let read = of_kind(kind).and_then(|meta| self.readings.get(meta.id));
        read.map_or_else(|| Ok(Tags::default()), Tags::from_elements)
    }

    /// Whether it is not known, not yet at least, what was before.
    #[must_use]
    pub fn is_enrolling(&self) -> bool {
        matches!(self.baseline, Baseline::Unread | Baseline::Enrolling)
    }

    /// Whether the state was good until the change that is being judged.
    #[must_use]
    pub fn was_good_until_now(&self) -> bool {
        matches!(self.baseline, Baseline::Known(_))
    }

    /// Whether the state was good until the change that is being judged, in this sense: then nothing
    /// depends on what the change allowed.
    ///
    /// # Errors
    /// As [`Context::last_known_good`].
    pub fn was_until_now<S: State>(
        &self,
        is_good: impl FnOnce(&S) -> bool,
    ) -> Result<bool, StateError> {
        let before: Option<S> = self.last_known_good()?;
        Ok(self.was_good_until_now() && before.as_ref().is_some_and(is_good))
    }

    /// The last known good state, typed.
    ///
    /// # Errors
    /// It was stored by another version in a form that is no longer understood.
    pub fn last_known_good<S: State>(&self) -> Result<Option<S>, StateError> {
        match self.baseline {
            Baseline::Known(elements) | Baseline::Former(elements) => {
                S::from_elements(elements).map(Some)
            }
            Baseline::Unread | Baseline::Enrolling | Baseline::Never => Ok(None),
        }
    }
}
