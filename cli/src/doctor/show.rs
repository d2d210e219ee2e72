//! What `demarc doctor` found, for a person or for a program.

use anstyle::AnsiColor;
use serde_json::to_string;

use super::finding::{Finding, Looked};
use crate::{
    error::Error,
    show::{BOLD, DIM, clean, colour, count, print, print_json},
};

/// Each finding as a line of JSON.
pub(super) fn lines(findings: &[Finding]) -> Result<(), Error> {
    for finding in findings {
        let text = to_string(finding).map_err(|e| Error::Message(e.to_string()))?;
        print_json(&text)?;
    }
    Ok(())
}

/// Each finding with what puts it back, and what it comes to.
pub(super) fn page(looked: &Looked, drift: &str, has_repaired: bool) -> Result<(), Error> {
    let mut text = String::new();
    for finding in &looked.findings {
        let restore = (finding.restore != drift).then_some(finding.restore.as_str());
        text.push_str(&said(finding, restore.unwrap_or("the template puts it back, see below")));
    }
    // The commands are long: once is enough.
    if looked.findings.iter().any(|finding| finding.restore == drift) {
        text.push_str(&format!("\n{DIM}What only the template puts back{DIM:#}\n  {drift}\n\n"));
    }
    text.push_str(&summary(looked, has_repaired));
    print(&text)
}

fn said(finding: &Finding, restore: &str) -> String {
    let (red, green) = (colour(AnsiColor::Red), colour(AnsiColor::Green));
    let (part, wrong) = (clean(&finding.part), clean(&finding.wrong));
    match finding.repaired {
        true => format!("{BOLD}{part}{BOLD:#} {green}is put back{green:#}; before: {wrong}\n"),
        false => format!("{BOLD}{part}{BOLD:#} {red}{wrong}{red:#}\n  {}\n", clean(restore)),
    }
}

fn summary(looked: &Looked, has_repaired: bool) -> String {
    let parts = count(looked.parts as u64, "part");
    let left = looked.findings.iter().filter(|finding| !finding.repaired);
    let repairable = left.clone().filter(|finding| finding.repair.is_some()).count();
    match left.count() {
        0 if looked.troubles.is_empty() => format!("{parts} looked at: all as deployed\n"),
        0 => format!("{parts} looked at: as deployed, so far as it could be seen\n"),
        some if has_repaired || repairable == 0 => {
            format!("{parts} looked at, {} left to you\n", count(some as u64, "finding"))
        }
        some => format!(
            "{parts} looked at, {}; `demarc doctor --repair` puts back {repairable} of them\n",
            count(some as u64, "finding")
        ),
    }
}
