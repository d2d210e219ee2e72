//! A state as a list of elements, and the difference between two of them.
//!
//! An element is the smallest thing that can be wrong for itself: a statement of a policy, a rule
//! of a security group, a grant of an access control list, a field of a configuration. Everything
//! that the pipeline does with a state (dry run, journal, verification, undo) it does element by
//! element, so that a change by somebody else beside ours is never overwritten.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One part of a state that can be changed for itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Element {
    /// Identity within its state: its own name (a statement's `Sid`), else its content.
    pub id: String,
    /// The element's content.
    pub value: Value,
}

/// A state in its normal form: its elements, in their order. No element at all is the absent state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Elements(Vec<Element>);

impl Elements {
    /// The absent state.
    #[must_use]
    pub fn absent() -> Self {
        Self::default()
    }

    /// Adds an element at the end. An id that stands there already gets an occurrence number
    /// (`#2`, `#3`), so that equal elements stay apart.
    pub fn push(&mut self, id: impl Into<String>, value: Value) {
        let id = id.into();
        let mut unique = id.clone();
        let mut occurrence = 1_usize;
        while self.get(&unique).is_some() {
            occurrence += 1;
            unique = format!("{id}#{occurrence}");
        }
        self.0.push(Element { id: unique, value });
    }

    /// The content of an element.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.0.iter().find(|e| e.id == id).map(|e| &e.value)
    }

    /// All elements in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Element> {
        self.0.iter()
    }

    /// Whether there is no element, that is, the absent state.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.0.is_empty()
    }

    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no element.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.is_absent()
    }

    fn preceding(&self, id: &str) -> Vec<String> {
        let mut ids: Vec<String> =
            self.0.iter().take_while(|e| e.id != id).map(|e| e.id.clone()).collect();
        ids.reverse();
        ids
    }

    fn replace(&mut self, edit: &Edit) {
        self.0.retain(|e| e.id != edit.id || edit.after.is_some());
        let Some(after) = &edit.after else { return };
        if let Some(there) = self.0.iter_mut().find(|e| e.id == edit.id) {
            there.value = after.clone();
            return;
        }
        let position = edit
            .preceding
            .iter()
            .find_map(|id| self.0.iter().position(|e| &e.id == id))
            .map_or(0, |p| p + 1);
        self.0.insert(position, Element { id: edit.id.clone(), value: after.clone() });
    }
}

impl FromIterator<(String, Value)> for Elements {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(pairs: I) -> Self {
        let mut elements = Self::default();
        for (id, value) in pairs {
            elements.push(id, value);
        }
        elements
    }
}

/// What happens to one element.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// The element's identity.
    pub id: String,
    /// Its content before; `None` where it was absent.
    pub before: Option<Value>,
    /// Its content after; `None` where it goes.
    pub after: Option<Value>,
    /// The elements that stand before it, nearest first, on the side on which it exists: a removed
    /// element goes back behind the nearest one that is still there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preceding: Vec<String>,
}

/// An element that is not as a delta says it should be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The element.
    pub id: String,
    /// What the delta expects there; `None` for absence.
    pub expected: Option<Value>,
    /// What is there; `None` for absence.
    pub found: Option<Value>,
}

/// The difference between two states, element by element.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Delta(Vec<Edit>);

impl Delta {
    /// What turns `before` into `after`.
    #[must_use]
    pub fn between(before: &Elements, after: &Elements) -> Self {
        let removed = before.iter().filter(|e| after.get(&e.id).is_none()).map(|e| Edit {
            id: e.id.clone(),
            before: Some(e.value.clone()),
            after: None,
            preceding: before.preceding(&e.id),
        });
        let changed = after.iter().filter(|e| before.get(&e.id) != Some(&e.value)).map(|e| Edit {
            id: e.id.clone(),
            before: before.get(&e.id).cloned(),
            after: Some(e.value.clone()),
            preceding: after.preceding(&e.id),
        });
        Self(removed.chain(changed).collect())
    }

