//! `demarc classify`

mod block;
mod place;
mod subject;

use std::{
    io::IsTerminal,
    path::Path,
    time::{Duration, Instant},
};

use demarc_classification::{
    Classification, Disposition, Identities, Located, Rejection, classify, located,
};
use serde_json::{Value, json};

use crate::{
    Status,
    arguments::{Classify, Global},
    error::Error,
    input,
    show::{columns, count, print, print_json, progress::Progress},
};
use subject::Subject;

/// The exit status of `classify`.
pub(crate) const STATUS: &str = "\
Exit status, by disposition; of several events the first that applies:
  2  trouble: a file could not be read, or an event is not understood
  6  reject: another account's, or not from AWS
  1  remediate: a setting of the customer's, to be judged and put right
  3  approve: the same, with a person's approval
  4  advise: a person has to act
  5  notify: somebody should know
  0  ignore: nothing to do";

/// How much an answer asks of whoever reads it, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gravity {
    /// Nothing.
    Ignore,
    /// Somebody should know.
    Notify,
    /// A person has to act.
    Advise,
    /// A person has to approve.
    Approve,
    /// A setting is to be judged and put right.
    Remediate,
    /// It is not ours, or not believed.
    Reject,
    /// It was not understood.
    Trouble,
}

impl Gravity {
    const fn of(disposition: Disposition) -> Self {
        match disposition {
            Disposition::Ignore => Self::Ignore,
            Disposition::Notify => Self::Notify,
            Disposition::Advise => Self::Advise,
            Disposition::Approve => Self::Approve,
            Disposition::Remediate => Self::Remediate,
            Disposition::Reject => Self::Reject,
        }
    }

    /// The exit status, as the help lists it.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Ignore => 0,
            Self::Remediate => 1,
            Self::Trouble => 2,
            Self::Approve => 3,
            Self::Advise => 4,
            Self::Notify => 5,
            Self::Reject => 6,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Notify => "notify",
            Self::Advise => "advise",
            Self::Approve => "approve",
            Self::Remediate => "remediate",
            Self::Reject => "reject",
            Self::Trouble => "not understood",
        }
    }
}

/// A document of a file, with the number of its line where there are several.
struct Document<'a> {
    file: &'a str,
    line: Option<usize>,
    bytes: &'a [u8],
}

/// One event with its answer.
pub(super) struct Answer<'a> {
    /// The file that it is from.
    pub(super) file: &'a str,
    /// Its line in a file of JSON lines.
    pub(super) line: Option<usize>,
    /// Where in the document it stands.
    pub(super) located: &'a Located,
    /// What was decided, or why it was not taken.
    pub(super) result: Result<(Subject, Classification), &'a Rejection>,
}

struct Run {
    identities: Identities,
    json: bool,
    gravities: Vec<Gravity>,
    progress: Progress,
    began: Instant,
}

/// Classifies every event of every file. A file that cannot be read does not keep the others from
/// being classified.
pub(crate) fn run(global: &Global, arguments: &Classify) -> Result<Status, Error> {
    let mut run = Run {
        identities: Identities {
            own_roles: arguments.own_roles.clone(),
            pipeline_roles: arguments.pipeline_roles.clone(),
            account: arguments.account.clone().unwrap_or_default(),
        },
        json: global.json || !std::io::stdout().is_terminal(),
        gravities: Vec::new(),
        progress: Progress::new(),
        began: Instant::now(),
    };
    for path in &arguments.files {
        match input::bytes(path) {
            Ok(bytes) => run.file(path, &bytes)?,
            Err(error) => {
                run.progress.clear();
                error.print();
                run.gravities.push(Gravity::Trouble);
            }
        }
    }
    run.progress.clear();
    if !run.json && run.gravities.len() > 1 {
        print(&run.summary())?;
    }
    Ok(Status::Classified(run.gravities.iter().copied().max().unwrap_or(Gravity::Trouble)))
}

