//! The picture of the journal's state machine is that of the code, and each of its steps is tested.

use std::{collections::BTreeSet, fs};

use demarc_harness::remediation::journal::{Stage, TRANSITIONS};

use crate::here;

type Arrow = (String, String);

fn arrow((from, to): &(Stage, Stage)) -> Arrow {
    (from.as_str().to_owned(), to.as_str().to_owned())
}

/// The arrows of the picture in the section of the journal.
fn drawn() -> Vec<Arrow> {
    let page = fs::read_to_string(here("../docs/architecture.md")).unwrap();
    let section = page.split("\n## The journal\n").nth(1).unwrap();
    let picture = section.split("stateDiagram-v2\n").nth(1).unwrap().split("```").next().unwrap();
    picture
        .lines()
        .filter_map(|line| line.split_once("-->"))
        .map(|(from, to)| (from, to.split(':').next().unwrap()))
        .map(|(from, to)| (from.trim().to_owned(), to.trim().to_owned()))
        .collect()
}

#[test]
fn the_picture_shows_the_transitions_of_the_code() {
    let drawn = drawn();
    let is_step = |(from, to): &&Arrow| from != "[*]" && to != "[*]";
    let steps: BTreeSet<Arrow> = drawn.iter().filter(is_step).cloned().collect();
    assert_eq!(steps, TRANSITIONS.iter().map(arrow).collect());
    assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), drawn.len(), "an arrow twice");
    let begins: Vec<&str> = drawn.iter().filter(|a| a.0 == "[*]").map(|a| a.1.as_str()).collect();
    assert_eq!(begins, ["claimed"]);
    let ends: BTreeSet<&str> =
        drawn.iter().filter(|a| a.1 == "[*]").map(|a| a.0.as_str()).collect();
    let finished = TRANSITIONS.iter().map(|(_, to)| to).filter(|to| !to.is_open());
    assert_eq!(ends, finished.map(|stage| stage.as_str()).collect());
}

#[test]
fn every_transition_has_its_test_in_the_lives() {
    let text = fs::read_to_string(here("tests/lives/transitions.rs")).unwrap();
    let tests: BTreeSet<Arrow> = text
        .split("#[tokio::test]\nasync fn ")
        .filter_map(|test| test.split('(').next()?.split_once("_becomes_"))
        .map(|(from, to)| (from.to_owned(), to.to_owned()))
        .collect();
    assert_eq!(tests, TRANSITIONS.iter().map(arrow).collect());
}
