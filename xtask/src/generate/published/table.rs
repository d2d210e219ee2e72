//! `docs/responsibility.csv`: one row for each control.

use demarc_remediation::classification::{
    catalogue::{controls::SecurityHubControl, services::Service},
    explain::parts,
};

use super::derived;
use crate::task::TaskError;

/// The columns, in the order of [`row`].
const COLUMNS: [&str; 16] = [
    "control_id",
    "title",
    "service",
    "resource_types",
    "severity",
    "service_model",
    "layer",
    "responsibility",
    "kind",
    "remedy",
    "call",
    "config_rule",
    "frameworks",
    "derived_frameworks",
    "aws_part",
    "customer_part",
];

/// The whole table.
///
/// # Errors
/// It cannot be written.
pub fn document() -> Result<String, TaskError> {
    let error = |error: &dyn std::fmt::Display| TaskError::new(format!("no table: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(|e| error(&e))?;
    for control in SecurityHubControl::all() {
        writer.write_record(row(&control)).map_err(|e| error(&e))?;
    }
    let bytes = writer.into_inner().map_err(|e| error(&e))?;
    String::from_utf8(bytes).map_err(|e| error(&e))
}

fn row(control: &SecurityHubControl) -> [String; COLUMNS.len()] {
    let (responsibility, kind) = control.responsibility();
    let parts = parts(control.model, control.layer);
    let derived: Vec<&str> = derived(control).map(|(framework, _)| framework.id).collect();
    let service = Service::of_control(control.id).map_or("", |service| service.key);
    [
        control.id,
        control.title,
        service,
        control.resources,
        control.severity.as_str(),
        control.model.as_str(),
        control.layer.as_str(),
        responsibility.as_str(),
        kind.as_str(),
        control.remedy.as_str(),
        control.call,
        control.config_rule,
        control.frameworks,
        &derived.join(" "),
        parts.aws,
        parts.customer,
    ]
    .map(str::to_owned)
}
