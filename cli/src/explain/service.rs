//! A service.

use demarc_classification::{
    Layer, catalogue::controls::SecurityHubControl, catalogue::services::Service, demarcate,
    explain::parts,
};
use serde_json::{Value, json};

use super::page::Page;

/// Who answers for what of a service, layer by layer, and its controls.
pub(super) fn page(service: &Service) -> Page {
    let page = Page::new(service.name, facts(service))
        .row("kind", format!("{}: {}", service.model, service.model.meaning()))
        .row("note", service.note)
        .section("Who answers")
        .rows(Layer::ALL.iter().map(|layer| answers(service, *layer)));
    let layers = Layer::ALL.iter().filter(|layer| of_layer(service, **layer).next().is_some());
    layers.fold(page, |page, layer| {
        let rows = of_layer(service, *layer).map(|c| (c.id.to_owned(), c.title.to_owned()));
        page.section(&format!("Controls of {layer}")).rows(rows)
    })
}

fn answers(service: &Service, layer: Layer) -> (String, String) {
    let (responsibility, kind) = demarcate(service.model, layer);
    let parts = parts(service.model, layer);
    let text = match responsibility {
        demarc_classification::Responsibility::Aws => {
            format!("{responsibility} ({kind}): AWS {}", parts.aws)
        }
        _ => {
            format!("{responsibility} ({kind}): the customer {}; AWS {}", parts.customer, parts.aws)
        }
    };
    (layer.as_str().to_owned(), text)
}

/// The service's controls of a layer.
fn of_layer(service: &Service, layer: Layer) -> impl Iterator<Item = SecurityHubControl> + use<> {
    let prefixes = service.control_prefixes;
    SecurityHubControl::all().filter(move |control| {
        let prefix = control.id.split('.').next().unwrap_or_default();
        control.layer == layer && prefixes.split(' ').any(|known| known == prefix)
    })
}

fn facts(service: &Service) -> Value {
    let layers: Vec<Value> = Layer::ALL
        .iter()
        .map(|layer| {
            let (responsibility, kind) = demarcate(service.model, *layer);
            let parts = parts(service.model, *layer);
            let controls: Vec<&str> = of_layer(service, *layer).map(|c| c.id).collect();
            json!({
                "layer": layer, "responsibility": responsibility, "kind": kind,
                "aws": parts.aws, "customer": parts.customer, "controls": controls,
            })
        })
        .collect();
    json!({
        "service": service.key, "name": service.name, "service_model": service.model,
        "note": service.note, "layers": layers,
    })
}
