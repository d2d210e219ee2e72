//! What a scan found, as a table grouped by control.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::{BOLD, DIM, clean, colour, count, diff, of_safety, use_of, wrap};
use crate::answer::{Evidence, Plan, Report, Restores};

const INDENT: &str = "    ";

/// What enforcing would do about a report.
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
        match report.outcome.as_str() {
            "skipped" => report.plan.as_ref().map_or(Self::Left, Self::of_plan),
            "advised" => Self::Advice,
            "undecided" => Self::Undecided,
            "compliant" | "ignored" | "gone" | "elsewhere" => Self::Nothing,
            _ => Self::Failed,
        }
    }

    fn of_plan(plan: &Plan) -> Self {
        match plan.decision.as_str() {
            "apply" => Self::PutRight,
            "approve" => Self::Waits,
            "exempt" => Self::Exempt,
            _ => Self::Left,
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

    /// How they are counted, whatever their number.
    const COUNTED: [(Self, &str); 7] = [
        (Self::PutRight, "would be put right"),
        (Self::Waits, "to be approved"),
        (Self::Exempt, "exempt"),
        (Self::Left, "left as is"),
        (Self::Advice, "for a person to act"),
        (Self::Undecided, "not judged"),
        (Self::Failed, "not read"),
    ];
}

/// The table, grouped by control in the order in which controls come.
pub(crate) fn table(reports: &[Report], columns: usize) -> String {
    let shown: Vec<&Report> = reports.iter().filter(|r| Fate::of(r) != Fate::Nothing).collect();
    let Some(wide) = shown.iter().map(|report| id(report).chars().count()).max() else {
        return String::new();
    };
    let wide = wide.clamp(8, 44);
    let mut text = format!("  {DIM}{:wide$}  {:<12}  ENFORCING{DIM:#}\n", "RESOURCE", "SAFETY");
    for (control, members) in groups(&shown) {
        // Writing to a string does not fail, here and below.
        let _ = writeln!(text, "{BOLD}{}{BOLD:#} ({})", clean(control), members.len());
        for report in members {
            row(&mut text, report, wide);
            details(&mut text, report, columns);
        }
        text.push('\n');
    }
    text
}

fn groups<'a>(reports: &[&'a Report]) -> Vec<(&'a str, Vec<&'a Report>)> {
    let mut groups: Vec<(&str, Vec<&Report>)> = Vec::new();
    for report in reports {
        let control = report.control.as_deref().unwrap_or("not looked at");
        match groups.iter_mut().find(|(name, _)| *name == control) {
            Some((_, members)) => members.push(report),
            None => groups.push((control, vec![report])),
        }
    }
    groups
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
    let plain = Style::new();
    let Some(plan) = &report.plan else { return say(text, &report.because, plain, columns) };
    say(text, &plan.detail, plain, columns);
    text.push_str(&diff::render(&plan.delta, INDENT, columns));
    if Fate::of(report) != Fate::PutRight {
        say(text, &report.because, DIM, columns);
    }
    match &plan.evidence {
        None | Some(Evidence::NothingCloses) => {}
        Some(evidence) => say(text, &format!("in use: {}", use_of(evidence)), DIM, columns),
    }
    match &plan.undo {
        Restores::Exact => {}
        Restores::Equivalent(what) => {
            say(text, &format!("undo restores the like: {what}"), DIM, columns);
        }
        Restores::None(why) => say(text, &format!("there is no undo: {why}"), DIM, columns),
    }
}

fn say(text: &mut String, words: &str, style: Style, columns: usize) {
    for line in wrap(&clean(words), columns.saturating_sub(INDENT.len())) {
        let _ = writeln!(text, "{INDENT}{style}{line}{style:#}");
    }
}

fn id(report: &Report) -> String {
    report.resource.as_ref().map_or_else(|| "-".to_owned(), |r| clean(&r.id))
}

/// What was found: how much, what of it, and what to do next.
pub(crate) fn summary(reports: &[Report], looked_at: u64) -> String {
    let fates: Vec<Fate> = reports.iter().map(Fate::of).collect();
    let number = |fate: Fate| fates.iter().filter(|f| **f == fate).count();
    let violations = fates.iter().filter(|fate| fate.is_violation()).count();
    let place = reports
        .iter()
        .find_map(|r| r.resource.as_ref())
        .map_or_else(String::new, |r| format!(" of {} in {}", clean(&r.account), clean(&r.region)));
    let (looked, violations) = (count(looked_at, "setting"), count(violations as u64, "violation"));
    let mut text = format!("{BOLD}{violations}{BOLD:#} in {looked}{place}\n");
    let parts: Vec<String> = Fate::COUNTED
        .into_iter()
        .filter(|(fate, _)| number(*fate) > 0)
        .map(|(fate, words)| {
            let style = fate.label().1;
            format!("{style}{} {words}{style:#}", number(fate))
        })
        .collect();
    if !parts.is_empty() {
        let _ = writeln!(text, "  {}", parts.join(", "));
    }
    if number(Fate::PutRight) > 0 {
        let next = "nothing was written; `demarc mode CONTROL enforce --reason TEXT` lets a control put right";
        let _ = writeln!(text, "  {DIM}{next}{DIM:#}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report(outcome: &str, because: &str, decision: Option<&str>) -> Report {
        let plan = decision.map(|decision| {
            json!({
                "delta": [{"id": "Status", "before": null, "after": "Enabled"}],
                "detail": "versions are not kept",
                "safety": "safe",
                "undo": {"equivalent": "versioning is suspended, not removed"},
                "decision": decision,
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
        let text = plain(&table(
            &[report("skipped", "enforcing would put this right", Some("apply"))],
            80,
        ));
        let expected = "  RESOURCE  SAFETY        ENFORCING
s3.versioning (1)
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
            report("skipped", "enforcing would put this right", Some("apply")),
            report(
                "skipped",
                "it waits for approval: the remediation is disruptive",
                Some("approve"),
            ),
            report("skipped", "`x` is exempt until 2026-11-23T01:15:00Z", Some("exempt")),
            report("undecided", "a condition is not understood", None),
            report("failed", "`s3:GetBucketPolicy` failed", None),
            report("ignored", "not yours", None),
        ];
        let expected = "\
4 violations in 9 settings of 123456789012 in eu-west-1
  1 would be put right, 1 to be approved, 1 exempt, 1 not judged, 1 not read
  nothing was written; `demarc mode CONTROL enforce --reason TEXT` lets a control put right
";
        assert_eq!(plain(&summary(&reports, 9)), expected);
        assert_eq!(plain(&summary(&[], 1)), "0 violations in 1 setting\n");
    }

    #[test]
    fn an_unknown_outcome_is_not_passed_over() {
        assert_eq!(Fate::of(&report("quarantined", "", None)), Fate::Failed);
    }
}
