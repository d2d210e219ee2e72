//! A story.

use demarc_classification::{catalogue::services::Service, scenarios::Scenario};
use serde_json::json;

use super::{control::training, page::Page};

/// What happened, whose it was, and what each side does about it.
pub(super) fn page(story: &Scenario) -> Page {
    let (responsibility, kind) = story.responsibility();
    let service = Service::named(story.service).map_or(story.service, |known| known.name);
    let facts = json!({
        "scenario": story.id, "title": story.title, "service": story.service,
        "responsibility": responsibility, "kind": kind, "layer": story.layer,
        "service_model": story.model, "aws": story.parts.aws, "customer": story.parts.customer,
        "training": kind.training(),
    });
    Page::new(story.title, facts)
        .row("whose", format!("{responsibility} ({kind}): {}", kind.meaning()))
        .row("layer", format!("{}: {}", story.layer, story.layer.meaning()))
        .row("service", format!("{service}, {}", story.model))
        .row("AWS", story.parts.aws)
        .row("customer", story.parts.customer)
        .rows(training(kind.training()))
}
