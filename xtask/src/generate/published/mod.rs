//! The model of responsibility for others to use: a page to read, a table, an OSCAL component
//! definition. All of it is the catalogue of `demarc-classification`.

mod identity;
mod oscal;
mod page;
mod statement;
mod table;

use demarc_remediation::classification::catalogue::{
    controls::SecurityHubControl,
    frameworks::{FRAMEWORKS, Framework, Mapping},
    services::Service,
};

use super::Files;
use crate::task::TaskError;

/// The folder that holds nothing but the component definition.
pub const OSCAL: &str = "docs/oscal";
const PAGE: &str = "docs/responsibility.md";
const TABLE: &str = "docs/responsibility.csv";

/// All three files, by their path.
///
/// # Errors
/// The table cannot be written.
pub fn files() -> Result<Files, TaskError> {
    Ok(Files::from([
        (PAGE.to_owned(), page::document()),
        (TABLE.to_owned(), table::document()?),
        (format!("{OSCAL}/component-definition.json"), oscal::document()),
    ]))
}

/// The words of a field that holds several.
fn words(field: &str) -> impl Iterator<Item = &str> {
    field.split(' ').filter(|word| !word.is_empty())
}

/// The frameworks for which a control is a candidate, each with the one that this rests on.
fn derived(
    control: &SecurityHubControl,
) -> impl Iterator<Item = (&'static Framework, &'static str)> {
    let own = control.frameworks;
    FRAMEWORKS.iter().filter_map(move |framework| match framework.mapping {
        Mapping::Derived { from, .. } if words(own).any(|id| id == from) => Some((framework, from)),
        _ => None,
    })
}

/// A service with the controls that Security Hub has for it.
struct Served {
    service: Service,
    controls: Vec<SecurityHubControl>,
}

/// Every service, by its name without `Amazon` and `AWS` in front.
fn services() -> Vec<Served> {
    let mut services: Vec<Served> = Service::all()
        .map(|service| Served { service, controls: controls_of(&service).collect() })
        .collect();
    services.sort_by_cached_key(|served| plain_name(&served.service).to_lowercase());
    services
}

fn controls_of(service: &Service) -> impl Iterator<Item = SecurityHubControl> + use<> {
    let key = service.key;
    let of_it = move |id: &str| Service::of_control(id).is_some_and(|known| known.key == key);
    SecurityHubControl::all().filter(move |control| of_it(control.id))
}

/// The name by which people look a service up: `S3` of `Amazon S3`.
fn plain_name(service: &Service) -> &'static str {
    let name = service.name;
    ["Amazon ", "AWS "].iter().find_map(|maker| name.strip_prefix(maker)).unwrap_or(name)
}
