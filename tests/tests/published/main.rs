//! What is published of the model, as it is committed in `docs`, against the catalogue that it is
//! generated from and against NIST's schema. That it is current is `cargo xtask generate --check`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod component_definition;
mod journal;
mod page;
mod schema;
mod table;
mod threats;

use std::{
    fs,
    path::{Path, PathBuf},
};

use demarc_classification::catalogue::{
    controls::SecurityHubControl,
    frameworks::{FRAMEWORKS, Mapping},
};

/// A place in this package.
fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What a published file says.
fn published(name: &str) -> String {
    fs::read_to_string(here("../docs").join(name)).unwrap()
}

/// The words of a field that holds several.
fn words(field: &str) -> Vec<&str> {
    field.split(' ').filter(|word| !word.is_empty()).collect()
}

/// The frameworks for which a control is a candidate.
fn derived(control: &SecurityHubControl) -> Vec<&'static str> {
    let is_derived = |mapping| matches!(mapping, Mapping::Derived { .. });
    FRAMEWORKS
        .iter()
        .filter(|framework| is_derived(framework.mapping))
        .filter(|framework| framework.controls().any(|known| known.id == control.id))
        .map(|framework| framework.id)
        .collect()
}
