//! Every input that fuzzing kept, because it reached something that no other does.

use crate::checks::survive;

const KEPT: &str = include_str!("../../fuzz/inputs.jsonl");

#[test]
fn what_fuzzing_kept_is_read_or_refused() {
    assert!(KEPT.lines().count() > 100);
    for line in KEPT.lines() {
        let input: String = serde_json::from_str(line).unwrap();
        // A character stands for a byte.
        let body: Vec<u8> = input.chars().map(|c| u8::try_from(c).unwrap()).collect();
        survive(&body);
    }
}
