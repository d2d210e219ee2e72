//! What a scan found, as a table grouped by control.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::{BOLD, DIM, clean, colour, count, diff, of_safety, wrap};
use crate::answer::{Report, Restores};

/// What enforcing would do about a report. The operator says it in words only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It would be put right.
    PutRight,
    /// It would wait for a person.
    Waits,
    /// It is exempt.
    Exempt,
    /// A violation that is left as it is, for the reason that is told.
    Left,
    /// A person has to act.
    Advice,
    /// It cannot be judged.
    Undecided,
    /// It could not be looked at.
    Failed,
    /// Nothing is wrong, or nothing is the customer's to change.
    Nothing,
}

impl Fate {
    /// What becomes of this report. An outcome that this release does not know is none to pass over.
    pub(crate) fn of(report: &Report) -> Self {
        let because = report.because.as_str();
        match report.outcome.as_str() {
            "skipped" if because.starts_with("enforcing would") => Self::PutRight,
            "skipped" if because.starts_with("it waits for approval") => Self::Waits,
            "skipped" if because.contains(" is exempt until ") => Self::Exempt,
            "skipped" => Self::Left,
            "advised" => Self::Advice,
            "undecided" => Self::Undecided,
            "compliant" | "ignored" | "gone" | "elsewhere" => Self::Nothing,
            _ => Self::Failed,
        }
    }

    /// Whether it is a violation; what cannot be judged never counts as compliant.
    pub(crate) fn is_violation(self) -> bool {
        !matches!(self, Self::Failed | Self::Nothing)
    }

    fn label(self) -> (&'static str, Style) {
        match self {
            Self::PutRight => ("would be put right", colour(AnsiColor::Green)),
            Self::Waits => ("waits for approval", colour(AnsiColor::Yellow)),
            Self::Exempt => ("exempt", DIM),
            Self::Left => ("left as it is", DIM),
            Self::Advice => ("a person has to act", colour(AnsiColor::Yellow)),
            Self::Undecided => ("cannot be judged", colour(AnsiColor::Yellow)),
            Self::Failed => ("could not be read", colour(AnsiColor::Red)),
            Self::Nothing => ("nothing to do", DIM),
        }
    }

    const COUNTED: [Self; 7] = [
        Self::PutRight,
        Self::Waits,
        Self::Exempt,
        Self::Left,
        Self::Advice,
        Self::Undecided,
        Self::Failed,
    ];
}

/// The table, grouped by control in the order in which controls come.
pub(crate) fn table(reports: &[Report], columns: usize) -> String {
    let mut groups: Vec<(&str, Vec<&Report>)> = Vec::new();
    for report in reports.iter().filter(|r| Fate::of(r) != Fate::Nothing) {
        let control = report.control.as_deref().unwrap_or("not looked at");
        match groups.iter_mut().find(|(name, _)| *name == control) {
            Some((_, members)) => members.push(report),
            None => groups.push((control, vec![report])),
        }
    }
    let mut text = String::new();
    for (control, members) in &groups {
        group(&mut text, control, members, columns);
    }
    text
}

fn group(text: &mut String, control: &str, members: &[&Report], columns: usize) {
    let found = members.len();
    // Writing to a string does not fail, here and below.
    let _ = writeln!(text, "{BOLD}{}{BOLD:#}  {DIM}{found}{DIM:#}", clean(control));
    let wide = members.iter().map(|r| id(r).chars().count()).max().unwrap_or(0).clamp(8, 44);
    let head = format!("{:wide$}  {:<12}  ENFORCING", "RESOURCE", "SAFETY");
    let _ = writeln!(text, "  {DIM}{head}{DIM:#}");
    for report in members {
        row(text, report, wide);
        details(text, report, columns);
    }
    text.push('\n');
}

fn row(text: &mut String, report: &Report, wide: usize) {
    let id = id(report);
    let safety = report.plan.as_ref().map_or("-", |plan| plan.safety.as_str());
    let (label, style) = Fate::of(report).label();
    let safe = if report.plan.is_some() { of_safety(safety) } else { DIM };
    let _ = writeln!(
        text,
        "  {BOLD}{id:wide$}{BOLD:#}  {safe}{:<12}{safe:#}  {style}{label}{style:#}",
        clean(safety)
    );
}

