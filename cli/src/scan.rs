//! `demarc scan`

use std::io::IsTerminal;

use serde_json::{Value, json};

use crate::{
    Status,
    answer::{Page, Report},
    arguments::{self, Global},
    discovery::Session,
    error::Error,
    function::Function,
    operator::Operator,
    show::{
        columns, count,
        findings::{Fate, summary, table},
        print, print_json,
        progress::Progress,
    },
};

/// What a scan has found so far.
struct Found {
    /// Whether reports are printed as they come.
    json: bool,
    reports: Vec<Report>,
    looked_at: u64,
    progress: Progress,
}

/// Looks at everything that the functions guard. An operator that fails does not keep the others
/// from being asked.
pub(crate) async fn run(
    global: &Global,
    session: &Session,
    scan: &arguments::Scan,
) -> Result<Status, Error> {
    let functions = match scan.functions.as_slice() {
        [] => &Function::ALL,
        some => some,
    };
    let operators = session.operators(global, functions)?;
    let json = global.json || !std::io::stdout().is_terminal();
    let mut found = Found { json, reports: Vec::new(), looked_at: 0, progress: Progress::new() };
    let mut partly = missing(functions, &operators);
    for operator in &operators {
        let end = found.pages(operator).await;
        found.progress.clear();
        match end {
            Ok(()) => {}
            Err(error) if error.ends_all() => return Err(error),
            Err(error) => {
                error.print();
                partly = true;
            }
        }
    }
    if !json {
        print(&table(&found.reports, columns()))?;
        print(&summary(&found.reports, found.looked_at))?;
    }
    Ok(found.status(partly))
}

/// Everything that one operator reports of what its function guards.
pub(crate) async fn reports(operator: &Operator<'_>) -> Result<Vec<Report>, Error> {
    let (reports, progress) = (Vec::new(), Progress::new());
    let mut found = Found { json: false, reports, looked_at: 0, progress };
    let end = found.pages(operator).await;
    found.progress.clear();
    end.map(|()| found.reports)
}

/// Says which functions have no operator that is known: they are not scanned.
fn missing(functions: &[Function], operators: &[Operator<'_>]) -> bool {
    let known = |f: &Function| operators.iter().any(|o| o.function() == *f);
    let names: Vec<&str> = functions.iter().filter(|f| !known(f)).map(|f| f.as_str()).collect();
    if names.is_empty() {
        return false;
    }
    let names = names.join("`, `");
    Error::Message(format!(
        "not scanned: `{names}`, whose operators are not known; run `demarc connect`, or say `--function`"
    ))
    .print();
    true
}

impl Found {
    async fn pages(&mut self, operator: &Operator<'_>) -> Result<(), Error> {
        let mut asked = json!({});
        loop {
            self.say(operator, &asked);
            let answer = operator.ask(&json!({ "scan": asked })).await?;
            let page: Page = operator.read(&answer)?;
            self.take(operator, &page)?;
            match page.next {
                Value::Null => return Ok(()),
                next if next == asked => {
                    return Err(operator.puzzling(&"the next page is the one that was asked for"));
                }
                next => asked = next,
            }
        }
    }

    fn take(&mut self, operator: &Operator<'_>, page: &Page) -> Result<(), Error> {
        self.looked_at += page.looked_at;
        for raw in &page.reports {
            let report = operator.read(raw.get())?;
            if self.json {
                self.progress.clear();
                print_json(raw.get())?;
            }
            self.reports.push(report);
        }
        Ok(())
    }

    fn say(&mut self, operator: &Operator<'_>, asked: &Value) {
        let function = operator.function().as_str();
        let setting = asked.get("setting").and_then(Value::as_str).unwrap_or(function);
        let violations = self.reports.iter().filter(|r| Fate::of(r).is_violation()).count();
        self.progress.say(&format!(
            "scanning {setting}: {} looked at, {}",
            count(self.looked_at, "setting"),
            count(violations as u64, "violation")
        ));
    }

    fn status(&self, partly: bool) -> Status {
        let fates = || self.reports.iter().map(Fate::of);
        if partly || fates().any(|fate| fate == Fate::Failed) {
            Status::Partly
        } else if fates().any(Fate::is_violation) {
            Status::Found
        } else {
            Status::Done
        }
    }
}
