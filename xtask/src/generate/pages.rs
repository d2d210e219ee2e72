//! One page for each control, and their list.

use demarc_remediation::{
    classification::demarcate,
    control::Meta,
    controls::find,
    setting::{Call, Effect, Scope, SettingMeta},
    settings::tags,
    verdict::Safety,
};

use super::{Files, catalogue::controls};

const GENERATED: &str = "<!-- written by `cargo xtask generate` -->\n";

/// Every page, by its path.
pub fn pages(folder: &str) -> Files {
    let pages = controls().map(|meta| (format!("{folder}/{}.md", meta.id), page(meta)));
    pages.chain([(format!("{folder}/README.md"), list())]).collect()
}

fn page(meta: &Meta) -> String {
    let sections = sections(meta.doc);
    let facts: Vec<String> =
        facts(meta).iter().map(|(name, value)| format!("| {name} | {value} |")).collect();
    format!(
        "{GENERATED}\n# {}\n\n`{}`\n\n{}\n\n## Facts\n\n| | |\n|---|---|\n{}\n\n## Events\n\n{}\n\n## Calls\n\n{}\n",
        meta.title,
        meta.id,
        sections.trim(),
        facts.join("\n"),
        events(meta),
        calls(meta),
    )
}

/// The doc comment, a level lower than the page's title.
fn sections(doc: &str) -> String {
    let lines = doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    let lines = lines.map(|line| match line.strip_prefix("# ") {
        Some(heading) => format!("## {heading}"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn facts(meta: &Meta) -> Vec<(&'static str, String)> {
    let (responsibility, kind) = demarcate(meta.model, meta.layer);
    vec![
        ("severity", meta.severity.as_str().to_owned()),
        ("layer", meta.layer.as_str().to_owned()),
        ("service model", meta.model.as_str().to_owned()),
        ("whose responsibility", format!("{} ({})", responsibility.as_str(), kind.as_str())),
        ("resource", format!("`{}`", meta.setting.resource)),
        ("setting", format!("`{}`, {}", meta.setting.id, scope(meta.setting))),
        ("looks at besides", settings(meta.context)),
        ("compliant through", settings(meta.covered_by)),
        ("may break at most", breaks(meta).to_owned()),
        ("is not undone", meta.outlives.to_owned()),
        ("a new resource", creation(meta).to_owned()),
        ("shows", shows(meta.setting)),
        ("Security Hub", listed(meta.security_hub)),
        ("frameworks", listed(meta.frameworks)),
        ("function", meta.setting.function.to_owned()),
    ]
}

fn scope(setting: &SettingMeta) -> &'static str {
    match setting.scope {
        Scope::Resource => "on each resource",
        Scope::Account => "once an account, by the stack in the home region",
        Scope::Global => "on each resource, by the stack in the home region",
        Scope::Region => "once in each region",
    }
}

/// The most that a remediation may break; what only advises breaks nothing.
fn breaks(meta: &Meta) -> &'static str {
    match find(meta.id) {
        Some(control) if control.only_advises() => "nothing, it only advises",
        _ => safety(meta.safety),
    }
}

fn safety(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "safe",
        Safety::Disruptive => "disruptive",
        Safety::Irreversible => "irreversible",
    }
}

fn creation(meta: &Meta) -> &'static str {
    if meta.exposure { "is judged at once" } else { "is given time to settle" }
}

fn shows(setting: &SettingMeta) -> String {
    match setting.applies_within_seconds {
        0 => "at once".to_owned(),
        seconds => format!("within {} minutes", seconds.div_ceil(60)),
    }
}

fn settings(settings: &[&SettingMeta]) -> String {
    let ids: Vec<String> = settings.iter().map(|s| format!("`{}`", s.id)).collect();
    if ids.is_empty() { "nothing else".to_owned() } else { ids.join(", ") }
}

fn listed(values: &[&str]) -> String {
    if values.is_empty() { "none".to_owned() } else { values.join(", ") }
}

fn events(meta: &Meta) -> String {
    let settings = std::iter::once(meta.setting).chain(meta.covered_by.iter().copied());
    let rows: Vec<String> = settings
        .flat_map(|setting| setting.triggers.iter().map(move |trigger| (setting, trigger)))
        .map(|(setting, trigger)| {
            let effect = match trigger.effect {
                Effect::Changes => "may change it".to_owned(),
                Effect::Creates => "creates the resource".to_owned(),
                Effect::DeletesMember(kind) => format!("deletes a member, `{kind}`"),
            };
            format!("| {} | `{}` | `{}` | {effect} |", trigger.source, trigger.event, setting.id)
        })
        .collect();
    format!("| source | event | setting | what it does |\n|---|---|---|---|\n{}", rows.join("\n"))
}

fn calls(meta: &Meta) -> String {
    let setting = meta.setting;
    let besides = meta.context.iter().flat_map(|s| s.reads);
    let tags = tags::of_kind(setting.resource).into_iter().flat_map(|s| s.reads);
    let rows: Vec<String> = std::iter::empty()
        .chain(setting.lists.iter().map(|call| row("lists", call)))
        .chain(setting.reads.iter().map(|call| row("reads", call)))
        .chain(besides.map(|call| row("reads besides", call)))
        .chain(tags.map(|call| row("reads where a scope asks for tags", call)))
        .chain(setting.closes.iter().map(|call| row("closes", call)))
        .chain(setting.reopens.iter().map(|call| row("reopens (operator only)", call)))
        .collect();
    format!("| | operation | IAM actions |\n|---|---|---|\n{}", rows.join("\n"))
}

fn row(what: &str, call: &Call) -> String {
    let mut actions: Vec<String> =
        call.permissions.iter().map(|p| format!("`{}`", p.action)).collect();
    actions.dedup();
    format!("| {what} | `{}` | {} |", call.operation, actions.join(", "))
}

fn list() -> String {
    let rows: Vec<String> = controls()
        .map(|meta| {
            format!(
                "| [`{id}`]({id}.md) | {} | {} | {} | {} | {} | {} |",
                meta.title,
                meta.severity.as_str(),
                breaks(meta),
                undo(meta.doc),
                listed(meta.security_hub),
                meta.setting.function,
                id = meta.id,
            )
        })
        .collect();
    format!(
        "{GENERATED}\n# Controls\n\nSafety is the most that a remediation may break; each verdict says \
         what it would break here and now.\n\n\
         | control | good state | severity | safety | undo restores | Security Hub | function |\n\
         |---|---|---|---|---|---|---|\n{}\n",
        rows.join("\n")
    )
}

/// The first sentence of the page's last section.
fn undo(doc: &str) -> String {
    let sections = sections(doc);
    let (_, section) = sections.split_once("## What undo restores").unwrap_or_default();
    let words: Vec<&str> = section.split_whitespace().collect();
    let text = words.join(" ");
    let sentence = text.split_once(". ").map_or(text.as_str(), |(first, _)| first);
    sentence.trim_end_matches('.').replace('|', "\\|")
}
