//! Types of resources (`data/types.csv`): how other sources than CloudFormation name them.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::table::{Row, Table};
use crate::resource::Arn;

const TABLE: Table = Table::new(include_str!("../../data/types.csv"));

/// One type of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    /// CloudFormation's name, `AWS::S3::Bucket`; AWS Config's where CloudFormation has none.
    pub name: &'static str,
    /// The names in Security Hub's findings (ASFF), separated by spaces: `AwsS3Bucket`.
    pub asff: &'static str,
    /// A template of its ARN with the parts `{partition}`, `{region}` and `{account}`, and one of
    /// `{id}` (one segment), `{path}` (slashes too) and `{name}` (the last segment behind a path);
    /// `:*` at the end stands for a qualifier that may follow. Empty where there is no ARN.
    pub arn: &'static str,
}

impl Type {
    fn of_row(row: Row) -> Self {
        Self { name: row.field(0), asff: row.field(1), arn: row.field(2) }
    }

    /// Every type, by name.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.rows().map(Self::of_row)
    }

    /// The type with CloudFormation's name, in any capitalisation: old notifications of AWS Config
    /// write `AWS::EC2::VOLUME`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let row = TABLE.find(name);
        row.or_else(|| by_capitals().get(&name.to_ascii_uppercase()).copied()).map(Self::of_row)
    }

    /// The type that Security Hub's findings call by that name.
    #[must_use]
    pub fn of_asff(name: &str) -> Option<Self> {
        by_asff().get(name).copied().map(Self::of_row)
    }

    /// The ARN of the resource with that id. `None` where the type has no ARN.
    #[must_use]
    pub fn arn_of(&self, partition: &str, region: &str, account: &str, id: &str) -> Option<String> {
        let template = self.arn.strip_suffix(":*").unwrap_or(self.arn);
        if template.is_empty() {
            return None;
        }
        let filled = template
            .replace("{partition}", partition)
            .replace("{region}", region)
            .replace("{account}", account);
        // The id comes last: it may hold a brace.
        let place = ["{id}", "{path}", "{name}"].into_iter().find(|place| filled.contains(place));
        Some(place.map_or(filled.clone(), |place| filled.replacen(place, id, 1)))
    }

    /// The type and the id of an ARN.
    pub(crate) fn of_arn<'a>(arn: &Arn<'a>) -> Option<(Self, &'a str)> {
        let templates = templates();
        let from = templates.partition_point(|template| template.service < arn.service);
        templates
            .iter()
            .skip(from)
            .take_while(|template| template.service == arn.service)
            .filter(|template| template.is_global == arn.region.is_empty())
            .find_map(|template| id_in(template.resource, arn.resource).map(|id| (template.of, id)))
    }
}

/// Types by their names in capitals. Hardly any event needs it, so that it is not warmed.
fn by_capitals() -> &'static HashMap<String, Row> {
    static BY_CAPITALS: LazyLock<HashMap<String, Row>> = LazyLock::new(|| {
        TABLE.rows().map(|row| (row.field(0).to_ascii_uppercase(), row)).collect()
    });
    &BY_CAPITALS
}

/// Types by Security Hub's names.
fn by_asff() -> &'static HashMap<&'static str, Row> {
    static BY_ASFF: LazyLock<HashMap<&'static str, Row>> = LazyLock::new(|| {
        let names = |row: Row| row.field(1).split_ascii_whitespace().map(move |name| (name, row));
        TABLE.rows().flat_map(names).collect()
    });
    &BY_ASFF
}

/// The parts of a type's ARN by which it is found.
struct Template {
    service: &'static str,
    is_global: bool,
    resource: &'static str,
    of: Type,
}

/// Every type's template, by service; within a service in the table's order.
fn templates() -> &'static [Template] {
    static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
        let mut templates: Vec<Template> = Type::all().filter_map(template).collect();
        templates.sort_by_key(|template| template.service);
        templates
    });
    &TEMPLATES
}

fn template(of: Type) -> Option<Template> {
    let mut parts = of.arn.splitn(6, ':').skip(2);
    let (service, region) = (parts.next()?, parts.next()?);
    Some(Template { service, is_global: region.is_empty(), resource: parts.nth(1)?, of })
}

/// Builds what a first look-up would build.
pub(super) fn warm() {
    templates();
    by_asff();
}

/// The id that stands in `resource` where `template` has its placeholder.
fn id_in<'a>(template: &str, resource: &'a str) -> Option<&'a str> {
    let (template, qualified) = match template.strip_suffix(":*") {
        Some(template) => (template, true),
        None => (template, false),
    };
    let (prefix, rest) = template.split_once('{')?;
    let (place, suffix) = rest.split_once('}')?;
    let inner = resource.strip_prefix(prefix)?;
    let inner = if qualified { inner.split(':').next()? } else { inner };
    let inner = inner.strip_suffix(suffix)?;
    let id = if place == "name" { inner.rsplit('/').next()? } else { inner };
    let slashes = place == "path" || !id.contains('/');
    (!id.is_empty() && slashes && !id.contains(':')).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_from_where_the_template_has_them() {
        let cases = [
            ("vpc/{id}", "vpc/vpc-1", Some("vpc-1")),
            ("vpc/{id}", "vpc/vpc-1/x", None),
            ("vpc/{id}", "vpc-endpoint/vpce-1", None),
            ("vpc/{id}", "vpc/", None),
            ("{id}", "bucket", Some("bucket")),
            ("{id}", "bucket/key", None),
            ("role/{name}", "role/deep/path/ci", Some("ci")),
            ("function:{id}:*", "function:f:$LATEST", Some("f")),
            ("function:{id}:*", "function:f", Some("f")),
            ("log-group:{path}:*", "log-group:/aws/lambda/f:*", Some("/aws/lambda/f")),
            ("/restapis/{id}/stages", "/restapis/a/stages", Some("a")),
            ("/restapis/{id}/stages", "/restapis/a", None),
        ];
        for (template, resource, id) in cases {
            assert_eq!(id_in(template, resource), id, "{template} {resource}");
        }
    }
}