impl Run {
    fn file(&mut self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        let name = path.display().to_string();
        for document in documents(&name, bytes) {
            let value: Value = serde_json::from_slice(document.bytes).unwrap_or_default();
            for found in located(document.bytes) {
                self.one(&document, &value, &found)?;
            }
        }
        Ok(())
    }

    fn one(&mut self, of: &Document<'_>, value: &Value, located: &Located) -> Result<(), Error> {
        let result = match &located.input {
            Ok(input) => Ok((Subject::of(input), classify(input, &self.identities))),
            Err(rejection) => Err(rejection),
        };
        let gravity = match &result {
            Ok((_, classification)) => Gravity::of(classification.disposition),
            Err(_) => Gravity::Trouble,
        };
        self.gravities.push(gravity);
        let answer = Answer { file: of.file, line: of.line, located, result };
        if self.json {
            self.say();
            return print_json(&line(&answer).to_string());
        }
        self.progress.clear();
        print(&block::render(&answer, value, columns()))
    }

    /// How far it is, once it takes longer than anybody waits without a word.
    fn say(&mut self) {
        if self.began.elapsed() > Duration::from_secs(2) && self.gravities.len().is_multiple_of(100)
        {
            self.progress
                .say(&format!("{} classified", count(self.gravities.len() as u64, "event")));
        }
    }

    fn summary(&self) -> String {
        let order = [
            Gravity::Trouble,
            Gravity::Reject,
            Gravity::Remediate,
            Gravity::Approve,
            Gravity::Advise,
            Gravity::Notify,
            Gravity::Ignore,
        ];
        let parts: Vec<String> = order
            .into_iter()
            .map(|gravity| (gravity, self.gravities.iter().filter(|g| **g == gravity).count()))
            .filter(|(_, number)| *number > 0)
            .map(|(gravity, number)| format!("{number} {}", gravity.word()))
            .collect();
        format!("{}: {}\n", count(self.gravities.len() as u64, "event"), parts.join(", "))
    }
}

/// One document, or one on each line: by whether the whole can be read as one.
fn documents<'a>(file: &'a str, bytes: &'a [u8]) -> Vec<Document<'a>> {
    let whole = Document { file, line: None, bytes };
    let lines: Vec<Document<'a>> = bytes
        .split(|byte| *byte == b'\n')
        .enumerate()
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .map(|(at, bytes)| Document { file, line: Some(at + 1), bytes })
        .collect();
    let is_one = serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
    let begins_alone = lines
        .first()
        .is_some_and(|first| serde_json::from_slice::<serde::de::IgnoredAny>(first.bytes).is_ok());
    if is_one || lines.len() < 2 || !begins_alone { vec![whole] } else { lines }
}

/// An answer as JSON.
fn line(answer: &Answer<'_>) -> Value {
    let mut line = json!({ "file": answer.file, "place": answer.located.pointer });
    let members = line.as_object_mut();
    let more = match &answer.result {
        Ok((subject, classification)) => {
            let mut more = subject.json();
            if let Some(object) = more.as_object_mut() {
                object.insert("classification".to_owned(), json!(classification));
            }
            more
        }
        Err(rejection) => json!({ "kind": "rejection", "rejection": rejection }),
    };
    if let (Some(members), Value::Object(more)) = (members, more) {
        if let Some(number) = answer.line {
            members.insert("line".to_owned(), json!(number));
        }
        members.extend(more);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_from_one_document() {
        let number = |text: &str| documents("f", text.as_bytes()).len();
        assert_eq!(number("{}\n{}\n\n{}\n"), 3);
        assert_eq!(number("{\n\"a\": 1\n}\n"), 1);
        assert_eq!(number("[\n1,\n2]"), 1);
        assert_eq!(number("{}\nbroken\n"), 2);
        assert_eq!(number("{\nbroken\n"), 1);
        assert_eq!(number(""), 1);
    }

    #[test]
    fn every_gravity_has_a_status_of_its_own() {
        let mut codes: Vec<u8> = Disposition::ALL.iter().map(|d| Gravity::of(*d).code()).collect();
        codes.push(Gravity::Trouble.code());
        codes.sort_unstable();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6]);
    }
}
