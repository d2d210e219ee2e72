//! CloudTrail's events: the calls that may have changed a setting.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{LONGEST_PATTERN, Route, Rule, own_roles, pattern, words};
use crate::{generate::catalogue::controls_of, task::TaskError};

pub fn rules(function: &str) -> Result<Vec<Rule>, TaskError> {
    let sources = sources(function);
    let several = sources.keys().map(|(_, source)| source).collect::<BTreeSet<_>>().len() > 1;
    let mut rules = Vec::new();
    for ((is_home, source), events) in sources {
        let routes: &[Route] =
            if is_home { &[Route::Home, Route::Forward] } else { &[Route::Live] };
        let parts = parts(source, &events)?;
        for route in routes {
            for (at, events) in parts.iter().enumerate() {
                let label = several.then(|| label(source));
                let words = name(function, label, *route, at);
                let description = description(function, *route);
                let comment = "Older records have no `readOnly`, failed calls have an `errorCode`. IAM users and root have\n      # no session issuer: `anything-but` alone would drop them.";
                let rule = Rule::new(&words, *route, description, of_calls(source, events));
                rules.push(Rule { comment, ..rule });
            }
        }
    }
    Ok(rules)
}

/// The events that a function's controls wait for, by scope and source.
fn sources(function: &str) -> BTreeMap<(bool, &'static str), BTreeSet<&'static str>> {
    let mut sources: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    let settings = controls_of(function)
        .flat_map(|meta| std::iter::once(meta.setting).chain(meta.covered_by.iter().copied()));
    for setting in settings {
        for trigger in setting.triggers {
            let key = (setting.scope.is_home(), trigger.source);
            sources.entry(key).or_default().insert(trigger.event);
        }
    }
    sources
}

fn name(function: &str, source: Option<&str>, route: Route, part: usize) -> Vec<String> {
    let route: &[&str] = match route {
        Route::Home => &["account"],
        Route::Forward => &["account", "forward"],
        Route::Live | Route::Stray => &[],
    };
    let part = (part > 0).then(|| (part + 1).to_string());
    let mut words = words([function].into_iter().chain(source).chain(route.iter().copied()));
    words.extend(part);
    words
}

fn description(function: &str, route: Route) -> String {
    match route {
        Route::Live | Route::Stray => {
            format!("Changes that Demarc's {function} function looks at.")
        }
        Route::Home => "Changes of settings of the whole account.".to_owned(),
        Route::Forward => {
            "Changes of settings of the whole account, for the home region.".to_owned()
        }
    }
}

/// The events, in as few parts as fit into a pattern each.
fn parts(
    source: &str,
    events: &BTreeSet<&'static str>,
) -> Result<Vec<Vec<&'static str>>, TaskError> {
    let mut parts: Vec<Vec<&str>> = vec![Vec::new()];
    for event in events {
        let Some(last) = parts.last_mut() else { break };
        last.push(event);
        if length(source, last) > LONGEST_PATTERN {
            last.pop();
            parts.push(vec![event]);
        }
    }
    if parts.iter().any(|part| part.is_empty() || length(source, part) > LONGEST_PATTERN) {
        return Err(TaskError::new(format!(
            "the pattern of `{source}` is longer than {LONGEST_PATTERN} characters: too many own roles"
        )));
    }
    Ok(parts)
}

fn length(source: &str, events: &[&str]) -> usize {
    pattern::length(&of_calls(source, events))
}

fn of_calls(source: &str, events: &[&str]) -> Value {
    json!({
        // `s3.amazonaws.com` comes from `aws.s3`.
        "source": [format!("aws.{}", label(source))],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": [source],
            "eventName": events,
            "readOnly": [{"exists": false}, false],
            "errorCode": [{"exists": false}],
            "userIdentity": {"sessionContext": {"sessionIssuer": {
                "arn": [{"exists": false}, {"anything-but": own_roles()}],
            }}},
        },
    })
}

/// The first label of an event source.
fn label(source: &str) -> &str {
    source.split('.').next().unwrap_or(source)
}
