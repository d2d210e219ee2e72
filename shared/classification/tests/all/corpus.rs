//! Recorded events from public sources, when they lie beside the repository, against a table that
//! was written by reading them. The events are not part of the repository: the test says so when it
//! leaves them out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use demarc_classification::{ChangeKind, Identities, Input, Resource, classify, inputs};

/// What each event must give. `*` is not compared.
const TABLE: &str = include_str!("../corpus.csv");

/// One line of the table, or what the crate gives for one input.
#[derive(Clone, Debug, PartialEq)]
struct Expected {
    source: String,
    what: String,
    resource: String,
    account: String,
    responsibility: String,
    disposition: String,
}

impl Expected {
    fn fields(&self) -> [&String; 6] {
        let Self { source, what, resource, account, responsibility, disposition } = self;
        [source, what, resource, account, responsibility, disposition]
    }

    fn fits(&self, given: &Self) -> bool {
        let pairs = self.fields().into_iter().zip(given.fields());
        pairs.into_iter().all(|(wanted, given)| wanted == "*" || wanted == given)
    }
}

/// By file: how many inputs are to give what.
fn table() -> BTreeMap<String, Vec<(usize, Expected)>> {
    let mut files: BTreeMap<String, Vec<(usize, Expected)>> = BTreeMap::new();
    for line in TABLE.lines().skip(1).filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split(',').collect();
        let [file, count, source, what, resource, account, responsibility, disposition] =
            fields.try_into().unwrap_or_else(|_| panic!("`{line}` has not eight fields"));
        let expected = Expected {
            source: source.into(),
            what: what.into(),
            resource: resource.into(),
            account: account.into(),
            responsibility: responsibility.into(),
            disposition: disposition.into(),
        };
        files.entry(file.to_owned()).or_default().push((count.parse().unwrap(), expected));
    }
    files
}

fn given(input: &Input) -> Expected {
    let (source, what, resources, account) = match input {
        Input::Change(change) => {
            let source = match change.kind {
                ChangeKind::ApiCall => "cloudtrail",
                ChangeKind::ServiceEvent => "service-event",
                ChangeKind::SignIn => "sign-in",
            };
            (source, change.name.clone(), change.resources(), change.account.clone())
        }
        Input::Finding(finding) => {
            let what = finding.controls.first().unwrap_or(&finding.subject.value);
            let account = finding.account.value.clone();
            (finding.source.as_str(), what.clone(), finding.resources.clone(), account)
        }
        Input::Other(other) => {
            let resources = other.resources.clone();
            ("other", other.detail_type.clone(), resources, other.account.clone())
        }
        Input::Request(request) => panic!("{request:?}"),
    };
    let classification = classify(input, &Identities::default());
    assert!(!classification.reasons.is_empty());
    let named = |resource: &Resource| format!("{}|{}", resource.kind, resource.id);
    Expected {
        source: source.to_owned(),
        what: what.replace(',', " "),
        resource: resources.first().map(named).unwrap_or_default(),
        account,
        responsibility: classification.responsibility.to_string(),
        disposition: classification.disposition.to_string(),
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
}

fn corpus() -> PathBuf {
    std::env::var_os("DEMARC_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    )
}

/// Takes from what a file gives whatever a row asks for; the rest is told.
fn compare(file: &str, rows: &[(usize, Expected)], mut given: Vec<Expected>) -> Vec<String> {
    let mut faults = Vec::new();
    for (count, row) in rows {
        for _ in 0..*count {
            match given.iter().position(|given| row.fits(given)) {
                Some(at) => drop(given.remove(at)),
                None => faults.push(format!("{file}: nothing gives {row:?}")),
            }
        }
    }
    faults.extend(given.iter().map(|given| format!("{file}: not in the table: {given:?}")));
    faults
}

#[test]
fn every_recorded_event_gives_what_the_table_says() {
    let folder = corpus();
    if !folder.is_dir() {
        println!("left out: no recorded events in {}", folder.display());
        return;
    }
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    let mut table = table();
    let mut faults = Vec::new();
    for path in &paths {
        let file = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        let read = inputs(&fs::read(path).unwrap());
        let read = read.into_iter().map(|input| {
            let input = input.unwrap_or_else(|refused| panic!("{file}: {refused}"));
            let kept = serde_json::to_string(&input).unwrap();
            assert!(!kept.contains("\"sessionToken\""), "{file}");
            given(&input)
        });
        let rows = table.remove(file).unwrap_or_default();
        faults.extend(compare(file, &rows, read.collect()));
    }
    faults.extend(table.keys().map(|file| format!("{file} is no file")));
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
}
