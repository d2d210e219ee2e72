//! The table against the catalogue, read by somebody else's reader.

use std::collections::BTreeMap;

use demarc_classification::{
    catalogue::{controls::SecurityHubControl, services::Service},
    explain::parts,
};

use super::{derived, published, words};

/// Every row, by the names of the columns.
fn rows() -> Vec<BTreeMap<String, String>> {
    let text = published("responsibility.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            let fields = head.iter().zip(record.iter());
            fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        })
        .collect()
}

#[test]
fn there_is_one_row_for_each_control() {
    let rows = rows();
    let ids: Vec<&str> = rows.iter().map(|row| row["control_id"].as_str()).collect();
    let known: Vec<&str> = SecurityHubControl::all().map(|control| control.id).collect();
    assert_eq!(ids, known);
}

#[test]
fn every_row_is_what_the_catalogue_says() {
    for row in rows() {
        let control = SecurityHubControl::find(&row["control_id"]).unwrap();
        let (responsibility, kind) = control.responsibility();
        let parts = parts(control.model, control.layer);
        let expected = [
            ("control_id", control.id),
            ("title", control.title),
            ("service", Service::of_control(control.id).unwrap().key),
            ("resource_types", control.resources),
            ("severity", control.severity.as_str()),
            ("service_model", control.model.as_str()),
            ("layer", control.layer.as_str()),
            ("responsibility", responsibility.as_str()),
            ("kind", kind.as_str()),
            ("remedy", control.remedy.as_str()),
            ("call", control.call),
            ("config_rule", control.config_rule),
            ("frameworks", control.frameworks),
            ("aws_part", parts.aws),
            ("customer_part", parts.customer),
        ];
        for (column, value) in expected {
            assert_eq!(row[column], value, "{}: {column}", control.id);
        }
        assert_eq!(words(&row["derived_frameworks"]), derived(&control), "{}", control.id);
        assert_eq!(row.len(), expected.len() + 1, "a column that nobody compares");
    }
}

#[test]
fn a_part_with_a_comma_is_one_field() {
    let with_comma = |row: &BTreeMap<String, String>| row["customer_part"].contains(',');
    assert!(rows().iter().any(with_comma));
}
