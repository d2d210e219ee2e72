//! Recorded events from public sources, when they lie beside the repository.
//! They are not part of it: the test says so when it leaves them out.

use std::fs;
use std::path::{Path, PathBuf};

use demarc_classification::{Disposition, Identities, Input, classify, inputs};

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

#[test]
fn every_recorded_event_is_taken_and_classified() {
    let folder = corpus();
    if !folder.is_dir() {
        println!("left out: no recorded events in {}", folder.display());
        return;
    }
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    let (mut changes, mut others) = (0, 0);
    for path in &paths {
        for input in inputs(&fs::read(path).unwrap()) {
            let input = input.unwrap_or_else(|refused| panic!("{}: {refused}", path.display()));
            let classification = classify(&input, &Identities::default());
            assert!(!classification.reasons.is_empty());
            assert_ne!(classification.disposition, Disposition::Reject, "{}", path.display());
            match input {
                Input::Change(change) => {
                    changes += 1;
                    assert!(change.time.is_some(), "{}", path.display());
                    let kept = serde_json::to_string(&change).unwrap();
                    assert!(!kept.contains("\"sessionToken\""), "{}", path.display());
                }
                Input::Other(other) => {
                    others += 1;
                    assert!(!other.source.is_empty(), "{}", path.display());
                }
                Input::Request(request) => panic!("{}: {request:?}", path.display()),
            }
        }
    }
    println!("{} files: {changes} changes, {others} others", paths.len());
}
