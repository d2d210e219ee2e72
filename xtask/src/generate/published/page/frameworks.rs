//! The frameworks that auditors ask by.

use demarc_remediation::classification::catalogue::frameworks::{FRAMEWORKS, Framework, Mapping};

use super::markdown::table;

/// Every framework, with what its mapping rests on.
pub fn frameworks() -> String {
    format!(
        "## Frameworks\n\nThree cases are kept apart. *Published*: Security Hub itself says that the \
         control belongs to the framework. *Derived*: the control belongs to another framework that \
         a published document compares with this one; it is a candidate and not a proof. *Unknown*: \
         no control is named.\n\n{}",
        table(["framework", "id", "controls", "what that rests on"], FRAMEWORKS.iter().map(row))
    )
}

fn row(framework: &Framework) -> [String; 4] {
    let count = framework.controls().count();
    let (controls, basis) = match framework.mapping {
        Mapping::Published => (count.to_string(), "published: Security Hub names them".to_owned()),
        Mapping::Derived { from, basis } => {
            (format!("{count} candidates"), format!("derived from {from}: {basis}"))
        }
        Mapping::Unknown { why } => ("none".to_owned(), format!("unknown: {why}")),
    };
    [framework.name.to_owned(), framework.id.to_owned(), controls, basis]
}
