//! The model itself: where the line runs.

use demarc_classification::{
    Kind, Layer, ServiceModel, demarcate, explain::parts, scenarios::SCENARIOS,
};
use serde_json::{Value, json};

use super::page::Page;

/// Where the line runs, and what can be asked.
pub(super) fn introduction() -> Page {
    let stories: Vec<Value> = SCENARIOS
        .iter()
        .map(|story| {
            json!({ "scenario": story.id, "title": story.title, "responsibility": story.responsibility().0 })
        })
        .collect();
    let told = SCENARIOS.iter().map(|story| {
        (story.id.to_owned(), format!("{} ({})", story.title, story.responsibility().0))
    });
    Page::new("The Shared Responsibility Model", json!({ "scenarios": stories }))
        .text("AWS answers for security of the cloud: buildings, machines, hosts, and the software of its services. The customer answers for security in it: who may do what, who can reach what, what is encrypted, recorded and kept, and the data and code themselves. Where the line runs depends on the layer and on the kind of service; patches, configuration and training are shared, each for their own part.")
        .section("Ask for")
        .row("a story", "demarc explain public bucket")
        .row("a control", "demarc explain S3.8")
        .row("a service", "demarc explain lambda")
        .row("a framework", "demarc explain HIPAA")
        .row("a layer", "demarc explain guest-os")
        .row("the whole table", "demarc explain model")
        .section("Stories")
        .rows(told)
}

/// Who answers for each layer of each kind of service.
pub(super) fn matrix() -> Page {
    let rows: Vec<Value> = Layer::ALL
        .iter()
        .map(|layer| {
            let cells: serde_json::Map<String, Value> = ServiceModel::ALL
                .iter()
                .map(|model| {
                    let (responsibility, kind) = demarcate(*model, *layer);
                    (model.to_string(), json!({ "responsibility": responsibility, "kind": kind }))
                })
                .collect();
            json!({ "layer": layer, "answers": cells })
        })
        .collect();
    let table = Layer::ALL.iter().map(|layer| (layer.to_string(), cells(*layer)));
    let page = Page::new("Who answers for what", json!({ "model": rows }))
        .text("For each layer from the ground up: all kinds of service, or each where they differ.")
        .rows(table)
        .section("Kinds of service")
        .rows(ServiceModel::ALL.iter().map(|m| (m.to_string(), m.meaning().to_owned())))
        .section("Kinds of responsibility")
        .rows(Kind::ALL.iter().map(|kind| (kind.to_string(), kind.meaning().to_owned())));
    let shared =
        Kind::ALL.iter().filter_map(|kind| Some((kind.to_string(), kind.training()?.to_owned())));
    page.section("What to know of shared controls").rows(shared)
}

/// One answer where all kinds of service agree, else one each.
fn cells(layer: Layer) -> String {
    let answer = |model: &ServiceModel| demarcate(*model, layer);
    let mut groups: Vec<(Vec<&str>, String)> = Vec::new();
    for model in ServiceModel::ALL {
        let (responsibility, kind) = answer(model);
        let text = format!("{responsibility} ({kind})");
        match groups.iter_mut().find(|(_, same)| *same == text) {
            Some((models, _)) => models.push(model.as_str()),
            None => groups.push((vec![model.as_str()], text)),
        }
    }
    match groups.as_slice() {
        [(_, text)] => text.clone(),
        several => several
            .iter()
            .map(|(models, text)| format!("{}: {text}", models.join(", ")))
            .collect::<Vec<_>>()
            .join("; "),
    }
}

/// A layer, by kind of service.
pub(super) fn layer(layer: Layer) -> Page {
    let rows = ServiceModel::ALL.iter().map(|model| {
        let (responsibility, kind) = demarcate(*model, layer);
        let parts = parts(*model, layer);
        let text =
            format!("{responsibility} ({kind}). AWS {}. Customer: {}.", parts.aws, parts.customer);
        (model.to_string(), text)
    });
    let facts: Vec<Value> = ServiceModel::ALL
        .iter()
        .map(|model| {
            let (responsibility, kind) = demarcate(*model, layer);
            let parts = parts(*model, layer);
            json!({
                "service_model": model, "responsibility": responsibility, "kind": kind,
                "aws": parts.aws, "customer": parts.customer,
            })
        })
        .collect();
    Page::new(format!("{layer}: {}", layer.meaning()), json!({ "layer": layer, "answers": facts }))
        .rows(rows)
}

/// A kind of service, by layer.
pub(super) fn service_model(model: ServiceModel) -> Page {
    let rows = Layer::ALL.iter().map(|layer| {
        let (responsibility, kind) = demarcate(model, *layer);
        (layer.to_string(), format!("{responsibility} ({kind})"))
    });
    let facts: Vec<Value> = Layer::ALL
        .iter()
        .map(|layer| {
            let (responsibility, kind) = demarcate(model, *layer);
            json!({ "layer": layer, "responsibility": responsibility, "kind": kind })
        })
        .collect();
    let page = Page::new(
        format!("{model}: {}", model.meaning()),
        json!({ "service_model": model, "answers": facts }),
    );
    page.rows(rows)
}
