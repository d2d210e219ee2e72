//! A control: one rule about one setting, pure.

pub use demarc_classification::catalogue::controls::Severity;
use demarc_classification::{Change, Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    element::Elements,
    setting::{Effect, SettingMeta, Target},
    settings::tags,
    state::{State, StateError},
    verdict::{Evidence, Safety, Verdict},
};

/// What is known of a control without running it.
#[derive(Debug)]
pub struct Meta {
    /// Its id, the good state in words: `s3.block-public-access`.
    pub id: &'static str,
    /// Its title, a sentence about the good state.
    pub title: &'static str,
    /// Its page: What it does, Why it is yours, Safety, What undo restores.
    pub doc: &'static str,
    /// The setting that it judges.
    pub setting: &'static SettingMeta,
    /// Other settings that the judgement looks at.
    pub context: &'static [&'static SettingMeta],
    /// Those of the context that alone can make a resource compliant: when one of them changes,
    /// the resource is judged again.
    pub covered_by: &'static [&'static SettingMeta],
    /// How bad a violation is.
    pub severity: Severity,
    /// The layer of the shared responsibility model that the setting belongs to.
    pub layer: Layer,
    /// The service model of the resource's service.
    pub model: ServiceModel,
    /// The most that a remediation may break.
    pub safety: Safety,
    /// Security Hub controls that find the same.
    pub security_hub: &'static [&'static str],
    /// Frameworks that ask for it.
    pub frameworks: &'static [&'static str],
    /// Whether a violation is public access that is effective now, so that a new resource's
    /// creation is not given time to settle.
    pub exposure: bool,
    /// What a remediation does not undo: access that goes on, or what was done before.
    pub outlives: &'static str,
}

/// One control. The doc comment of its type is its page.
pub trait Control: Send + Sync + 'static {
    /// The normal form of its setting.
    type State: State;
    /// What is known of it without running it.
    const META: &'static Meta;

    /// Judges an observed state.
    ///
    /// # Errors
    /// The context is not what the metadata declares; the pipeline then says undecidable.
    fn judge(
        &self,
        resource: &Resource,
        observed: &Self::State,
        context: &Context<'_>,
    ) -> Result<Verdict<Self::State>, StateError>;

    /// What tells whether somebody uses what the remediation closes.
    ///
    /// # Errors
    /// The context is not what the metadata declares; the pipeline then says undecidable.
    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError>;

    /// Whether the judgement depends on who made the change, so that a violation waits for a person
    /// where nothing tells: the event that does may be on its way.
    fn asks_who(&self) -> bool {
        false
    }

    /// Whether it never plans a write: what is wrong needs a person, whatever is configured.
    fn only_advises(&self) -> bool {
        false
    }
}

/// A control with its state's type erased, as the catalogue holds it.
pub trait AnyControl: Send + Sync {
    /// What is known of it without running it.
    fn meta(&self) -> &'static Meta;

    /// Judges an observed state.
    ///
    /// # Errors
    /// The elements or the context are not of this control's form.
    fn judge(
        &self,
        resource: &Resource,
        observed: &Elements,
        context: &Context<'_>,
    ) -> Result<Verdict<Elements>, StateError>;

    /// See [`Control::evidence`].
    ///
    /// # Errors
    /// The context is not what the metadata declares.
    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError>;

    /// See [`Control::asks_who`].
    fn asks_who(&self) -> bool;

    /// See [`Control::only_advises`].
    fn only_advises(&self) -> bool;

    /// The state that the service can really reach from `from` when asked for `wanted`.
    ///
    /// # Errors
    /// The elements are not of this control's form.
    fn reach(&self, from: &Elements, wanted: &Elements) -> Result<Elements, StateError>;

    /// Whether the reading already shows what the change says it did.
    ///
    /// # Errors
    /// The elements are not of this control's form.
    fn shows(&self, observed: &Elements, change: &Change) -> Result<bool, StateError>;
}

impl<C: Control> AnyControl for C {
    fn meta(&self) -> &'static Meta {
        C::META
    }

    fn judge(
        &self,
        resource: &Resource,
        observed: &Elements,
        context: &Context<'_>,
    ) -> Result<Verdict<Elements>, StateError> {
        let state = C::State::from_elements(observed)?;
        let verdict = Control::judge(self, resource, &state, context)?;
        Ok(verdict.map(|desired| desired.elements()))
    }

    fn evidence(&self, context: &Context<'_>) -> Result<Evidence, StateError> {
        Control::evidence(self, context)
    }

    fn asks_who(&self) -> bool {
        Control::asks_who(self)
    }

    fn only_advises(&self) -> bool {
        Control::only_advises(self)
    }

    fn reach(&self, from: &Elements, wanted: &Elements) -> Result<Elements, StateError> {
        let from = C::State::from_elements(from)?;
        Ok(from.reach(C::State::from_elements(wanted)?).elements())
    }

    fn shows(&self, observed: &Elements, change: &Change) -> Result<bool, StateError> {
        Ok(C::State::from_elements(observed)?.shows(change))
    }
}

/// What a change means for a control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aim {
    /// Where to look.
    pub target: Target,
    /// Whether the change creates the resource.
    pub creates: bool,
}

impl Meta {
    /// The settings that are looked at besides its own: its context, and the resource's tags, where
    /// the configuration asks for them.
    pub fn besides(&self) -> impl Iterator<Item = &'static SettingMeta> {
        let covering = self.covered_by.iter().copied();
        self.context.iter().copied().chain(covering).chain(tags::of_kind(self.setting.resource))
    }

    /// Where to look because of this change: at what its own setting's events name, and at what
    /// the events of a covering setting name on the same resource. A covering setting of the whole
    /// account is not among them: it leads to a sweep.
    #[must_use]
    pub fn aims(&self, change: &Change) -> Vec<Aim> {
        let same = |s: &&&SettingMeta| s.resource == self.setting.resource;
        std::iter::once(self.setting)
            .chain(self.covered_by.iter().filter(same).copied())
            .flat_map(|setting| {
                let creates = setting.triggered_by(change).any(|t| t.effect == Effect::Creates);
                setting.targets(change).into_iter().map(move |target| Aim { target, creates })
            })
            .collect()
    }
}

/// Declares a control: its type with its page as the doc comment, its state and its metadata.
#[macro_export]
macro_rules! control {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident($state:ty);
        $($field:ident: $value:expr,)+
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug)]
        pub struct $name;

        impl $name {
            const META: &'static $crate::control::Meta = &$crate::control::Meta {
                doc: concat!($($doc, "\n"),+),
                $($field: $value,)+
            };
        }
    };
}
