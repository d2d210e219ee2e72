//! What a person reads.

use serde_json::Value;

use crate::samples::Sample;

/// Prints a line.
#[allow(clippy::print_stdout, reason = "a tool for the command line")]
pub fn say(line: &str) {
    println!("{line}");
}

/// Says what there is, and what can be done with it.
pub fn welcome(folder: &str, samples: &[Sample], exports: &str) {
    say("a local AWS with Demarc in it; Ctrl-C ends it. Its mode is enforce, up to safe.\n");
    say("in violation:");
    for Sample { name, id, control } in samples {
        say(&format!("  {name:<8}  {id:<22}  {control}"));
    }
    say(&format!("\nin another shell, `. {folder}/demarc.env`, which says:\n\n{exports}"));
    say(&format!(
        "then `demarc scan`, or a message to a queue, to which a function answers here:\n\n  \
         aws sqs send-message --endpoint-url $AWS_ENDPOINT_URL --queue-url $DEMARC_QUEUE_S3 --message-body file://{folder}/event-bucket.json\n"
    ));
    say(&format!("what functions print stands whole in `{folder}/functions.log`"));
}

/// A report in a line; anything else as it is.
pub fn short(function: &str, line: &str) -> String {
    let report: Value = serde_json::from_str(line).unwrap_or_default();
    let text = |pointer: &str| report.pointer(pointer).and_then(Value::as_str);
    let Some(outcome) = text("/outcome") else { return format!("{function}: {line}") };
    let parts: Vec<&str> =
        [text("/control"), text("/resource/id"), text("/plan/id")].into_iter().flatten().collect();
    let because = text("/because").unwrap_or_default();
    format!("{function}: {outcome}  {}  {because}", parts.join("  "))
}
