//! Reads what is deployed: the SAM template, with its parameters and intrinsic functions
//! resolved.

mod intrinsic;
mod resource;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};

use super::{ACCOUNT, Error, REGION};
pub use resource::{Function, Queue, QueueEvent, Rule, Table};

/// What the template is deployed with.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Values of parameters; others have their defaults.
    pub parameters: BTreeMap<String, String>,
    /// `AWS::AccountId`.
    pub account: String,
    /// `AWS::Region`.
    pub region: String,
    /// `AWS::Partition`.
    pub partition: String,
    /// `AWS::StackName`, the prefix of names that the template leaves to CloudFormation.
    pub stack: String,
    /// The emulator, of which a queue's URL is made.
    pub endpoint: String,
}

impl Default for Deployment {
    fn default() -> Self {
        Self {
            parameters: BTreeMap::new(),
            account: ACCOUNT.to_owned(),
            region: REGION.to_owned(),
            partition: "aws".to_owned(),
            stack: "demarc".to_owned(),
            endpoint: "http://127.0.0.1".to_owned(),
        }
    }
}

/// The endpoint of what is not deployed yet.
const ANYWHERE: &str = "http://anywhere.invalid";

fn move_to(endpoint: &str, value: &mut Value) {
    match value {
        Value::String(text) if text.contains(ANYWHERE) => {
            *text = text.replace(ANYWHERE, endpoint);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| move_to(endpoint, item)),
        Value::Object(fields) => fields.values_mut().for_each(|field| move_to(endpoint, field)),
        _ => {}
    }
}

/// A template with everything resolved.
#[derive(Clone, Debug)]
pub struct Template {
    resources: Map<String, Value>,
    outputs: Map<String, Value>,
    names: intrinsic::Names,
}

impl Template {
    /// Reads the project's `template.yaml`, once for deployments that differ in the endpoint only:
    /// each test has one of its own.
    ///
    /// # Errors
    ///
    /// When the file is missing, is no YAML, misses a parameter's value, or uses an intrinsic
    /// function that is not known here.
    pub fn load(deployment: &Deployment) -> Result<Self, Error> {
        static LOADED: Mutex<BTreeMap<String, Template>> = Mutex::new(BTreeMap::new());
        let anywhere = Deployment { endpoint: ANYWHERE.to_owned(), ..deployment.clone() };
        let key = format!("{anywhere:?}");
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        let template = match loaded.get(&key) {
            Some(template) => template.clone(),
            None => loaded.entry(key).or_insert(Self::read(&anywhere)?).clone(),
        };
        Ok(template.at(&deployment.endpoint))
    }

    fn at(mut self, endpoint: &str) -> Self {
        let values = self.resources.values_mut().chain(self.outputs.values_mut());
        values.for_each(|value| move_to(endpoint, value));
        self.names.move_to(endpoint);
        self
    }

    fn read(deployment: &Deployment) -> Result<Self, Error> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
        let text = std::fs::read_to_string(&path)
            .map_err(Error::io(format!("read `{}`", path.display())))?;
        Self::parse(&text, deployment)
    }

    /// Reads a template from its text.
    ///
    /// # Errors
    ///
    /// As [`Template::load`].
    pub fn parse(text: &str, deployment: &Deployment) -> Result<Self, Error> {
        let yaml: serde_yaml_ng::Value = serde_yaml_ng::from_str(text)
            .map_err(|error| Error::Template(format!("no YAML: {error}")))?;
        let document = intrinsic::long_form(yaml)?;
        let resolver = intrinsic::Resolver::new(&document, deployment)?;
        let globals = resolver.section(&document, "Globals")?;
        let mut resources = resolver.resources(&document)?;
        for resource in resources.values_mut() {
            resource::apply_globals(resource, &globals);
        }
        Ok(Self {
            resources,
            outputs: resolver.section(&document, "Outputs")?,
            names: resolver.into_names(),
        })
    }

    /// The rules with an event pattern.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        self.of_type("AWS::Events::Rule", |id, properties| {
            resource::rule(id, properties, &self.names)
        })
    }

    /// The SQS queues.
    #[must_use]
    pub fn queues(&self) -> Vec<Queue> {
        self.of_type("AWS::SQS::Queue", |id, properties| {
            Some(resource::queue(id, properties, &self.names))
        })
    }

    /// The functions.
    #[must_use]
    pub fn functions(&self) -> Vec<Function> {
        self.of_type("AWS::Serverless::Function", |id, properties| {
            let metadata = self.resources.get(id).and_then(|r| r.get("Metadata"));
            Some(resource::function(id, properties, metadata, &self.names))
        })
    }

    /// The DynamoDB tables.
    #[must_use]
    pub fn tables(&self) -> Vec<Table> {
        self.of_type("AWS::DynamoDB::Table", |id, properties| {
            Some(resource::table(id, properties, &self.names))
        })
    }

    /// Any resource, resolved, with `Type`, `Properties` and the rest.
    #[must_use]
    pub fn resource(&self, logical_id: &str) -> Option<&Value> {
        self.resources.get(logical_id)
    }

    /// The ARN of a resource; empty for a kind that has none here.
    #[must_use]
    pub fn arn(&self, logical_id: &str) -> String {
        self.names.arn_of(logical_id)
    }

    /// All resources whose condition holds, resolved, by logical id.
    #[must_use]
    pub fn resources(&self) -> &Map<String, Value> {
        &self.resources
    }

    /// The value of an output.
    #[must_use]
    pub fn output(&self, name: &str) -> Option<&Value> {
        self.outputs.get(name)?.get("Value")
    }

    fn of_type<T>(
        &self,
        kind: &str,
        read: impl Fn(&str, &Map<String, Value>) -> Option<T>,
    ) -> Vec<T> {
        let empty = Map::new();
        self.resources
            .iter()
            .filter(|(_, resource)| resource.get("Type").and_then(Value::as_str) == Some(kind))
            .filter_map(|(id, resource)| {
                let properties = resource.get("Properties").and_then(Value::as_object);
                read(id, properties.unwrap_or(&empty))
            })
            .collect()
    }
}