fn details(text: &mut String, report: &Report, columns: usize) {
    const INDENT: &str = "    ";
    let mut say = |words: &str, style: Style| {
        for line in wrap(&clean(words), columns - INDENT.len()) {
            let _ = writeln!(text, "{INDENT}{style}{line}{style:#}");
        }
    };
    let plain = Style::new();
    let Some(plan) = &report.plan else { return say(&report.because, plain) };
    say(&plan.detail, plain);
    text.push_str(&diff::render(&plan.delta, INDENT, columns));
    let mut say = |words: &str| {
        for line in wrap(&clean(words), columns - INDENT.len()) {
            let _ = writeln!(text, "{INDENT}{DIM}{line}{DIM:#}");
        }
    };
    if Fate::of(report) != Fate::PutRight {
        say(&report.because);
    }
    match &plan.undo {
        Restores::Exact => {}
        Restores::Equivalent(what) => say(&format!("undo restores the like: {what}")),
        Restores::None(why) => say(&format!("there is no undo: {why}")),
    }
}

fn id(report: &Report) -> String {
    report.resource.as_ref().map_or_else(|| "-".to_owned(), |r| clean(&r.id))
}

/// What was found, in one line.
pub(crate) fn summary(reports: &[Report], looked_at: u64) -> String {
    let fates: Vec<Fate> = reports.iter().map(Fate::of).collect();
    let number = |fate: Fate| fates.iter().filter(|f| **f == fate).count();
    let violations = fates.iter().filter(|fate| fate.is_violation()).count();
    let parts: Vec<String> = Fate::COUNTED
        .into_iter()
        .filter(|fate| number(*fate) > 0)
        .map(|fate| {
            let (label, style) = fate.label();
            format!("{style}{} {label}{style:#}", number(fate))
        })
        .collect();
    let place = reports
        .iter()
        .find_map(|r| r.resource.as_ref())
        .map_or_else(String::new, |r| format!(" of {} in {}", clean(&r.account), clean(&r.region)));
    let looked = count(looked_at, "setting");
    let violations = count(violations as u64, "violation");
    let colon = if parts.is_empty() { "" } else { ": " };
    format!("{BOLD}{violations}{BOLD:#} in {looked}{place}{colon}{}\n", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report(outcome: &str, because: &str, plan: bool) -> Report {
        let plan = plan.then(|| {
            json!({
                "delta": [{"id": "Status", "before": null, "after": "Enabled"}],
                "detail": "versions are not kept",
                "safety": "safe",
                "undo": {"equivalent": "versioning is suspended, not removed"},
            })
        });
        let resource = json!({"kind": "AWS::S3::Bucket", "account": "123456789012", "region": "eu-west-1", "id": "photos"});
        let report = json!({
            "incident": "scan", "resource": resource, "control": "s3.versioning",
            "outcome": outcome, "because": because, "responsibility": "customer", "plan": plan,
        });
        serde_json::from_value(report).unwrap()
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn a_plan_is_shown_with_all_that_it_says() {
        let text = plain(&table(&[report("skipped", "enforcing would put this right", true)], 80));
        let expected = "\
s3.versioning  1
  RESOURCE  SAFETY        ENFORCING
  photos    safe          would be put right
    versions are not kept
    + Status: \"Enabled\"
    undo restores the like: versioning is suspended, not removed

";
        assert_eq!(text, expected);
    }

    #[test]
    fn the_summary_counts_what_becomes_of_each() {
        let reports = [
            report("skipped", "enforcing would put this right", true),
            report("skipped", "it waits for approval: the remediation is disruptive", true),
            report("undecided", "a condition is not understood", false),
            report("failed", "`s3:GetBucketPolicy` failed", false),
            report("ignored", "not yours", false),
        ];
        let expected = "3 violations in 9 settings of 123456789012 in eu-west-1: 1 would be put right, \
                        1 waits for approval, 1 cannot be judged, 1 could not be read\n";
        assert_eq!(plain(&summary(&reports, 9)), expected);
        assert_eq!(plain(&summary(&[], 1)), "0 violations in 1 setting\n");
    }

    #[test]
    fn an_unknown_outcome_is_not_passed_over() {
        assert_eq!(Fate::of(&report("quarantined", "", false)), Fate::Failed);
    }
}
