//! The page of threats names every test of a threat, and no other.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{here, published};

/// Every name in a text that begins as a test of a threat does.
fn names(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c: char| !is_part(c));
    let numbered = |word: &&str| {
        let number = word.strip_prefix("threat_").and_then(|rest| rest.get(..2));
        number.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
    };
    words.filter(|word| word.len() > 12).filter(numbered).map(str::to_owned).collect()
}

fn of_sources(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            of_sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let defined = text.split("fn ").skip(1).map(|rest| rest.split('(').next().unwrap());
            found.extend(defined.flat_map(names));
        }
    }
}

#[test]
fn every_test_of_a_threat_is_on_the_page() {
    let mut written = BTreeSet::new();
    for folder in ["tests", "../shared", "../functions"] {
        of_sources(&here(folder), &mut written);
    }
    assert_eq!(names(&published("threats.md")), written);
}

#[test]
fn a_row_without_tests_says_that_it_is_not_done() {
    let page = published("threats.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert_eq!(rows.len(), 30);
    for (at, row) in rows.iter().enumerate() {
        let number = at + 1;
        assert!(row.starts_with(&format!("| {number} |")), "{row}");
        let tested =
            names(row).iter().any(|name| name.starts_with(&format!("threat_{number:02}_")));
        assert_eq!(tested, !row.contains("| not done yet | none |"), "{row}");
    }
}
