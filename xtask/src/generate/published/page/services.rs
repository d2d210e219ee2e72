//! Service by service.

use demarc_remediation::classification::catalogue::{
    controls::SecurityHubControl, services::Service,
};

use super::{
    super::{super::catalogue::controls, Served, plain_name, words},
    markdown::{anchor, code, counted, table},
};

/// The services that have controls, a line for each letter.
pub fn index(services: &[&Served]) -> String {
    let mut lines: Vec<(char, Vec<String>)> = Vec::new();
    for served in services {
        let name = plain_name(&served.service);
        let letter = name.chars().next().unwrap_or_default().to_ascii_uppercase();
        let link = format!("[{}](#{})", looked_up(&served.service), anchor(served.service.name));
        match lines.last_mut() {
            Some((last, links)) if *last == letter => links.push(link),
            _ => lines.push((letter, vec![link])),
        }
    }
    let lines: Vec<String> =
        lines.iter().map(|(letter, links)| format!("**{letter}** {}", links.join(", "))).collect();
    format!(
        "## Services with controls\n\nBy name, without *Amazon* and *AWS*. The others are in \
         [a table of their own](#services-without-controls).\n\n{}",
        lines.join("\n\n")
    )
}

/// The name by which people look a service up, with what its controls call it where that is
/// something else.
fn looked_up(service: &Service) -> String {
    let name = plain_name(service);
    let joined = name.replace(' ', "").to_lowercase();
    let besides: Vec<&str> = words(service.control_prefixes)
        .filter(|prefix| !joined.contains(&prefix.to_lowercase()))
        .collect();
    if besides.is_empty() { name.to_owned() } else { format!("{name} ({})", besides.join(", ")) }
}

/// One service with its controls.
pub fn section(served: &Served) -> String {
    let Served { service, controls } = served;
    let note = if service.note.is_empty() { "" } else { " " };
    let head = ["control", "good state", "layer", "responsibility", "kind", "remedy", "severity"];
    format!(
        "### {}\n\n{}, {}, {}.{note}{}\n\n{}",
        service.name,
        code(service.key),
        service.model,
        counted(controls.len(), "control"),
        service.note,
        table(head, controls.iter().map(row))
    )
}

fn row(control: &SecurityHubControl) -> [String; 7] {
    let (responsibility, kind) = control.responsibility();
    [
        control.id.to_owned(),
        control.title.to_owned(),
        control.layer.as_str().to_owned(),
        responsibility.as_str().to_owned(),
        kind.as_str().to_owned(),
        remedy(control),
        control.severity.as_str().to_owned(),
    ]
}

/// The way to a remedy, its call, and this project's own controls that go it.
fn remedy(control: &SecurityHubControl) -> String {
    let own = controls().filter(|meta| meta.security_hub.contains(&control.id));
    let links = own.map(|meta| format!("[{id}](controls/{id}.md)", id = meta.id));
    let first = [control.remedy.as_str().to_owned(), code(control.call)].into_iter();
    first.chain(links).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The services that Security Hub has no control for.
pub fn bare(services: &[&Served]) -> String {
    let rows = services.iter().map(|served| bare_row(&served.service));
    format!(
        "## Services without controls\n\nSecurity Hub has no control for them. The layer is the one \
         at which most of their configuration-changing calls stand; where it is empty, they stand \
         at very different ones.\n\n{}",
        table(["service", "kind of service", "layer", "note"], rows)
    )
}

fn bare_row(service: &Service) -> [String; 4] {
    [
        format!("{} ({})", service.name, code(service.key)),
        service.model.as_str().to_owned(),
        service.layer.map_or("", |layer| layer.as_str()).to_owned(),
        service.note.to_owned(),
    ]
}
