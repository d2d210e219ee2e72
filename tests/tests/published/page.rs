//! The page against the catalogue.

use std::{collections::BTreeMap, fs};

use demarc_classification::{
    Kind, Layer, Responsibility, ServiceModel,
    catalogue::{controls::SecurityHubControl, frameworks::FRAMEWORKS, services::Service},
    demarcate,
    scenarios::SCENARIOS,
};

use super::{here, published};

const PAGE: &str = "responsibility.md";

/// The cells of each row of the tables.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.map(|row| row.split(" | ").map(str::trim).collect()).collect()
}

/// What stands below a heading, up to the next one.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, rest) =
        page.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("{heading}"));
    rest.split("\n#").next().unwrap()
}

/// By which a heading is reached in an address.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
    text.chars().filter(|c| c.is_alphanumeric() || *c == '-' || *c == '_').collect()
}

/// The targets of all links.
fn links(page: &str) -> Vec<&str> {
    page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()).collect()
}

#[test]
fn every_service_is_there() {
    let page = published(PAGE);
    let bare = section(&page, "## Services without controls");
    let mut missing = Vec::new();
    for service in Service::all() {
        let heading = format!("### {}", service.name);
        let row = format!("| {} (`{}`) |", service.name, service.key);
        let count = page.lines().filter(|line| *line == heading).count();
        if count + bare.matches(&row).count() != 1 {
            missing.push(service.name);
        }
    }
    assert_eq!(missing, [""; 0], "not there, or twice");
}

#[test]
fn every_control_stands_with_its_service() {
    let page = published(PAGE);
    for control in SecurityHubControl::all() {
        let service = Service::of_control(control.id).unwrap();
        let rows = rows(section(&page, &format!("### {}", service.name)));
        let found: Vec<&Vec<&str>> = rows.iter().filter(|row| row[0] == control.id).collect();
        assert_eq!(found.len(), 1, "{}", control.id);
        let (responsibility, kind) = control.responsibility();
        let expected =
            [control.title, control.layer.as_str(), responsibility.as_str(), kind.as_str()];
        assert_eq!(found[0][1..5], expected, "{}", control.id);
        assert!(found[0][5].starts_with(control.remedy.as_str()), "{}", control.id);
        assert_eq!(found[0][6], control.severity.as_str(), "{}", control.id);
    }
}

#[test]
fn the_matrix_is_the_demarcation() {
    let page = published(PAGE);
    let rows = rows(section(&page, "## Who answers"));
    let (head, rows) = rows.split_first().unwrap();
    let models: Vec<ServiceModel> =
        head[2..].iter().map(|name| ServiceModel::parse(name).unwrap()).collect();
    assert_eq!(models, ServiceModel::ALL);
    assert_eq!(rows.len(), Layer::ALL.len());
    for row in rows {
        let layer = Layer::parse(row[0]).unwrap();
        assert_eq!(row[1], layer.meaning());
        for (cell, model) in row[2..].iter().zip(&models) {
            let (responsibility, kind) = demarcate(*model, layer);
            let who = match responsibility {
                Responsibility::Aws => "AWS",
                other => other.as_str(),
            };
            assert_eq!(*cell, format!("**{who}** ({kind})"), "{layer} of {model}");
        }
    }
}

#[test]
fn kinds_trainings_stories_and_frameworks_are_there() {
    let page = published(PAGE);
    for kind in Kind::ALL {
        assert!(section(&page, "## Kinds of responsibility").contains(kind.meaning()), "{kind}");
        assert!(kind.training().is_none_or(|text| page.contains(text)), "{kind}");
    }
    for model in ServiceModel::ALL {
        assert!(section(&page, "## Kinds of service").contains(model.meaning()), "{model}");
    }
    let stories = rows(section(&page, "## Stories"));
    for story in SCENARIOS {
        let row = stories.iter().find(|row| row[0] == format!("`{}`", story.id)).unwrap();
        assert_eq!([row[1], row[5], row[6]], [story.title, story.parts.aws, story.parts.customer]);
    }
    let frameworks = rows(section(&page, "## Frameworks"));
    for framework in FRAMEWORKS {
        let row = frameworks.iter().find(|row| row[1] == framework.id).unwrap();
        let count = match framework.controls().count() {
            0 => "none".to_owned(),
            count => count.to_string(),
        };
        assert_eq!(row[2].split(' ').next().unwrap(), count, "{}", framework.id);
    }
}

#[test]
fn every_link_leads_somewhere() {
    let page = published(PAGE);
    let mut anchors: BTreeMap<String, usize> = BTreeMap::new();
    for heading in page.lines().filter(|line| line.starts_with('#')) {
        *anchors.entry(anchor(heading)).or_default() += 1;
    }
    assert!(links(&page).len() > 100);
    for link in links(&page) {
        match link.strip_prefix('#') {
            Some(name) => assert_eq!(anchors.get(name), Some(&1), "{link}"),
            None => assert!(fs::exists(here("../docs").join(link)).unwrap(), "{link}"),
        }
    }
}

#[test]
fn a_reader_is_told_whose_judgement_it_is() {
    let page = published(PAGE);
    assert!(
        page.contains("Titles, layers, service models and remedies are this project's judgement")
    );
    assert!(page.contains("corrections are welcome in [shared/classification/data]"));
}
