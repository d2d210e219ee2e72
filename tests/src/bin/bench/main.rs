//! The benchmark: what the release binaries of the functions cost, as real processes behind a
//! real Lambda Runtime API, against an emulator of AWS.
//!
//! Nothing here fails for its time; what fails is a remediation that did not happen.
#![forbid(unsafe_code)]

mod case;
mod figures;
mod goals;
mod ground;
mod journal;
mod measure;
mod pair;
mod size;
mod table;

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use demarc_tests::Fault;

use case::CASES;
use figures::Results;

const USAGE: &str = "\
bench --functions FOLDER [--json]

Measures the release binaries in FOLDER: s3, ec2, rds, bare, test_function.
`cargo xtask bench` builds them first.
  --json   one JSON object for each figure on standard output";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((folder, json)) = parse(&arguments) else {
        progress(USAGE);
        return ExitCode::from(2);
    };
    match start(&folder, json) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            progress(&format!("bench: {}", causes(&*fault)));
            ExitCode::FAILURE
        }
    }
}

/// An error with its causes: the SDK's own name hides what the service said.
fn causes(fault: &(dyn Error + 'static)) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn parse(arguments: &[String]) -> Option<(PathBuf, bool)> {
    let mut folder = None;
    let mut json = false;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--json" => json = true,
            "--functions" => folder = Some(PathBuf::from(rest.next()?)),
            _ => return None,
        }
    }
    Some((folder?, json))
}

/// What is being done, on standard error. A closed one keeps nothing from being measured.
fn progress(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn start(folder: &Path, json: bool) -> Result<(), Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let results = runtime.block_on(run(folder))?;
    runtime.shutdown_background();
    let text = if json { table::lines(&results) } else { table::text(&results) };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

async fn run(folder: &Path) -> Result<Results, Fault> {
    let mut results = Results::default();
    for name in ["s3", "ec2", "rds", "iam"] {
        progress(&format!("packing {name}"));
        results.sizes.push((name, size::of(&folder.join(name))?));
    }
    progress("starting the empty function");
    results.empty = measure::empty(&folder.join("test_function")).await?;
    progress("remediating, in turns with the same calls made bare");
    results.pair = pair::measure(folder).await?;
    for case in CASES {
        progress(case.name);
        results.cases.push(measure::case(folder, case).await?);
    }
    Ok(results)
}
