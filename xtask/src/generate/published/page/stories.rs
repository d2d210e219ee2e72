//! Stories by which people learn the model.

use demarc_remediation::classification::scenarios::{SCENARIOS, Scenario};

use super::{
    markdown::{code, table},
    model::whose,
};

/// Every story.
pub fn stories() -> String {
    let head = ["story", "what happened", "service", "layer", "whose", "AWS", "the customer"];
    format!(
        "## Stories\n\nWhat happened, whose it was to prevent, and what each side does about it.\n\n{}",
        table(head, SCENARIOS.iter().map(row))
    )
}

fn row(story: &Scenario) -> [String; 7] {
    [
        code(story.id),
        story.title.to_owned(),
        story.service.to_owned(),
        story.layer.as_str().to_owned(),
        whose(story.responsibility()),
        story.parts.aws.to_owned(),
        story.parts.customer.to_owned(),
    ]
}
