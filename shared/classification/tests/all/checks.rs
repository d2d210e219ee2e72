//! What must hold of whatever reaches a function, for properties, for the replay of the fuzzing
//! corpus, and for the fuzzer itself.

use demarc_classification::{
    Classification, Identities, Located, Reason, Rejection, classify, located, payload,
};

/// The longest message or reason, in characters.
const LONGEST: usize = 500;

/// Reads and classifies a body, and checks what came of it.
pub fn survive(body: &[u8]) -> Vec<(Located, Option<Classification>)> {
    let _ = payload(body);
    let found = located(body);
    assert!(!found.is_empty(), "nothing came of the body");
    found
        .into_iter()
        .map(|located| {
            let classification = match &located.input {
                Ok(input) => Some(classify(input, &Identities::default())),
                Err(rejection) => {
                    refused(rejection);
                    None
                }
            };
            classification.iter().for_each(classified);
            (located, classification)
        })
        .collect()
}

fn refused(rejection: &Rejection) {
    let text = rejection.to_string();
    assert!(text.chars().count() <= LONGEST, "a long message: {text}");
    printable(&text);
}

fn classified(classification: &Classification) {
    assert!(!classification.reasons.is_empty(), "no reason: {classification:?}");
    for Reason { code, pointer, text } in &classification.reasons {
        assert!(pointer.starts_with('/'), "{code} points nowhere: `{pointer}`");
        assert!(!text.is_empty() && text.chars().count() <= LONGEST, "{code}: {text}");
        printable(text);
        printable(pointer);
    }
}

/// Nothing that a terminal or a log viewer would act upon.
fn printable(text: &str) {
    let acts = |c: char| {
        c.is_control()
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    assert!(!text.chars().any(acts), "{text:?}");
}
