//! Scopes and freezes, a line each.

use std::fmt::Write;

use super::{BOLD, DIM, clean};
use crate::answer::{Freeze, Scope};

/// What holds for a part of the resources, and when nothing is put right without a person; empty
/// where there is neither.
pub(crate) fn scopes_and_freezes(scopes: &[Scope], freezes: &[Freeze]) -> String {
    let mut text = String::new();
    let lines = scopes.iter().map(|scope| (covered(scope), said(scope)));
    section(&mut text, "SCOPES, each applied to what those before it came to", lines);
    let lines = freezes.iter().map(|freeze| (time(freeze), held(freeze)));
    section(&mut text, "FREEZES, in which what would be put right waits for a person", lines);
    text
}

fn section(text: &mut String, head: &str, lines: impl Iterator<Item = (String, String)>) {
    for (at, (what, then)) in lines.enumerate() {
        // Writing to a string does not fail.
        if at == 0 {
            let _ = writeln!(text, "\n{DIM}{head}{DIM:#}");
        }
        let _ = writeln!(text, "{BOLD}{}{BOLD:#}: {}", clean(&what), clean(&then));
    }
}

fn covered(scope: &Scope) -> String {
    let tags: Vec<String> =
        scope.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let parts = [
        list("", &scope.controls),
        list("account ", &scope.accounts),
        list("region ", &scope.regions),
        list("resource ", &scope.resources),
        list("tag ", &tags),
        scope.percent.map(|percent| format!("{percent} percent of the resources")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "everything".to_owned() } else { parts.join(", ") }
}

fn list(what: &str, of: &[String]) -> Option<String> {
    (!of.is_empty()).then(|| format!("{what}{}", of.join(" or ")))
}

fn said(scope: &Scope) -> String {
    let mut said: Vec<String> = scope.mode.iter().cloned().collect();
    said.extend(scope.ceiling.iter().map(|ceiling| format!("up to {ceiling}")));
    said.extend(scope.grace_minutes.map(|minutes| format!("after {minutes} minutes")));
    let chosen = !scope.resources.is_empty() || !scope.tags.is_empty() || scope.percent.is_some();
    if chosen && !scope.trust_names {
        said.push("where that raises it".to_owned());
    }
    said.join(", ")
}

fn time(freeze: &Freeze) -> String {
    format!("{} to {}", freeze.from, freeze.until)
}

fn held(freeze: &Freeze) -> String {
    let what = list("", &freeze.controls).unwrap_or_else(|| "everything".to_owned());
    let but = freeze.ceiling.as_ref().map_or_else(String::new, |c| format!(" but what is {c}"));
    format!("{what}{but}; {}", freeze.reason)
}
