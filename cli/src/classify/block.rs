//! One event's explanation on a terminal.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use demarc_classification::{
    Classification, Disposition, Rejection, catalogue::controls::SecurityHubControl,
};
use serde_json::Value;

use super::{Answer, place, subject::Subject};
use crate::show::{BOLD, DIM, clean, colour, moment, wrap};

/// How wide the words before each row are.
const LABEL: usize = 12;

/// The rows of one event.
struct Rows {
    text: String,
    columns: usize,
}

/// The explanation of one answer; `document` is what the event stands in.
pub(super) fn render(answer: &Answer<'_>, document: &Value, columns: usize) -> String {
    let mut rows = Rows { text: String::new(), columns };
    match &answer.result {
        Ok((subject, classification)) => {
            heading(&mut rows, subject, classification.disposition);
            about(&mut rows, subject);
            whose(&mut rows, classification);
            controls(&mut rows, classification);
            because(&mut rows, answer, document, classification);
        }
        Err(rejection) => refused(&mut rows, answer, rejection),
    }
    rows.text.push('\n');
    rows.text
}

impl Rows {
    /// A row, its text broken at spaces; the word before it stands on the first line.
    fn row(&mut self, label: &str, words: &str, style: Style) {
        let width = self.columns.saturating_sub(LABEL + 2);
        for (at, line) in wrap(&clean(words), width).iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            // Writing to a string does not fail.
            let _ = writeln!(self.text, "  {DIM}{label:LABEL$}{DIM:#}{style}{line}{style:#}");
        }
    }
}

fn heading(rows: &mut Rows, subject: &Subject, disposition: Disposition) {
    let what = clean(&format!("{} ({})", subject.name, subject.source));
    let style = of_disposition(disposition);
    let _ = writeln!(rows.text, "{BOLD}{what}{BOLD:#}  {style}{disposition}{style:#}");
}

fn of_disposition(disposition: Disposition) -> Style {
    match disposition {
        Disposition::Remediate => colour(AnsiColor::Green),
        Disposition::Approve | Disposition::Advise => colour(AnsiColor::Yellow),
        Disposition::Notify => colour(AnsiColor::Cyan),
        Disposition::Ignore => DIM,
        Disposition::Reject => colour(AnsiColor::Red),
    }
}

fn about(rows: &mut Rows, subject: &Subject) {
    let plain = Style::new();
    if let Some(actor) = &subject.actor {
        rows.row("by", actor, plain);
    }
    let mut place: Vec<String> = Vec::new();
    if !subject.account.is_empty() {
        place.push(format!("account {}", subject.account));
    }
    if !subject.region.is_empty() {
        place.push(subject.region.clone());
    }
    place.extend(subject.time.map(|seconds| moment(seconds.saturating_mul(1000))));
    rows.row("where", &place.join(", "), plain);
    for (at, resource) in subject.resources.iter().enumerate() {
        let label = if at == 0 { "about" } else { "" };
        rows.row(label, &format!("{} {}", resource.kind, resource.id), plain);
        if let Some(arn) = resource.arn() {
            rows.row("", &arn, DIM);
        }
    }
}

fn whose(rows: &mut Rows, found: &Classification) {
    let Classification { responsibility, kind, .. } = found;
    rows.row("whose", &format!("{responsibility} ({kind}): {}", kind.meaning()), BOLD);
    if let Some(layer) = found.layer {
        rows.row("layer", &format!("{layer}: {}", layer.meaning()), Style::new());
    }
    if let Some(model) = found.service_model {
        rows.row("service", &format!("{model}: {}", model.meaning()), Style::new());
    }
}

fn controls(rows: &mut Rows, found: &Classification) {
    for (at, id) in found.controls.iter().enumerate() {
        let label = if at == 0 { "controls" } else { "" };
        let title =
            SecurityHubControl::find(id).map_or("not in the catalogue", |known| known.title);
        rows.row(label, &format!("{id}  {title}"), Style::new());
    }
    if !found.frameworks.is_empty() {
        rows.row("frameworks", &found.frameworks.join(", "), Style::new());
    }
}

/// Each reason, with the place in the file that it rests on and what stands there.
fn because(rows: &mut Rows, answer: &Answer<'_>, document: &Value, found: &Classification) {
    for (at, reason) in found.reasons.iter().enumerate() {
        let label = if at == 0 { "because" } else { "" };
        rows.row(label, &reason.text, Style::new());
        let pointer = place::absolute(answer.located, &reason.pointer);
        let value = place::value(document, &pointer).map_or("absent".to_owned(), |found| found);
        rows.row("", &format!("{}{pointer}: {value}", file(answer)), DIM);
    }
}

fn refused(rows: &mut Rows, answer: &Answer<'_>, rejection: &Rejection) {
    let red = colour(AnsiColor::Red);
    let what = clean(&format!("{}{}", file(answer), answer.located.pointer));
    let _ = writeln!(rows.text, "{BOLD}{what}{BOLD:#}  {red}not understood{red:#}");
    rows.row("because", &rejection.to_string(), Style::new());
    rows.row("code", rejection.code.as_str(), DIM);
}

/// The file's name before a place in it; of a file of lines with the line.
fn file(answer: &Answer<'_>) -> String {
    let name = if answer.file == "-" { "standard input" } else { answer.file };
    answer.line.map_or_else(|| format!("{name} "), |line| format!("{name}:{line} "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use demarc_classification::{Identities, classify, located};
    use serde_json::json;

    #[test]
    fn what_an_event_says_cannot_steer_the_terminal() {
        let event = json!({
            "eventSource": "s3.amazonaws.com", "eventName": "PutBucketPolicy\u{1b}[2J",
            "readOnly": false, "recipientAccountId": "123456789012",
            "requestParameters": {"bucketName": "a\u{202e}b"},
        });
        let found = located(event.to_string().as_bytes());
        let input = found[0].input.as_ref().unwrap();
        let result = Ok((Subject::of(input), classify(input, &Identities::default())));
        let answer = Answer { file: "f\u{9b}", line: None, located: &found[0], result };
        let text = render(&answer, &event, 80);
        let steering = |c: char| c.is_control() && !['\n', '\u{1b}'].contains(&c);
        assert!(!text.contains("\u{1b}[2J") && !text.chars().any(steering), "{text:?}");
        assert!(text.contains("\\u{1b}[2J"), "{text:?}");
    }
}
