use super::*;
use clap::CommandFactory;

#[test]
fn the_definitions_are_sound() {
    Arguments::command().debug_assert();
}

#[test]
fn a_mode_is_set_with_a_reason_or_not_at_all() {
    let parse = |line: &str| Arguments::try_parse_from(line.split(' ')).is_ok();
    assert!(parse("demarc mode"));
    assert!(parse("demarc mode s3.versioning enforce --reason x"));
    assert!(!parse("demarc mode s3.versioning"));
    assert!(!parse("demarc mode s3.versioning enforce"));
    assert!(!parse("demarc mode --reason x"));
    assert!(!parse("demarc mode s3.versioning enforce --ceiling irreversible --reason x"));
}

#[test]
fn an_undo_names_a_plan_or_an_incident() {
    let parse = |line: &str| Arguments::try_parse_from(line.split(' ')).is_ok();
    assert!(parse("demarc undo 01J --reason x"));
    assert!(parse("demarc undo --incident 01J --reason x"));
    assert!(!parse("demarc undo --reason x"));
    assert!(!parse("demarc undo 01J --incident 01J --reason x"));
    assert!(!parse("demarc undo 01J"));
    assert!(parse("demarc undo --since 24h --control s3.versioning --actor arn --reason x"));
    assert!(parse("demarc undo --since 2026-11-23 --reason x"));
    assert!(!parse("demarc undo --since soon --reason x"));
    assert!(!parse("demarc undo 01J --since 24h --reason x"));
    assert!(!parse("demarc undo --control s3.versioning --reason x"));
}
