//! The table at the end.

use std::time::Duration;

use demarc_tests::Fault;
use serde_json::{Value, json};

use crate::screen::{Screen, Tone};
use crate::short;

const LEGEND: &str = "
  ms     from the event's delivery to the answered fix; an unoptimised build, a local emulator
  calls  all AWS calls of that delivery, to Demarc's own tables and for verification too";

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
    /// Time and calls, where it came so far.
    fn measured(&self) -> (String, String) {
        match self.calls {
            0 => ("-".to_owned(), "-".to_owned()),
            calls => (short::millis(self.until_written).to_string(), calls.to_string()),
        }
    }

    fn step(&self) -> Value {
        json!({
            "control": self.control,
            "resource": self.resource,
            "outcome": self.outcome,
            "ms": short::millis(self.until_written),
            "calls": self.calls,
            "failed": self.failed,
        })
    }
}

/// Shows the table, and how long it all took.
pub fn tell(screen: &Screen, rows: &[Row], failed: u32, took: Duration) -> Result<(), Fault> {
    let width = rows.iter().map(|row| row.control.len()).max().unwrap_or(0) + 2;
    let head =
        format!("  {:width$}{:26}{:16}{:>6}{:>8}", "control", "resource", "outcome", "ms", "calls");
    let mut text =
        format!("\n{}\n{}", screen.paint(Tone::Bold, "Summary"), screen.paint(Tone::Dim, &head));
    for row in rows {
        let tone = if row.failed { Tone::Red } else { Tone::Green };
        let outcome = screen.paint(tone, &format!("{:16}", row.outcome));
        let (millis, calls) = row.measured();
        text.push_str(&format!(
            "\n  {:width$}{:26}{outcome}{millis:>6}{calls:>8}",
            row.control, row.resource
        ));
    }
    text.push_str(&format!("\n\n{}", verdict(screen, rows.len(), failed, took)));
    text.push_str(&screen.paint(Tone::Dim, LEGEND));
    let rows: Vec<Value> = rows.iter().map(Row::step).collect();
    screen.show(&text, &json!({"step": "summary", "rows": rows, "failed": failed}))
}

fn verdict(screen: &Screen, controls: usize, failed: u32, took: Duration) -> String {
    let took = short::took(took);
    let (tone, text) = match failed {
        0 => (Tone::Green, "every expectation met".to_owned()),
        more => (Tone::Red, format!("{more} not as expected, see above")),
    };
    screen.paint(tone, &format!("  {controls} controls in {took}: {text}"))
}
