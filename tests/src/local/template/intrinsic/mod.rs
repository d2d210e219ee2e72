//! CloudFormation's intrinsic functions.

mod function;
mod names;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use serde_yaml_ng::Value as Yaml;

use super::super::Error;
use super::Deployment;
pub(super) use names::Names;

/// Turns short tags (`!Ref x`) into their long form (`{"Ref": x}`), and YAML into JSON.
pub(super) fn long_form(yaml: Yaml) -> Result<Value, Error> {
    Ok(match yaml {
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            let mut argument = long_form(tagged.value)?;
            let key = match name {
                "Ref" | "Condition" => name.to_owned(),
                _ => format!("Fn::{name}"),
            };
            if let ("GetAtt", Value::String(text)) = (name, &argument) {
                let (id, attribute) = text.split_once('.').unwrap_or((text, ""));
                argument = serde_json::json!([id, attribute]);
            }
            Value::Object(Map::from_iter([(key, argument)]))
        }
        Yaml::Sequence(items) => {
            Value::Array(items.into_iter().map(long_form).collect::<Result<_, _>>()?)
        }
        Yaml::Mapping(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(key, value)| Ok((key_text(key)?, long_form(value)?)))
                .collect::<Result<_, Error>>()?,
        ),
        plain => serde_json::to_value(plain)
            .map_err(|error| Error::Template(format!("a value has no JSON form: {error}")))?,
    })
}

/// Keys like `2012` or `true` are text in CloudFormation.
fn key_text(key: Yaml) -> Result<String, Error> {
    match key {
        Yaml::String(text) => Ok(text),
        Yaml::Number(number) => Ok(number.to_string()),
        Yaml::Bool(value) => Ok(value.to_string()),
        other => Err(Error::Template(format!("{other:?} cannot be a key"))),
    }
}

/// Resolves values; `None` stands for `AWS::NoValue`, which removes its key.
#[derive(Debug)]
pub(super) struct Resolver {
    pub(super) names: Names,
    parameters: BTreeMap<String, Value>,
    mappings: Value,
    conditions: Map<String, Value>,
}

impl Resolver {
    pub(super) fn new(document: &Value, deployment: &Deployment) -> Result<Self, Error> {
        let conditions = document.get("Conditions").and_then(Value::as_object);
        let resolver = Self {
            names: Names::new(document, deployment),
            parameters: parameters(document, deployment)?,
            mappings: document.get("Mappings").cloned().unwrap_or_default(),
            conditions: conditions.cloned().unwrap_or_default(),
        };
        resolver.with_resource_names(document)
    }

    pub(super) fn into_names(self) -> Names {
        self.names
    }

    /// A whole section of the template, without the entries whose condition is false.
    pub(super) fn section(
        &self,
        document: &Value,
        name: &str,
    ) -> Result<Map<String, Value>, Error> {
        let mut section = Map::new();
        let entries = document.get(name).and_then(Value::as_object);
        for (id, entry) in entries.into_iter().flatten() {
            if self.is_wanted(entry)?
                && let Some(value) = self.resolve(entry).map_err(|error| inside(id, &error))?
            {
                section.insert(id.clone(), value);
            }
        }
        Ok(section)
    }

    pub(super) fn resources(&self, document: &Value) -> Result<Map<String, Value>, Error> {
        let resources = self.section(document, "Resources")?;
        if resources.is_empty() {
            return Err(Error::Template("there are no resources".to_owned()));
        }
        Ok(resources)
    }

    /// Names that the template gives, needed before anything that refers to them.
    fn with_resource_names(mut self, document: &Value) -> Result<Self, Error> {
        let resources = document.get("Resources").and_then(Value::as_object);
        for (id, resource) in resources.into_iter().flatten() {
            let Some(property) = self.names.naming_property(id) else {
                continue;
            };
            let given = resource.pointer(&format!("/Properties/{property}"));
            if let Some(given) = given
                && let Some(Value::String(name)) = self.resolve(given)?
            {
                self.names.set(id, name);
            }
        }
        Ok(self)
    }

    fn is_wanted(&self, entry: &Value) -> Result<bool, Error> {
        match entry.get("Condition") {
            Some(Value::String(name)) => self.condition(name),
            _ => Ok(true),
        }
    }

    fn condition(&self, name: &str) -> Result<bool, Error> {
        let condition = self
            .conditions
            .get(name)
            .ok_or_else(|| Error::Template(format!("there is no condition `{name}`")))?;
        self.truth(condition)
    }

    pub(super) fn resolve(&self, value: &Value) -> Result<Option<Value>, Error> {
        match value {
            Value::Object(fields) => {
                if let Some((name, argument)) = single_function(fields) {
                    return self.call(name, argument);
                }
                let mut resolved = Map::new();
                for (key, value) in fields {
                    if let Some(value) = self.resolve(value)? {
                        resolved.insert(key.clone(), value);
                    }
                }
                Ok(Some(Value::Object(resolved)))
            }
            Value::Array(items) => {
                let items = items.iter().map(|item| self.resolve(item));
                let items: Vec<Option<Value>> = items.collect::<Result<_, _>>()?;
                Ok(Some(Value::Array(items.into_iter().flatten().collect())))
            }
            plain => Ok(Some(plain.clone())),
        }
    }

    fn reference(&self, name: &str) -> Result<Option<Value>, Error> {
        if name == "AWS::NoValue" {
            return Ok(None);
        }
        self.parameters
            .get(name)
            .cloned()
            .or_else(|| self.names.reference(name).map(Value::String))
            .map(Some)
            .ok_or_else(|| {
                Error::Template(format!("`{name}` is neither a parameter nor a resource"))
            })
    }
}

/// An object that is a call of an intrinsic function. `Condition` is a call only as a tag
/// within conditions; as a key of a policy or resource it is plain, and then it is no string
/// or not alone.
fn single_function(fields: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut entries = fields.iter();
    match (entries.next(), entries.next()) {
        (Some((name, argument)), None)
            if name == "Ref"
                || name.starts_with("Fn::")
                || (name == "Condition" && argument.is_string()) =>
        {
            Some((name, argument))
        }
        _ => None,
    }
}

fn inside(id: &str, error: &Error) -> Error {
    Error::Template(format!("in `{id}`: {error}"))
}

fn parameters(document: &Value, deployment: &Deployment) -> Result<BTreeMap<String, Value>, Error> {
    let declared = document.get("Parameters").and_then(Value::as_object);
    let mut values = BTreeMap::new();
    for (name, parameter) in declared.into_iter().flatten() {
        let given = deployment.parameters.get(name).cloned();
        let text = given.or_else(|| parameter.get("Default").map(plain_text));
        let text = text.ok_or_else(|| {
            Error::Template(format!("the parameter `{name}` has no default: give a value"))
        })?;
        let kind = parameter.get("Type").and_then(Value::as_str);
        let is_list =
            kind.is_some_and(|kind| kind == "CommaDelimitedList" || kind.starts_with("List<"));
        let value = match is_list {
            false => Value::String(text),
            true => text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(Value::from)
                .collect(),
        };
        values.insert(name.clone(), value);
    }
    for name in deployment.parameters.keys() {
        if !values.contains_key(name) {
            return Err(Error::Template(format!("there is no parameter `{name}`")));
        }
    }
    Ok(values)
}

/// A scalar as CloudFormation writes it into text.
pub(super) fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
