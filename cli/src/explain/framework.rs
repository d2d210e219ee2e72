//! A framework.

use demarc_classification::catalogue::{
    controls::SecurityHubControl,
    frameworks::{Framework, Mapping},
};
use serde_json::json;

use super::page::Page;
use crate::show::count;

/// The controls that a framework asks for, and how surely.
pub(super) fn page(framework: &'static Framework) -> Page {
    let controls: Vec<SecurityHubControl> = framework.controls().collect();
    let (mapping, basis) = match framework.mapping {
        Mapping::Published => {
            ("published", "Security Hub itself says which controls belong to it".to_owned())
        }
        Mapping::Derived { from, basis } => (
            "derived",
            format!("through {from}, so that its controls are candidates and no proof: {basis}"),
        ),
        Mapping::Unknown { why } => ("unknown", why.to_owned()),
    };
    let ids: Vec<&str> = controls.iter().map(|control| control.id).collect();
    let facts = json!({
        "framework": framework.id, "name": framework.name, "mapping": mapping, "basis": basis,
        "controls": ids,
    });
    let rows = controls.iter().map(|control| {
        let (responsibility, _) = control.responsibility();
        (control.id.to_owned(), format!("{} ({responsibility})", control.title))
    });
    let page = Page::new(framework.name, facts).row("mapping", mapping).row("basis", basis);
    if controls.is_empty() {
        return page;
    }
    page.section(&count(controls.len() as u64, "control")).rows(rows)
}
