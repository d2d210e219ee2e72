//! Rules by their ids and one text beside them, as elements: so S3 has lifecycles and replication.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use crate::{element::Elements, state::StateError};

const RULE: &str = "rule ";

/// An element for each rule, and one of this name for the text.
pub(super) fn elements<R: Serialize>(
    rules: &BTreeMap<String, R>,
    name: &str,
    text: Option<&String>,
) -> Elements {
    let rules = rules.iter().map(|(id, rule)| (format!("{RULE}{id}"), json!(rule)));
    rules.chain(text.map(|text| (name.to_owned(), json!(text)))).collect()
}

/// The rules, and the text of this name.
pub(super) fn from_elements<R: DeserializeOwned>(
    elements: &Elements,
    name: &str,
) -> Result<(BTreeMap<String, R>, Option<String>), StateError> {
    let wrong = |e: serde_json::Error| StateError::new(e.to_string());
    let (mut rules, mut text) = (BTreeMap::new(), None);
    for element in elements.iter() {
        let value = element.value.clone();
        if let Some(id) = element.id.strip_prefix(RULE) {
            rules.insert(id.to_owned(), serde_json::from_value(value).map_err(wrong)?);
        } else if element.id == name {
            text = serde_json::from_value(value).map_err(wrong)?;
        } else {
            return Err(StateError::new(format!("`{}` is no rule", element.id)));
        }
    }
    Ok((rules, text))
}
