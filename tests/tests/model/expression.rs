//! The part of DynamoDB's expressions that the store uses. Whatever else is asked ends the test.
//!
//! Source: Amazon DynamoDB Developer Guide, "Condition and filter expressions, operators, and
//! functions" and "Using update expressions".

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

/// An item, or the values of placeholders, as DynamoDB's JSON has them.
pub type Item = Map<String, Value>;

/// What stands for names and values in an expression.
#[derive(Clone, Copy)]
pub struct Placeholders<'a> {
    pub names: Option<&'a Item>,
    pub values: Option<&'a Item>,
}

impl<'a> Placeholders<'a> {
    pub fn of(request: &'a Value) -> Self {
        let member = |name: &str| request.get(name).and_then(Value::as_object);
        Self {
            names: member("ExpressionAttributeNames"),
            values: member("ExpressionAttributeValues"),
        }
    }

    fn name(self, token: &'a str) -> &'a str {
        match token.strip_prefix('#') {
            None => token,
            Some(_) => self.names.and_then(|n| n.get(token)).and_then(Value::as_str).unwrap(),
        }
    }

    fn value(self, token: &str) -> &'a Value {
        assert!(token.starts_with(':'), "`{token}` is no value");
        self.values.and_then(|values| values.get(token)).unwrap_or_else(|| panic!("no {token}"))
    }
}

/// Whether a condition holds for an item; `OR` of `AND` of single tests.
pub fn holds(condition: &str, given: Placeholders<'_>, item: Option<&Item>) -> bool {
    let empty = Item::new();
    let item = item.unwrap_or(&empty);
    condition.split(" OR ").any(|all| all.split(" AND ").all(|test| one(test.trim(), given, item)))
}

fn one(test: &str, given: Placeholders<'_>, item: &Item) -> bool {
    let argument = |function: &str| {
        test.strip_prefix(function)?.strip_prefix('(')?.strip_suffix(')').map(str::trim)
    };
    if let Some(name) = argument("attribute_not_exists") {
        return !item.contains_key(given.name(name));
    }
    if let Some(name) = argument("attribute_exists") {
        return item.contains_key(given.name(name));
    }
    let [name, operator, value] = test.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("the condition `{test}` is not understood")
    };
    // No comparison with an attribute that is not there holds, except `<>`.
    let Some(found) = item.get(given.name(name)) else { return operator == "<>" };
    let wanted = given.value(value);
    match operator {
        "=" => found == wanted,
        "<>" => found != wanted,
        "<" => order(found, wanted) == Some(Ordering::Less),
        ">=" => matches!(order(found, wanted), Some(Ordering::Greater | Ordering::Equal)),
        _ => panic!("the operator of `{test}` is not understood"),
    }
}

/// The order of two values of one type; values of two types have none.
pub fn order(one: &Value, other: &Value) -> Option<Ordering> {
    let number = |value: &Value| value.get("N")?.as_str()?.parse::<i128>().ok();
    let text = |value: &Value| value.get("S")?.as_str().map(str::to_owned);
    match (number(one), number(other)) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => Some(text(one)?.cmp(&text(other)?)),
    }
}

/// Changes an item as an update expression says.
pub fn update(expression: &str, given: Placeholders<'_>, item: &mut Item) {
    let mut words = expression.split_whitespace().peekable();
    while let Some(verb) = words.next() {
        let mut clause = Vec::new();
        while let Some(word) = words.next_if(|word| !["SET", "ADD", "REMOVE"].contains(word)) {
            clause.push(word);
        }
        let clause = clause.join(" ");
        for action in actions(&clause) {
            match verb {
                "SET" => set(action, given, item),
                "ADD" => add(action, given, item),
                "REMOVE" => drop(item.remove(given.name(action))),
                _ => panic!("`{verb}` of `{expression}` is not understood"),
            }
        }
    }
}

/// Splits at the commas that are in no parentheses.
fn actions(clause: &str) -> Vec<&str> {
    let mut depth = 0;
    let split = clause.split(move |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    });
    split.map(str::trim).collect()
}

fn set(action: &str, given: Placeholders<'_>, item: &mut Item) {
    let (name, value) = action.split_once(" = ").unwrap_or_else(|| panic!("SET {action}"));
    let function = value.strip_prefix("if_not_exists(").and_then(|rest| rest.strip_suffix(')'));
    let value = match function {
        None => given.value(value).clone(),
        Some(arguments) => {
            let (other, value) = arguments.split_once(',').unwrap();
            let there = item.get(given.name(other.trim())).cloned();
            there.unwrap_or_else(|| given.value(value.trim()).clone())
        }
    };
    item.insert(given.name(name).to_owned(), value);
}

fn add(action: &str, given: Placeholders<'_>, item: &mut Item) {
    let (name, value) = action.split_once(' ').unwrap_or_else(|| panic!("ADD {action}"));
    let number = |value: &Value| value["N"].as_str().unwrap().parse::<i128>().unwrap();
    let name = given.name(name);
    let sum = item.get(name).map_or(0, number) + number(given.value(value));
    item.insert(name.to_owned(), json!({"N": sum.to_string()}));
}
