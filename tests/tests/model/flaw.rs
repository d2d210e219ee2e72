//! Pipelines that are broken on purpose: the model has to say of each what is wrong with it.

use serde_json::Value;

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Plans are claimed, and do not come into the journal.
    LostJournal,
    /// A setting writes more than it was given.
    GreedySetting,
    /// What takes a person is put right without one.
    HighCeiling,
    /// An actor's budget is not held.
    BigBudget,
    /// Exemptions are set, and are not there.
    LostExemptions,
    /// A claim does not look at the kill switch.
    IgnoredSwitch,
    /// Demarc's own writes are taken for somebody's.
    ForgottenSelf,
    /// What Demarc sends itself does not arrive.
    DeafQueue,
}

impl Flaw {
    pub const ALL: [Self; 8] = [
        Self::LostJournal,
        Self::GreedySetting,
        Self::HighCeiling,
        Self::BigBudget,
        Self::LostExemptions,
        Self::IgnoredSwitch,
        Self::ForgottenSelf,
        Self::DeafQueue,
    ];

    /// A part of what the model says about it.
    pub fn told_as(self) -> &'static str {
        match self {
            Self::LostJournal | Self::GreedySetting => "no before-image",
            Self::HighCeiling => "above the ceiling",
            Self::BigBudget => "the budget of actor-",
            Self::LostExemptions => "exempt, and changed all the same",
            Self::IgnoredSwitch => "while the kill switch is on",
            Self::ForgottenSelf => "an event of Demarc's own leads to a write",
            Self::DeafQueue => "at the end",
        }
    }

    /// Changes a request to the tables.
    pub fn spoil(self, request: &mut Value) {
        let is_lost: fn(&str, &Value) -> bool = match self {
            Self::LostJournal => |verb, item| verb == "Put" && key(item).starts_with("plan#"),
            Self::LostExemptions => {
                |verb, item| verb != "ConditionCheck" && key(item).starts_with("exemption#")
            }
            Self::IgnoredSwitch => |verb, item| {
                let condition = item["ConditionExpression"].as_str().unwrap_or_default();
                verb == "ConditionCheck" && condition.contains("stopped")
            },
            _ => return,
        };
        if let Some(items) = request.get_mut("TransactItems").and_then(Value::as_array_mut) {
            items
                .retain(|item| !item.as_object().unwrap().iter().any(|(v, item)| is_lost(v, item)));
        }
    }
}

fn key(item: &Value) -> &str {
    let place = item.get("Key").unwrap_or(&item["Item"]);
    place["pk"]["S"].as_str().unwrap_or_default()
}
