//! The calls themselves.

use serde_json::{Map, Value};

use super::super::super::Error;
use super::{Resolver, plain_text};

impl Resolver {
    pub(super) fn call(&self, name: &str, argument: &Value) -> Result<Option<Value>, Error> {
        let value = match name {
            "Ref" => return self.reference(&self.text(argument)?),
            "Fn::If" => return self.choose(argument),
            "Fn::GetAtt" => Value::String(self.attribute(argument)?),
            "Fn::Sub" => Value::String(self.substitute(argument)?),
            "Fn::Join" => Value::String(self.join(argument)?),
            "Fn::Select" => self.select(argument)?,
            "Fn::Split" => self.split(argument)?,
            "Fn::FindInMap" => self.find(argument)?,
            "Fn::Base64" => Value::String(aws_smithy_types::base64::encode(self.text(argument)?)),
            "Fn::ToJsonString" => Value::String(self.required(argument)?.to_string()),
            "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not" | "Condition" => {
                Value::Bool(self.truth_of(name, argument)?)
            }
            _ => {
                return Err(Error::Template(format!(
                    "the intrinsic function `{name}` is not known here"
                )));
            }
        };
        Ok(Some(value))
    }

    pub(super) fn truth(&self, value: &Value) -> Result<bool, Error> {
        match self.required(value)? {
            Value::Bool(truth) => Ok(truth),
            other => Err(Error::Template(format!("{other} is no condition"))),
        }
    }

    fn truth_of(&self, name: &str, argument: &Value) -> Result<bool, Error> {
        if name == "Condition" {
            return self.condition(argument.as_str().unwrap_or_default());
        }
        let items = list(name, argument)?;
        match (name, items) {
            ("Fn::Equals", [left, right]) => {
                let (left, right) = (self.required(left)?, self.required(right)?);
                Ok(plain_text(&left) == plain_text(&right))
            }
            ("Fn::Not", [item]) => Ok(!self.truth(item)?),
            ("Fn::And" | "Fn::Or", items) => {
                let truths = items.iter().map(|item| self.truth(item));
                let truths: Vec<bool> = truths.collect::<Result<_, _>>()?;
                Ok(match name {
                    "Fn::And" => truths.iter().all(|truth| *truth),
                    _ => truths.iter().any(|truth| *truth),
                })
            }
            _ => wrong(name, argument),
        }
    }

    fn choose(&self, argument: &Value) -> Result<Option<Value>, Error> {
        let [Value::String(condition), yes, no] = list("Fn::If", argument)? else {
            return wrong("Fn::If", argument);
        };
        self.resolve(if self.condition(condition)? { yes } else { no })
    }

    fn attribute(&self, argument: &Value) -> Result<String, Error> {
        let (id, attribute) = match argument {
            Value::String(text) => text.split_once('.').unwrap_or((text, "")),
            _ => match list("Fn::GetAtt", argument)? {
                [Value::String(id), Value::String(attribute)] => (id.as_str(), attribute.as_str()),
                _ => return wrong("Fn::GetAtt", argument),
            },
        };
        self.names.attribute(id, attribute).ok_or_else(|| {
            Error::Template(format!("`{id}.{attribute}` of `Fn::GetAtt` is not known here"))
        })
    }

    fn substitute(&self, argument: &Value) -> Result<String, Error> {
        let none = Map::new();
        let (text, own) = match argument {
            Value::String(text) => (text, &none),
            _ => match list("Fn::Sub", argument)? {
                [Value::String(text), Value::Object(own)] => (text, own),
                [Value::String(text)] => (text, &none),
                _ => return wrong("Fn::Sub", argument),
            },
        };
        let mut pieces = text.split("${");
        let mut result = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (name, rest) = piece
                .split_once('}')
                .ok_or_else(|| Error::Template(format!("`${{` is not closed in `{text}`")))?;
            match name.strip_prefix('!') {
                Some(literal) => result.push_str(&format!("${{{literal}}}")),
                None => result.push_str(&self.variable(name.trim(), own)?),
            }
            result.push_str(rest);
        }
        Ok(result)
    }

    fn variable(&self, name: &str, own: &Map<String, Value>) -> Result<String, Error> {
        if let Some(value) = own.get(name) {
            return self.text(value);
        }
        match name.split_once('.') {
            Some(_) => self.attribute(&Value::from(name)),
            None => match self.reference(name)? {
                Some(value) => Ok(plain_text(&value)),
                None => Ok(String::new()),
            },
        }
    }

    fn join(&self, argument: &Value) -> Result<String, Error> {
        let [separator, items] = list("Fn::Join", argument)? else {
            return wrong("Fn::Join", argument);
        };
        let items = self.required(items)?;
        let items: Vec<String> = list("Fn::Join", &items)?.iter().map(plain_text).collect();
        Ok(items.join(&self.text(separator)?))
    }

    fn select(&self, argument: &Value) -> Result<Value, Error> {
        let [index, items] = list("Fn::Select", argument)? else {
            return wrong("Fn::Select", argument);
        };
        let items = self.required(items)?;
        let index: Option<usize> = self.text(index)?.parse().ok();
        index
            .and_then(|index| items.get(index).cloned())
            .map_or_else(|| wrong("Fn::Select", argument), Ok)
    }

    fn split(&self, argument: &Value) -> Result<Value, Error> {
        let [separator, text] = list("Fn::Split", argument)? else {
            return wrong("Fn::Split", argument);
        };
        let text = self.text(text)?;
        Ok(text.split(self.text(separator)?.as_str()).map(Value::from).collect())
    }

    fn find(&self, argument: &Value) -> Result<Value, Error> {
        let keys = list("Fn::FindInMap", argument)?;
        let mut found = &self.mappings;
        for key in keys.iter().take(3) {
            let key = self.text(key)?;
            found = found
                .get(&key)
                .ok_or_else(|| Error::Template(format!("the mappings have no `{key}`")))?;
        }
        Ok(found.clone())
    }

    fn required(&self, value: &Value) -> Result<Value, Error> {
        self.resolve(value)?
            .ok_or_else(|| Error::Template("`AWS::NoValue` stands where a value is needed".into()))
    }

    fn text(&self, value: &Value) -> Result<String, Error> {
        Ok(plain_text(&self.required(value)?))
    }
}

fn list<'a>(name: &str, argument: &'a Value) -> Result<&'a [Value], Error> {
    match argument {
        Value::Array(items) => Ok(items),
        _ => wrong(name, argument),
    }
}

fn wrong<T>(name: &str, argument: &Value) -> Result<T, Error> {
    Err(Error::Template(format!("`{name}` has wrong arguments: {argument}")))
}
