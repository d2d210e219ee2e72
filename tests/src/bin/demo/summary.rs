//! The table at the end.

use std::time::Duration;

use demarc_tests::Fault;
use serde_json::{Value, json};

use crate::screen::Screen;
use crate::short;

/// One control's line.
pub struct Row {
    /// The control.
    pub control: &'static str,
    /// The resource.
    pub resource: String,
    /// How it went: the last thing that was as expected.
    pub outcome: &'static str,
    /// From the first delivery to the write.
    pub until_written: Duration,
    /// How many AWS calls that took.
    pub calls: usize,
    /// Whether something was not as expected.
    pub failed: bool,
}

impl Row {
    fn step(&self) -> Value {
        json!({
            "control": self.control,
            "resource": self.resource,
            "outcome": self.outcome,
            "ms": u64::try_from(self.until_written.as_millis()).unwrap_or(u64::MAX),
            "calls": self.calls,
            "failed": self.failed,
        })
    }
}

/// Shows the table, and how long it all took.
pub fn tell(screen: &Screen, rows: &[Row], failed: u32, took: Duration) -> Result<(), Fault> {
    let head =
        format!("  {:41}{:24}{:16}{:>6}{:>8}", "control", "resource", "outcome", "ms", "calls");
    let mut text = format!("\n{}\n{}", screen.bold("Summary"), screen.dim(&head));
    for row in rows {
        let outcome = format!("{:16}", row.outcome);
        let outcome = if row.failed { screen.red(&outcome) } else { screen.green(&outcome) };
        let (millis, calls) = (row.until_written.as_millis(), row.calls);
        text.push_str(&format!(
            "\n  {:41}{:24}{outcome}{millis:>6}{calls:>8}",
            row.control, row.resource
        ));
    }
    text.push_str(&format!("\n\n{}", verdict(screen, rows.len(), failed, took)));
    text.push_str(&screen.dim(
        "\n  ms: from the delivery of the event until the write was answered, by an unoptimised build\n  \
         calls: all AWS calls until verified, with Demarc's own tables",
    ));
    let rows: Vec<Value> = rows.iter().map(Row::step).collect();
    screen.show(&text, &json!({"step": "summary", "rows": rows, "failed": failed}))
}

fn verdict(screen: &Screen, controls: usize, failed: u32, took: Duration) -> String {
    let took = short::took(took);
    match failed {
        0 => screen.green(&format!("  {controls} controls, every expectation met ({took})")),
        more => screen.red(&format!(
            "  {} failed of {controls} controls ({took})",
            short::count(more as usize, "story")
        )),
    }
}
