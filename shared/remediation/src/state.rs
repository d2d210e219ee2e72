//! The normal form of a setting.

use demarc_classification::Change;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::element::Elements;

/// What a setting of a resource is, in a form that can be compared.
///
/// Equal configurations have equal states: order that has no meaning is sorted away, absence is a
/// state of its own (no elements), so that an undo can delete.
pub trait State: Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static {
    /// The state's elements.
    fn elements(&self) -> Elements;

    /// The state that has these elements.
    ///
    /// # Errors
    /// The elements are none of this state's: a journal entry of another setting, say.
    fn from_elements(elements: &Elements) -> Result<Self, StateError>;

    /// The state that the service can really reach from here when it is asked for `wanted`:
    /// a bucket's versioning, for one, never goes back to unversioned.
    #[must_use]
    fn reach(&self, wanted: Self) -> Self {
        wanted
    }

    /// Whether this reading already shows what the change says it did. A reading that does not
    /// is taken again some seconds later before it is called compliant.
    fn shows(&self, change: &Change) -> bool {
        let _ = change;
        true
    }
}

/// Elements that do not make up a state.
#[derive(Clone, Debug, PartialEq)]
pub struct StateError {
    /// What does not fit.
    pub message: String,
}

impl StateError {
    /// An error with its message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl std::fmt::Display for StateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not a state of this setting: {}", self.message)
    }
}

impl std::error::Error for StateError {}

/// The elements of a state that is a plain structure: one element a field, none for `null`.
pub fn fields<T: Serialize>(state: &T) -> Elements {
    let Ok(Value::Object(map)) = serde_json::to_value(state) else {
        return Elements::absent();
    };
    map.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

/// The plain structure that has these elements as its fields.
///
/// # Errors
/// A field that the structure does not have, lacks, or has with another type.
pub fn from_fields<T: DeserializeOwned>(elements: &Elements) -> Result<T, StateError> {
    let map: Map<String, Value> =
        elements.iter().map(|e| (e.id.clone(), e.value.clone())).collect();
    serde_json::from_value(Value::Object(map)).map_err(|e| StateError::new(e.to_string()))
}