    /// The edits, in the order in which they are applied.
    pub fn edits(&self) -> impl Iterator<Item = &Edit> {
        self.0.iter()
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The state with this delta applied; elements that the delta does not name stay as they are.
    #[must_use]
    pub fn apply(&self, state: &Elements) -> Elements {
        let mut result = state.clone();
        for edit in &self.0 {
            result.replace(edit);
        }
        result
    }

    /// The way back.
    #[must_use]
    pub fn invert(&self) -> Self {
        let back = |edit: &Edit| Edit {
            id: edit.id.clone(),
            before: edit.after.clone(),
            after: edit.before.clone(),
            preceding: edit.preceding.clone(),
        };
        Self(self.0.iter().rev().map(back).collect())
    }

    /// Where `state` is not what it should be *after* this delta. Empty: the delta holds.
    #[must_use]
    pub fn unmet(&self, state: &Elements) -> Vec<Difference> {
        self.differences(state, |edit| edit.after.as_ref())
    }

    /// Where `state` is not what this delta *starts* from. Empty: it can be applied as planned.
    #[must_use]
    pub fn displaced(&self, state: &Elements) -> Vec<Difference> {
        self.differences(state, |edit| edit.before.as_ref())
    }

    fn differences<'a>(
        &'a self,
        state: &Elements,
        side: impl Fn(&'a Edit) -> Option<&'a Value>,
    ) -> Vec<Difference> {
        self.0
            .iter()
            .filter(|edit| side(edit) != state.get(&edit.id))
            .map(|edit| Difference {
                id: edit.id.clone(),
                expected: side(edit).cloned(),
                found: state.get(&edit.id).cloned(),
            })
            .collect()
    }

    /// Whether both deltas name one and the same element.
    #[must_use]
    pub fn shares_element_with(&self, other: &Self) -> bool {
        self.0.iter().any(|e| other.0.iter().any(|o| o.id == e.id))
    }

    /// The edits without their places, to compare two deltas: what somebody else adds beside an
    /// element moves it, and changes nothing of what happens to it.
    #[must_use]
    pub fn without_places(&self) -> Self {
        self.0.iter().map(|edit| Edit { preceding: Vec::new(), ..edit.clone() }).collect()
    }

    /// Only the edits that `keep` wants.
    #[must_use]
    pub fn filtered(&self, keep: impl Fn(&Edit) -> bool) -> Self {
        Self(self.0.iter().filter(|e| keep(e)).cloned().collect())
    }
}

impl FromIterator<Edit> for Delta {
    fn from_iter<I: IntoIterator<Item = Edit>>(edits: I) -> Self {
        Self(edits.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn state(pairs: &[(&str, i64)]) -> Elements {
        pairs.iter().map(|(id, v)| ((*id).to_owned(), json!(v))).collect()
    }

    #[test]
    fn a_removed_element_goes_back_to_its_place() {
        let before = state(&[("a", 1), ("b", 2), ("c", 3)]);
        let delta = Delta::between(&before, &state(&[("a", 1), ("c", 3)]));
        let after = delta.apply(&before);
        assert_eq!(after, state(&[("a", 1), ("c", 3)]));
        assert_eq!(delta.invert().apply(&after), before);
    }

    #[test]
    fn an_element_added_beside_it_stays_when_the_delta_is_undone() {
        let before = state(&[("a", 1), ("b", 2)]);
        let delta = Delta::between(&before, &state(&[("b", 2)]));
        let later = state(&[("b", 2), ("new", 9)]);
        assert!(delta.unmet(&later).is_empty());
        assert_eq!(delta.invert().apply(&later), state(&[("a", 1), ("b", 2), ("new", 9)]));
    }

    #[test]
    fn a_touched_element_that_changed_since_is_named() {
        let before = state(&[("a", 1)]);
        let delta = Delta::between(&before, &state(&[("a", 2)]));
        let differences = delta.unmet(&state(&[("a", 3)]));
        assert_eq!(
            differences,
            [Difference { id: "a".into(), expected: Some(json!(2)), found: Some(json!(3)) }]
        );
    }

    #[test]
    fn what_moves_an_element_is_no_other_delta() {
        let one = Delta::between(&state(&[("b", 2)]), &Elements::absent());
        let moved = Delta::between(&state(&[("a", 1), ("b", 2)]), &state(&[("a", 1)]));
        assert_ne!(one, moved);
        assert_eq!(one.without_places(), moved.without_places());
    }

    #[test]
    fn equal_elements_stay_apart() {
        let twice = state(&[("a", 1), ("a", 1)]);
        let delta = Delta::between(&twice, &state(&[("a", 1)]));
        assert_eq!(delta.edits().map(|e| e.id.as_str()).collect::<Vec<_>>(), ["a#2"]);
    }
}
