//! The services of AWS (`data/services.csv`): of which kind each is.
//!
//! A service that is not in the table is unknown, and an unknown service is never guessed.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::LazyLock;

use super::table::{Row, Table};
use crate::responsibility::{Layer, ServiceModel};

const TABLE: Table = Table::new(include_str!("../../data/services.csv"));

/// One AWS service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its short name, `s3`.
    pub key: &'static str,
    /// What people call it, `Amazon S3`.
    pub name: &'static str,
    /// Of which kind it is.
    pub model: ServiceModel,
    /// The layer at which most of its configuration-changing calls stand; `None` where they stand
    /// at very different ones.
    pub layer: Option<Layer>,
    /// The first labels of its event sources, separated by spaces: `s3` of `s3.amazonaws.com`.
    pub event_sources: &'static str,
    /// The `X` of its resource types `AWS::X::Y`, separated by spaces.
    pub namespaces: &'static str,
    /// What its Security Hub controls begin with, separated by spaces.
    pub control_prefixes: &'static str,
    /// Why it is placed so, where a reader would ask; else empty.
    pub note: &'static str,
}

impl Service {
    fn of_row(row: Row) -> Option<Self> {
        Some(Self {
            key: row.field(0),
            name: row.field(1),
            model: ServiceModel::parse(row.field(2))?,
            layer: Layer::parse(row.field(3)),
            event_sources: row.field(4),
            namespaces: row.field(5),
            control_prefixes: row.field(6),
            note: row.field(7),
        })
    }

    fn of<K: Borrow<str> + Hash + Eq>(names: &HashMap<K, Row>, name: &str) -> Option<Self> {
        names.get(name).copied().and_then(Self::of_row)
    }

    /// Every service, by its short name.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.rows().filter_map(Self::of_row)
    }

    /// The service with that short name.
    #[must_use]
    pub fn named(key: &str) -> Option<Self> {
        TABLE.find(key).and_then(Self::of_row)
    }

    /// The service of an event source, `s3.amazonaws.com`.
    #[must_use]
    pub fn of_event_source(source: &str) -> Option<Self> {
        Self::of_label(short(source)?)
    }

    /// The service of an event source's first label, or of what stands behind `aws.` in
    /// EventBridge: `s3`.
    #[must_use]
    pub fn of_label(label: &str) -> Option<Self> {
        // Most services have one source, which is their short name.
        let direct = Self::named(label).filter(|service| has(service.event_sources, label));
        direct.or_else(|| Self::of(&index().labels, label))
    }

    /// The service of a CloudFormation type (`AWS::S3::Bucket`, `AWS::::Account`).
    #[must_use]
    pub fn of_type(kind: &str) -> Option<Self> {
        if kind == crate::kinds::ACCOUNT {
            return Self::named("account");
        }
        let namespace = kind.strip_prefix("AWS::")?.split(':').next()?;
        Self::of(&index().namespaces, &namespace.to_ascii_uppercase())
    }

    /// The service of a Security Hub control (`S3.1`).
    #[must_use]
    pub fn of_control(id: &str) -> Option<Self> {
        let (prefix, _) = id.split_once('.')?;
        Self::of(&index().prefixes, prefix)
    }
}

/// Services by what other names they have; the first in the table where two share one.
#[derive(Default)]
struct Index {
    /// Only those that are not the short name.
    labels: HashMap<&'static str, Row>,
    /// In capitals.
    namespaces: HashMap<String, Row>,
    prefixes: HashMap<&'static str, Row>,
}

fn index() -> &'static Index {
    static INDEX: LazyLock<Index> = LazyLock::new(|| {
        let mut index = Index::default();
        for row in TABLE.rows() {
            for label in row.field(4).split_ascii_whitespace().filter(|l| *l != row.field(0)) {
                index.labels.entry(label).or_insert(row);
            }
            for namespace in row.field(5).split_ascii_whitespace() {
                index.namespaces.entry(namespace.to_ascii_uppercase()).or_insert(row);
            }
            for prefix in row.field(6).split_ascii_whitespace() {
                index.prefixes.entry(prefix).or_insert(row);
            }
        }
        index
    });
    &INDEX
}

/// Builds what a first look-up would build.
pub(super) fn warm() {
    index();
}

fn has(words: &str, word: &str) -> bool {
    !word.is_empty() && words.split(' ').any(|known| known == word)
}

/// The kind of a service, from an event source (`s3.amazonaws.com`) or a CloudFormation type
/// (`AWS::S3::Bucket`, `AWS::::Account`). `None` for a service that is not in the table.
#[must_use]
pub fn service_model(event_source_or_cfn_type: &str) -> Option<ServiceModel> {
    let service = if event_source_or_cfn_type.starts_with("AWS::") {
        Service::of_type(event_source_or_cfn_type)
    } else {
        Service::of_event_source(event_source_or_cfn_type)
    };
    service.map(|service| service.model)
}

/// `s3` of `s3.amazonaws.com`, also as the China partition writes it.
pub(crate) fn short(event_source: &str) -> Option<&str> {
    event_source
        .strip_suffix(".amazonaws.com")
        .or_else(|| event_source.strip_suffix(".amazonaws.com.cn"))
}
