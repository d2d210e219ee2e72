//! Whatever bytes reach a function, they are read or refused.
//!
//! `cargo xtask fuzz` runs it for ten minutes, from the sample events and the inputs that earlier
//! runs kept in `inputs.jsonl`; the crate's tests replay those.

#![no_main]

#[path = "../tests/all/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    checks::survive(body);
});
