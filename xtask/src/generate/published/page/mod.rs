//! `docs/responsibility.md`: the model for people.

mod frameworks;
mod markdown;
mod model;
mod services;
mod stories;

use super::{Served, services as all_services};

/// The whole page.
pub fn document() -> String {
    let all = all_services();
    let (with, without): (Vec<&Served>, Vec<&Served>) =
        all.iter().partition(|served| !served.controls.is_empty());
    let sections = [
        introduction(&with, all.len()),
        model::matrix(),
        model::duties(),
        model::kinds(),
        model::models(),
        model::training(),
        stories::stories(),
        frameworks::frameworks(),
        model::remedies(),
        services::index(&with),
        with.iter().map(|served| services::section(served)).collect::<Vec<_>>().join("\n\n"),
        services::bare(&without),
    ];
    format!("{}\n", sections.join("\n\n"))
}

fn introduction(with: &[&Served], services: usize) -> String {
    let controls: usize = with.iter().map(|served| served.controls.len()).sum();
    format!(
        "<!-- written by `cargo xtask generate` -->\n\n\
         # Whose responsibility\n\n\
         AWS answers for security *of* the cloud, its customer for security *in* the cloud. Where \
         the line runs depends on two things: on the layer, from the building up to what people \
         know, and on the kind of service. This page says it for every layer of every kind, for \
         the {controls} controls of AWS Security Hub, and for {services} services.\n\n\
         Ids, severities, resource types, frameworks and AWS Config rules are Security Hub's. \
         **Titles, layers, service models and remedies are this project's judgement, and with them \
         every answer to whose it is.** They may be wrong: corrections are welcome in \
         [shared/classification/data](../shared/classification/data), a table each of \
         [controls](../shared/classification/data/controls.csv) and \
         [services](../shared/classification/data/services.csv).\n\n\
         The same for machines: [responsibility.csv](responsibility.csv) has a row for each \
         control, and [oscal/component-definition.json](oscal/component-definition.json) is an \
         OSCAL 1.2.3 component definition with the responsible roles and a statement for each.\n\n\
         {CONTENTS}"
    )
}

const CONTENTS: &str = "\
- [Who answers](#who-answers): each layer of each kind of service
- [Who does what](#who-does-what): the two parts at each layer
- [Kinds of responsibility](#kinds-of-responsibility)
- [Kinds of service](#kinds-of-service)
- [What to teach](#what-to-teach): the shared controls
- [Stories](#stories): what happened, and whose it was to prevent
- [Frameworks](#frameworks): who asks for which control, and how we know
- [How a failure is put right](#how-a-failure-is-put-right)
- [Services with controls](#services-with-controls): every control
- [Services without controls](#services-without-controls)";
