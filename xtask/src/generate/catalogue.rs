//! The catalogue, seen by function.

use demarc_remediation::{
    control::Meta,
    controls::{CATALOGUE, SETTINGS},
    setting::SettingMeta,
};

/// Every control's metadata, in catalogue order.
pub fn controls() -> impl Iterator<Item = &'static Meta> {
    CATALOGUE.iter().map(|control| control.meta())
}

/// The controls of a function.
pub fn controls_of(function: &str) -> impl Iterator<Item = &'static Meta> {
    controls().filter(move |meta| meta.setting.function == function)
}

/// The functions that have controls, in catalogue order.
pub fn functions() -> Vec<&'static str> {
    let mut functions: Vec<&str> = Vec::new();
    for meta in controls() {
        if !functions.contains(&meta.setting.function) {
            functions.push(meta.setting.function);
        }
    }
    functions
}

/// The settings that a function's controls judge, each once.
pub fn judged_by(function: &str) -> impl Iterator<Item = &'static SettingMeta> {
    let controls: Vec<&Meta> = controls_of(function).collect();
    SETTINGS.iter().copied().filter(move |s| controls.iter().any(|meta| meta.setting.id == s.id))
}

/// A function's or source's name as part of a logical id: `s3` is `S3`, `ec2` is `Ec2`.
pub fn capital(name: &str) -> String {
    let mut letters = name.chars().filter(char::is_ascii_alphanumeric);
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
